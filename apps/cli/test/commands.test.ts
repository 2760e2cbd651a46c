import { expect, it } from '@jest/globals';
import type { SnapshotTaken } from '@beamline/stack';
import { bundle, RELEASE, status } from './answers.ts';
import { setup } from './setup.ts';

const taken: SnapshotTaken = {
  instance: 'world-0', ref: { process: 'p', slot: 12, sha256: 'ab'.repeat(32) }, slot: 12, root: 'r', digest: '1-2', pages: 8, pagesReused: 5, bytes: 4_000, ms: 31,
};

it('bundles and reports what each role costs', async () => {
  const { calls, out, run } = setup({ bundle });
  expect(await run('bundle', '--accept-layout')).toBe(0);
  expect(calls).toContain('bundle {"acceptLayout":true}');
  expect(out.join('\n')).toContain('world  lua     51200    12800');
  expect(out.join('\n')).toContain('warning: world: heavy');
});

it('bundles for programs', async () => {
  const { json, run } = setup({ bundle });
  await run('bundle', '--json');
  expect(json()).toMatchObject({ release: RELEASE, bundles: [{ role: 'world', target: 'lua', bytes: 51_200, gzipBytes: 12_800, modules: [{ path: 'src/world.ts' }] }] });
});

it('shows the status, and fails when something is down', async () => {
  const healthy = setup({ status: async () => status() });
  expect(await healthy.run('status', 'local')).toBe(0);
  expect(healthy.out.join('\n')).toContain('arena local: healthy, release b81e02d9 (1.0.0)');
  const down = setup({ status: async () => status({ health: 'down' }) });
  expect(await down.run('status', 'local', '--json')).toBe(1);
  expect(down.json()).toMatchObject({ health: 'down' });
});

it('says how to finish a deployment that was interrupted', async () => {
  const running = { id: 'd7', state: 'running', from: '', to: '', strategy: '', startedAt: 0, endedAt: 0, writePauseMs: 0, heldMessages: 0, reason: '' } as const;
  const { out, run } = setup({ status: async () => status({ deployments: [running] }) });
  await run('status', 'local');
  expect(out.join('\n')).toContain('beamline deploy local --resume');
});

it('takes snapshots of what was chosen, and prints what restore takes', async () => {
  const { calls, json, run } = setup({ snapshot: async () => [taken] });
  expect(await run('snapshot', 'local', '--role', 'world', '--json')).toBe(0);
  expect(calls.find((call) => call.startsWith('snapshot'))).toContain('"role":"world"');
  expect(json()).toMatchObject({ environment: 'local', snapshots: [{ instance: 'world-0', pagesReused: 5, ref: `p@12:${'ab'.repeat(32)}` }] });
});

it.each([[true, 0], [false, 1], [undefined, 0]] as const)('restores; roots that match (%s) decide the exit code', async (rootsMatch, exit) => {
  const answer = { instance: 'battle-1', from: 'old', process: 'new', slot: 9, replayed: 3, root: 'r', ms: 2_310, ...(rootsMatch === undefined ? {} : { rootsMatch }) };
  const { calls, out, run } = setup({ restore: async () => answer });
  expect(await run('restore', 'local', 'battle-1', '--snapshot', 'p@12:ab')).toBe(exit);
  expect(calls.find((call) => call.startsWith('restore'))).toContain('p@12:ab');
  expect(out.join('\n')).toContain('3 messages replayed');
});

const drilled = { version: 1, ref: 'p@7:ab', process: 'p', slot: 7, upTo: 9, at: 1, replayed: 2, loadMs: 1_200, replayMs: 40, recoveryMs: 1_300 } as const;

it.each([
  [{ ...drilled, outcome: 'good', root: 'f00d' }, 0, 'f00d'],
  [{ ...drilled, outcome: 'bad', code: 'persistence/drill-differs', message: 'another world' }, 1, 'another world'],
] as const)('drills every instance; one that does not come back decides the exit code', async (report, exit, text) => {
  const { calls, out, run } = setup({ state: async () => ({ instances: { 'world-0': {}, 'world-1': {} } }) as never, drill: async (instance) => ({ instance, report }) });
  expect(await run('drill', 'local')).toBe(exit);
  expect(calls.filter((call) => call.startsWith('drill'))).toEqual(['drill world-0 {}', 'drill world-1 {}']);
  expect(out.join('\n')).toContain(text);
  expect(out.join('\n')).toContain('1.3 s');
});

it('shows what a recovery would take and cost, and fails when a person is needed', async () => {
  const cadence = { reachable: true, afterMessages: 6_000, everyMs: 120_000, bytesPerDay: 432_000_000 } as const;
  const unreachable = { reachable: false, floorMs: 14_000 } as const;
  const one = { instance: 'world-0', process: 'p', withinMs: 10_000, behind: 12, cadence, costs: [{ withinMs: 10_000, cadence }, { withinMs: 30_000, cadence: unreachable }], alerts: [] };
  const quiet = setup({ recovery: async () => [one] });
  expect(await quiet.run('recovery', 'local')).toBe(0);
  expect(quiet.out.join('\n')).toMatch(/world-0 +10.0 s +not yet +12 +after 6000 messages \(2 min 0 s\) +432.00 MB a day +unreachable/);
  const loud = setup({ recovery: async () => [{ ...one, alerts: [{ code: 'persistence/drills-silent', message: 'no snapshot was proved', hint: 'Drill one.' }] }] });
  expect(await loud.run('recovery', 'local')).toBe(1);
  expect(loud.out.join('\n')).toContain('world-0: no snapshot was proved');
});

it('prints alerting rules for the time that the config asks for', async () => {
  const { out, run } = setup();
  expect(await run('recovery', 'local', '--rules')).toBe(0);
  expect(out.join('\n')).toContain('beamline_recovery_time_seconds > 10');
});

it('serves until it is told to stop, where the config says', async () => {
  const { calls, stop, run } = setup({ protect: async () => undefined, lookAfter: async () => undefined });
  setImmediate(() => stop.abort());
  expect(await run('serve', 'live')).toBe(0);
  expect(calls).toEqual(['open beamline.config.ts', 'environment live', 'serve 127.0.0.1:7711', 'protect', 'lookAfter', 'unserve', 'close']);
});

it('serves where the flags say, and refuses a port that is none', async () => {
  const { calls, stop, err, run } = setup({ protect: async () => undefined, lookAfter: async () => undefined });
  setImmediate(() => stop.abort());
  await run('serve', 'local', '--port', '0', '--host', 'localhost');
  expect(calls).toContain('serve localhost:0');
  expect(await run('serve', 'local', '--port', 'eighty')).toBe(2);
  expect(err.join('\n')).toContain('cli/flags');
});
