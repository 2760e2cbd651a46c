// A game's life on a real disk, ended by SIGKILL at its n-th operation: plays, takes snapshots, backs them up, prunes,
// compacts, and restores into folders of its own. Says on stdout what is acknowledged, once it is.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createFsStore, createFsBucket, extractArchive, nodeDisk, nodeLogDisk, openArchiveFile, openLog, writeArchiveFile, type Disk, type LogDisk } from '../../src/fs.ts';
import { archiveSnapshots, copySnapshot, createBucketStore, createSnapshotter, ecsSource, formatRef, importArchive, prune, type SnapshotRef } from '../../src/index.ts';
import { applyMessage, freshWorld, payloadOf } from '../logged-game.ts';

const [root = '', killAt = ''] = process.argv.slice(2);
let operations = 0;
function step(torn?: () => Promise<unknown>): Promise<unknown> | undefined {
  operations += 1;
  if (operations !== Number(killAt)) return undefined;
  return Promise.resolve(torn?.()).then(() => process.kill(process.pid, 'SIGKILL')).then(() => new Promise(() => undefined));
}
/** Every operation counts; a write in which the kill falls is half done. */
const counting = <D extends Disk | LogDisk>(disk: D): D => new Proxy(disk, {
  get(target, key) {
    const method = Reflect.get(target, key) as ((first: unknown, ...rest: unknown[]) => Promise<unknown>) | undefined;
    return method && (async (first: unknown, ...rest: unknown[]) => {
      const half = (bytes: unknown) => (bytes instanceof Uint8Array ? bytes.subarray(0, bytes.length >> 1) : bytes);
      const isWrite = [first, ...rest].some((each) => each instanceof Uint8Array);
      await step(isWrite ? () => method(half(first), ...rest.map(half)) : undefined);
      const made = await method(first, ...rest);
      return key === 'open' ? counting(made as LogDisk) : made;
    });
  },
});
const say = (line: string) => writeSync(1, `${line}\n`);

const disk = counting(nodeDisk);
const storeIn = (folder: string) => ({ name: folder, store: createFsStore({ root: join(root, folder), disk }) });
const [local, backup] = [storeIn('local'), storeIn('backup')];
const log = await openLog({ folder: join(root, 'log'), disk: counting(nodeLogDisk), segmentBytes: 150 });
const world = freshWorld();
const { snapshot } = createSnapshotter({ source: ecsSource(world, 'l'), store: local.store, game: 'g', role: 'r', process: 'p'.repeat(43) });
const refs: SnapshotRef[] = [];
while (log.next() <= 12) {
  const payload = payloadOf(log.next());
  applyMessage(world, { sequence: await log.append(payload), payload });
  say(`message ${world.slot}`);
  if (world.slot % 3 !== 0) continue;
  const { ref } = await snapshot();
  refs.push(ref);
  say(`snapshot ${formatRef(ref)}`);
  await log.truncate(world.slot + 1);
  await copySnapshot({ ref, to: backup, from: [local] });
  say(`backup ${formatRef(ref)}`);
}
say('prune');
await prune({ store: local.store, policy: { last: 1 }, now: 1, graceMs: 0 });

async function* killable(parts: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const part of parts) {
    await step();
    yield part;
  }
}
const path = join(root, 'game.archive');
await writeArchiveFile({ path, bytes: killable(archiveSnapshots({ store: backup.store, refs })) });
say('archive');
const archive = await openArchiveFile(path);
await extractArchive({ archive, folder: join(root, 'extracted'), disk });
say('extracted');
await importArchive({ archive, store: createBucketStore(createFsBucket({ root: join(root, 'imported'), disk })) });
await archive.close();
say('imported');
const from = storeIn('extracted/snapshots');
for (const ref of refs) await copySnapshot({ ref, to: storeIn('restored'), from: [from, backup], thorough: true });
say(`done ${operations}`);
