import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { buildRole } from '@beamline/bundler';
import type { AoMap } from '@beamline/core';
import { pageBytes } from '@beamline/ecs';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { createReplica, writeImage, type WorldImage } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { createVm } from '@beamline/vm';
import { median } from './measure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OWNER = testId('owner');
const PROCESS = testId('process');

/** What players of arena send: they join, walk, look around and give; ids as long and as random as real ones. */
export function* arenaCrowd(players: number, rounds: number): Generator<AoMap> {
  const address = (n: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => (Math.imul(n * 131 + i * 7 + 1, 2654435761) >>> 24))).toString('base64url');
  let timestamp = 1_700_000_000_000;
  let slot = 0;
  const spec = (tags: Record<string, string>) => ({ id: testId(`m${slot}`), process: PROCESS, slot, timestamp, tags });
  yield processRequest({ ...spec({ 'beamline-seed': '42' }), committer: OWNER, authority: testId('node') });
  for (let round = 0; round <= rounds; round += 1) {
    for (let who = 0; who < players; who += 1) {
      slot += 1;
      timestamp += 10;
      const tags: Record<string, string> = round === 0
        ? { action: 'Join', name: `Player ${who}` }
        : round % 5 === 2 ? { action: 'Give', to: address((who + 1) % players), gold: '1' }
          : { action: 'Move', x: String((slot * 37) % 1000), y: String((slot * 91) % 1000) };
      yield clientRequest({ ...spec({ ...tags, seq: String(round + 1) }), committer: address(who) });
    }
  }
}

export function snapshotAt(slot: number, timestamp: number): AoMap {
  return clientRequest({
    id: testId(`probe${slot}`), process: PROCESS, slot, timestamp, tags: { action: 'Beamline.Snapshot', protocol: '1', issued: String(timestamp) }, committer: OWNER,
  });
}

/** Bytes on disk of arena's world after play, and a snapshot of 10,000 entities inside Lua. */
export async function measureArena(folder: string, quick: boolean): Promise<Record<string, number>> {
  const { code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: ROOT });
  const replica = createReplica({ code });
  const assignments = [...arenaCrowd(quick ? 200 : 2_000, quick ? 3 : 6)].map((req) => ({ slot: req['slot'] as number, timestamp: req['timestamp'] as number, req }));
  await replica.apply(assignments as never);
  const image = await replica.image();
  await replica.close();
  const { bytes } = await writeImage({ store: createFsStore({ root: join(folder, 'arena') }), image, game: 'arena', role: 'world', process: PROCESS });
  return { arenaEntities: image.tables.find(({ name }) => name === '$entities')!.rows, diskVsRaw: bytes / rawBytes(image), kernelSnapshotMs: await kernelSnapshotMs(quick ? 5 : 15) };
}

function rawBytes({ tables }: WorldImage): number {
  return tables.reduce((sum, { columns, rows, data }) => sum + (rows === 0 ? 0 : pageBytes(columns, { rows, columns: data }).length), 0);
}

async function kernelSnapshotMs(repeats: number): Promise<number> {
  const { code } = await buildRole({ role: 'crowd', entry: 'bench/persistence/crowd-role.ts', target: 'lua', root: ROOT });
  const vm = await createVm({ code, base: { process: arenaCrowd(0, 0).next().value!['body'] as AoMap } });
  const [first] = arenaCrowd(0, 0);
  await vm.compute(first!);
  const times: number[] = [];
  for (let n = 1; n <= repeats; n += 1) {
    const result = await vm.compute(snapshotAt(n, 1_700_000_000_000 + n));
    if (!result.ok || (result.results?.['output'] as AoMap)['outcome'] !== 'ok') throw new Error(`no snapshot: ${JSON.stringify(result).slice(0, 200)}`);
    times.push(result.ms);
  }
  await vm.close();
  return median(times);
}
