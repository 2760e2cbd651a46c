import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock } from '@beamline/core';
import { parseRef, readImage, tableNamed, verifyProof } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts')];

let state: string;
let network: ChildProcess;
let url: string;

const start = (argv: string[]): ChildProcess =>
  spawn(process.execPath, [...PROGRAM, ...argv, '--state', state, '--json'], { cwd: join(ROOT, 'test/cli-game'), stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-anchors-'));
  network = start(['network', 'start']);
  const line = await new Promise<string>((resolve) => createInterface({ input: network.stdout! }).once('line', resolve));
  url = (JSON.parse(line) as { url: string }).url;
}, 60_000);
afterAll(async () => {
  const ended = new Promise((resolve) => network.once('exit', resolve));
  network.kill('SIGTERM');
  await ended;
  await rm(state, { recursive: true });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what is tested
async function beamline(...argv: string[]): Promise<{ exit: number | null; result: any; err: string }> {
  const child = start(argv);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (text) => { out += text; });
  child.stderr?.on('data', (text) => { err += text; });
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, err, result: out === '' ? undefined : JSON.parse(out) };
}

async function score(points: number): Promise<void> {
  const node = createHyperbeam({ url, clock: systemClock });
  const board = await node.resolve('scores-board-0-local');
  const item = await node.signMessage(ethereumSigner('11'.repeat(32)), { target: board!, tags: [{ name: 'Action', value: 'Add' }, { name: 'points', value: String(points) }], data: '' });
  await node.send(item);
}

it('anchors, verifies, proves, and finds out what was changed', async () => {
  expect(await beamline('deploy', 'local')).toMatchObject({ exit: 0 });
  await score(5);
  const first = await beamline('anchor', 'local');
  expect(first).toMatchObject({ exit: 0, result: { anchors: [{ instance: 'board-0' }] } });
  await score(7);
  const second = await beamline('anchor', 'local', '--instance', 'board-0', '--wait', '--with-snapshot');
  const [anchor] = second.result.anchors;
  expect(anchor).toMatchObject({ previous: first.result.anchors[0].anchor, status: { state: 'final' } });
  expect(anchor.snapshotBytes).toBeGreaterThan(0);

  const [verdict, other] = await Promise.all([
    beamline('verify', '--anchor', anchor.anchor, '--replay'),
    beamline('verify', '--anchor', anchor.anchor, '--snapshot', first.result.anchors[0].snapshot),
  ]);
  expect(verdict).toMatchObject({ exit: 0, result: { verified: true, chain: [{ slot: first.result.anchors[0].slot }, { slot: anchor.slot }], forks: [] } });
  expect(verdict.result.compared).toMatchObject([{ matches: true }, { with: 'replay', root: anchor.root, matches: true }]);
  expect(other).toMatchObject({ exit: 1, result: { verified: false } });

  const image = await readImage(createFsStore({ root: join(state, 'local/snapshots') }), parseRef(anchor.snapshot));
  const table = tableNamed(image, 'Score')!;
  const entity = String(table.data[0]![0]);
  const out = join(state, 'score.proof');
  const proof = await beamline('prove', 'local', 'board-0', entity, 'Score', '--out', out);
  expect(proof).toMatchObject({ exit: 0, result: { file: out, values: { points: 12 }, anchor: anchor.anchor, root: anchor.root, slot: anchor.slot } });
  expect(proof.result.bytes).toBe((await readFile(out)).length);
  expect((await verifyProof(await readFile(out), { root: anchor.root })).values['points']).toBe(12);

  const bytes = await readFile(out);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(join(state, 'changed.proof'), bytes);
  const [good, changed] = await Promise.all([beamline('verify', '--proof', out), beamline('verify', '--proof', join(state, 'changed.proof'))]);
  expect(good).toMatchObject({ exit: 0, result: { verified: true, values: { points: 12 } } });
  expect(changed).toMatchObject({ exit: 1, result: { error: { code: 'stack/not-proved' } } });

  // The snapshot is gone from this machine; what went to Arweave vouches for the anchor.
  await rm(join(state, 'local/snapshots'), { recursive: true });
  const remote = await beamline('verify', '--anchor', anchor.anchor);
  expect(remote).toMatchObject({ exit: 0, result: { verified: true, compared: [{ with: expect.stringContaining('in arweave'), matches: true }] } });
}, 240_000);
