import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock, type AoNetwork, type Signer } from '@beamline/core';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';

let state: string;
let cli: CommandLine;
let network: AoNetwork;
const [ann, bob] = ['11', '22'].map((byte) => ethereumSigner(byte.repeat(32))) as [Signer, Signer];
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-worlds-'));
  cli = createCommandLine(state);
  network = createHyperbeam({ url: (await cli.startNetwork()).url, clock: systemClock });
}, 120_000);
afterAll(async () => {
  await cli.close();
  await rm(state, { recursive: true });
});

async function score(who: Signer, points: number): Promise<unknown> {
  const board = await network.resolve('scores-board-0-local');
  const tags = Object.entries({ Action: 'Add', points: `${points}`, at: `${systemClock.now()}` }).map(([name, value]) => ({ name, value }));
  const delivery = await network.send(await network.signMessage(who, { target: board!, tags, data: '' }));
  return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
}
const pointsOf = (changes: { entity: number; fields: Record<string, unknown> }[]) => changes.map(({ fields }) => fields['points']);

it('compares, exports, imports, restores and migrates worlds from the command line', async () => {
  const { beamline } = cli;
  const board = ['local', 'board-0'];
  expect(await beamline('deploy', 'local')).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  await score(ann, 300);
  expect(await score(bob, 7)).toBe('7');
  const [kept] = (await beamline('snapshot', 'local')).result.snapshots;
  expect(await score(ann, 100)).toBe('400');

  // What differs, and a world as it was.
  const compared = await beamline('diff', ...board, kept.ref, 'now', '--table', 'Score');
  expect(compared).toMatchObject({ exit: 0, result: { count: 1, summary: { Score: { added: 0, removed: 0, changed: 1 } } } });
  expect(pointsOf(compared.result.changes)).toEqual([{ from: 300, to: 400 }]);
  expect((await beamline('diff', ...board, `@${kept.slot}`, kept.ref)).result).toMatchObject({ count: 0, summary: {} });
  const { result: then } = await beamline('world', ...board, '--at', `@${kept.slot - 1}`);
  expect(then).toMatchObject({ slot: kept.slot - 1, entities: 2, rows: { Score: 2 } });
  expect(then.ref).toBeUndefined();
  expect((await beamline('world', ...board, '--at', `@${kept.slot}`)).result).toMatchObject({ root: kept.root, ref: kept.ref, replayed: 0 });

  // One player out, and back in: her key is taken, so she is replaced, once.
  const file = join(state, 'ann.entities');
  expect(await beamline('export', ...board, '--where', `Score.player=${ann.address}`, '--out', file)).toMatchObject({ exit: 0, result: { entities: 1, outside: 0, rows: { Score: 1 } } });
  await score(ann, 50);
  const taken = await beamline('import', ...board, file, '--key', 'Score.player', '--dry-run');
  expect(taken).toMatchObject({ exit: 1, result: { fits: false, conflicts: [{ kind: 'key', field: 'Score.player', value: ann.address }] } });
  expect(await beamline('import', ...board, file, '--key', 'Score.player')).toMatchObject({ exit: 1, result: { error: { code: 'persistence/import-conflict' } } });
  const replace = ['import', ...board, file, '--key', 'Score.player', '--on-conflict', 'replace'];
  expect(await beamline(...replace)).toMatchObject({ exit: 0, result: { counts: { added: 0, replaced: 1 }, edited: { changed: true } } });
  expect(await score(ann, 1)).toBe('401');
  expect(await beamline(...replace)).toMatchObject({ exit: 0, result: { done: true, edited: { changed: false } } });
  expect(await score(ann, 1)).toBe('402');

  // One player back as she was at the snapshot; the other goes on.
  expect(await score(bob, 1)).toBe('8');
  const back = ['restore', ...board, '--where', `Score.player=${ann.address}`, '--at', kept.ref];
  expect(await beamline(...back, '--dry-run')).toMatchObject({ exit: 0, result: { entities: [{ state: 'changed', fields: [{ component: 'Score', field: 'points', from: 402, to: 300 }] }] } });
  expect(await score(ann, 1)).toBe('403');
  const restored = await beamline(...back);
  expect(restored).toMatchObject({ exit: 0, result: { edited: { changed: true } } });
  expect(pointsOf((await beamline('diff', ...board, restored.result.before, 'now', '--table', 'Score')).result.changes)).toEqual([{ from: 403, to: 300 }]);
  expect(await score(ann, 1)).toBe('301');
  expect(await score(bob, 1)).toBe('9');

  // A migration that does not fit her points stops before it begins; one that says what happens goes through.
  expect((await beamline('migration', 'stub', '--config', 'beamline.stub.config.ts')).result.migrations).toMatchObject([{ id: 1, role: 'board', source: expect.stringContaining("widen(before.Score, 'points', { from: u32, to: u8 })") }]);
  const { result: strict } = await beamline('bundle', '--config', 'beamline.v3.config.ts');
  const planned = await beamline('deploy', 'local', '--release', strict.release, '--dry-run');
  expect(planned.result.instances).toMatchObject([{ data: { fits: false, findings: [{ kind: 'misfit', component: 'Score', field: 'points', count: 1, first: [{ value: 301 }] }] } }]);
  expect(await beamline('deploy', 'local', '--release', strict.release)).toMatchObject({ exit: 1, result: { error: { code: 'deployer/data-misfit' } } });
  const before = new Date().toISOString();
  const { result: clamping } = await beamline('bundle', '--config', 'beamline.v4.config.ts');
  expect(await beamline('deploy', 'local', '--release', clamping.release)).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  expect(await score(bob, 1)).toBe('10');

  // Across the deployment and its migration: the process that served then, its world brought to the layout of now.
  const across = await beamline('diff', ...board, before, 'now', '--table', 'Score', '--out', join(state, 'across.jsonl'));
  expect(pointsOf(across.result.changes)).toEqual([{ from: 9, to: 10 }]);
  expect((await readFile(join(state, 'across.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(1);
  expect((await beamline('world', ...board, '--at', before)).result.process).not.toBe((await beamline('world', ...board)).result.process);
}, 300_000);
