import { expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import type { DeploymentPlan, WatchedBuild } from '@beamline/stack';
import { bundle, plan, report } from './answers.ts';
import { setup } from './setup.ts';

const built = await bundle({});
const good: WatchedBuild = { ok: true, built, changed: [], ms: 120 };
const bad: WatchedBuild = { ok: false, fault: new Fault('bundler/type-error', 'world.ts:3:1 bundler/type-error: no', { hint: 'Mend it.' }), changed: ['/game/src/world.ts'], ms: 30 };
const watching = (...builds: WatchedBuild[]) => async function* () { yield* builds; };
const local = { parts: async () => ({ url: 'http://127.0.0.1:1' }) as never, state: async () => ({}) as never };

it('builds again and again, tells what changed and survives errors', async () => {
  const { calls, err, run } = setup({ watch: watching(good, bad, { ...good, changed: ['/game/src/world.ts'] }) });
  expect(await run('bundle', '--watch')).toBe(0);
  expect(calls).toContain('watch {"acceptLayout":false,"lint":"warn"}');
  const text = err.join('\n');
  expect(text).toContain(`release ${built.release.id.slice(0, 8)}, in 120 ms`);
  expect(text).toContain('src/world.ts: not built');
  expect(text).toContain('bundler/type-error');
  expect(text).toContain('src/world.ts: no bundle changed');
});

it('refuses to watch for a report', async () => {
  expect(await setup().run('bundle', '--watch', '--report', 'html')).toBe(2);
});

it('swaps what builds, leaves alone what does not, and finishes first what was interrupted', async () => {
  const { calls, err, run } = setup({
    ...local, state: async () => ({ running: 'd1' }) as never, resume: async () => report(),
    watch: watching(good, bad), plan: async () => plan, swap: async () => report(),
  });
  expect(await run('dev')).toBe(0);
  expect(calls.filter((call) => /^(resume|watch|plan|swap)/.test(call)).map((call) => call.split(' ')[0])).toEqual(['resume', 'watch', 'plan', 'swap']);
  expect(calls).toContain(`plan ${built.release.id} {"strategy":"in-place"}`);
  expect(err.join('\n')).toContain('new code in');
  expect(err.at(-1)).toBe('local goes on as it is');
});

it('says what needs a migration instead of swapping it', async () => {
  const migrated: DeploymentPlan = { ...plan, instances: [{ ...plan.instances[0]!, layout: { verdict: 'migrated', steps: [], reversible: true, needs: 'NEEDS-MIGRATION', changes: [] } }] };
  const { calls, err, run } = setup({ ...local, watch: watching(good), plan: async () => migrated });
  expect(await run('dev')).toBe(0);
  expect(calls.some((call) => call.startsWith('swap'))).toBe(false);
  expect(err.at(-1)).toContain('beamline deploy local');
});

it.each(['stuck', 'rolled-back'] as const)('goes on after a swap that ended %s', async (outcome) => {
  const { err, run } = setup({ ...local, watch: watching(good), plan: async () => plan, swap: async () => report({ outcome, reason: 'it answers 500' }) });
  expect(await run('dev')).toBe(0);
  expect(err.at(-1)).toBe('not swapped: it answers 500');
});
