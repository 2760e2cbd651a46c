import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { worldDigest } from '@beamline/ecs';
import { createFsStore, openArchiveFile, openLog, readLog } from '../../src/fs.ts';
import { copySnapshot, formatRef, prune, readColumns, recoverColumns, type SnapshotRef } from '../../src/index.ts';
import { applyMessage, digestAt, payloadOf, startWorld } from '../logged-game.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'killed-')); });
afterAll(() => rm(folder, { recursive: true }));

interface Life {
  root: string;
  signal: NodeJS.Signals | null;
  /** What it had acknowledged. */
  said: string[];
}

/** A process of its own, ended at its n-th operation on the disk; at 0 it lives to the end. */
async function live(killAt: number): Promise<Life> {
  const root = join(folder, String(killAt));
  // Only who lives to the end leaves compiled code behind: the first.
  const env = { NODE_COMPILE_CACHE: join(folder, 'compiled'), ...process.env };
  const program = join(import.meta.dirname, 'killed-program.ts');
  const child = spawn(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', program, root, String(killAt)], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const said = (await text(child.stdout)).split('\n').filter((line) => line !== '');
  return { root, signal: await ended, said };
}
const after = ({ said }: Life, what: string): string[] => said.flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []));

/** Every snapshot that a store lists, exact. */
async function exactIn(root: string): Promise<SnapshotRef[]> {
  const store = createFsStore({ root });
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) {
    expect(worldDigest(startWorld(await readColumns(store, ref)))).toBe(digestAt(ref.slot));
    refs.push(ref);
  }
  return refs;
}

async function expectNothingLost(life: Life): Promise<void> {
  const [local, backup] = ['local', 'backup'].map((name) => ({ name, store: createFsStore({ root: join(life.root, name) }) }));
  const inLocal = await exactIn(join(life.root, 'local'));
  const inBackup = await exactIn(join(life.root, 'backup'));
  if (!life.said.includes('prune')) expect(inLocal.map(formatRef)).toEqual(expect.arrayContaining(after(life, 'snapshot')));
  expect(inBackup.map(formatRef)).toEqual(expect.arrayContaining(after(life, 'backup')));

  const records = (from: number) => readLog({ folder: join(life.root, 'log'), from });
  const { world, slot } = await recoverColumns({ store: local!.store, process: 'p'.repeat(43), records, start: startWorld, apply: applyMessage });
  expect(slot).toBeGreaterThanOrEqual(Number(after(life, 'message').at(-1) ?? 0));
  expect(worldDigest(world)).toBe(digestAt(slot));
  const log = await openLog({ folder: join(life.root, 'log') });
  expect(await log.append(payloadOf(slot + 1))).toBe(slot + 1);
  await log.close();

  // What was begun is finished by doing it again.
  for (const ref of inLocal) await copySnapshot({ ref, to: backup!, from: [local!] });
  await exactIn(join(life.root, 'backup'));
  await prune({ store: local!.store, policy: { last: 1 }, now: 2, graceMs: 0 });
  expect(await exactIn(join(life.root, 'local'))).toEqual(inLocal.slice(-1));

  if (life.said.includes('archive')) await openArchiveFile(join(life.root, 'game.archive')).then((archive) => archive.verify().finally(() => archive.close()));
  else expect(await readdir(life.root)).not.toContain('game.archive');
  const extracted = (await readdir(life.root)).includes('extracted');
  if (extracted) expect(await exactIn(join(life.root, 'extracted/snapshots'))).toHaveLength(4);
  expect(extracted || !life.said.includes('extracted')).toBe(true);
  if (life.said.includes('imported')) expect(await exactIn(join(life.root, 'imported'))).toHaveLength(4);
  else await exactIn(join(life.root, 'imported'));
  await exactIn(join(life.root, 'restored'));
}

it('a process killed at many moments of playing, taking, backing up, pruning, archiving and restoring has lost nothing it acknowledged', async () => {
  const whole = await live(0);
  const operations = Number(after(whole, 'done')[0]);
  expect(await exactIn(join(whole.root, 'restored'))).toHaveLength(4);
  expect(operations).toBeGreaterThan(500);
  const moments = Array.from({ length: 20 }, (_, n) => 1 + Math.floor((n * operations) / 20));
  while (moments.length > 0) {
    for (const life of await Promise.all(moments.splice(0, 2).map(live))) {
      expect(life.signal).toBe('SIGKILL');
      await expectNothingLost(life);
    }
  }
});
