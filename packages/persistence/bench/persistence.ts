import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pageBytes, type Column } from '@beamline/ecs';
import protobuf from 'protobufjs/light.js';
import { createFsStore } from '@beamline/persistence/fs';
import { imageRoot, readImage, writeImage, type SnapshotRef, type TableImage, type WorldImage } from '@beamline/persistence';

const PROCESS = 'b'.repeat(43);
const ENTITY: Column = { name: '$entity', kind: 'eid' };

/** Entities × 5 components, with the value ranges games have: coordinates, small counters, a few large amounts. */
function syntheticWorld(entities: number): WorldImage {
  let seed = 1;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  const column = (kind: Column['kind'], name: string, cell: (row: number) => number) =>
    ({ column: { name, kind }, cells: Array.from({ length: entities }, (_, row) => cell(row)) });
  const table = (name: string, ...columns: ReturnType<typeof column>[]): TableImage => ({
    name, rows: entities,
    columns: [ENTITY, ...columns.map((one) => one.column)],
    data: [Array.from({ length: entities }, (_, row) => 1_048_576 + row + 1), ...columns.map(({ cells }) => cells)],
    stamps: Array.from({ length: Math.ceil(entities / 1024) }, () => 1),
  });
  return {
    slot: 1, layout: 'bench',
    tables: [
      table('Position', column('i32', 'x', () => next(200_000) - 100_000), column('i32', 'y', () => next(200_000) - 100_000)),
      table('Health', column('u16', 'hp', () => next(500)), column('u16', 'max', () => 500)),
      table('Owner', column('eid', 'by', (row) => 1_048_576 + (row >> 3))),
      table('Level', column('u8', 'level', () => next(60)), column('u32', 'xp', () => next(1_000_000))),
      table('Flags', column('bool', 'alive', () => Number(next(10) > 0))),
    ],
  };
}

/** The same world with every 100th page of each table changed. */
function touched(image: WorldImage): WorldImage {
  return {
    ...image, slot: 2,
    tables: image.tables.map((table) => ({
      ...table,
      data: table.data.map((cells, c) => (c === 0 ? cells : cells.map((cell, row) => (row % 102_400 === 0 ? Number(cell) ^ 1 : cell)))),
    })),
  };
}

async function timed<T>(repeats: number, work: (n: number) => Promise<T> | T): Promise<{ ms: number; last: T }> {
  const times: number[] = [];
  let last!: T;
  for (let n = 0; n < repeats; n += 1) {
    const start = performance.now();
    last = await work(n);
    times.push(performance.now() - start);
  }
  return { ms: times.sort((a, b) => a - b)[repeats >> 1]!, last };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<number> {
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  return bytes.length;
}

const Row = protobuf.Root.fromJSON({
  nested: {
    Row: { fields: Object.fromEntries(['entity', 'a', 'b'].map((name, n) => [name, { type: 'sint32', id: n + 1 }])) },
    Rows: { fields: { rows: { rule: 'repeated', type: 'Row', id: 1 } } },
  },
}).lookupType('Rows');

/** One message per entity and component, as services usually do it. */
function protobufPerEntity(image: WorldImage): Uint8Array {
  const parts = image.tables.map(({ data, rows }) => Row.encode({
    rows: Array.from({ length: rows }, (_, row) => ({ entity: data[0]![row], a: data[1]![row], b: data[2]?.[row] ?? 0 })),
  }).finish());
  return Buffer.concat(parts);
}

/** The least any durable snapshot does: copy, hash and write what is on disk in the end. */
async function physical(image: WorldImage, path: string, bytesOnDisk: number): Promise<void> {
  const raw = Buffer.alloc(rawBytes(image), 7);
  const copy = Buffer.from(raw);
  createHash('sha256').update(copy).digest();
  await writeDurably(path, copy.subarray(0, bytesOnDisk));
}

const WIDTH: Partial<Record<Column['kind'], number>> = { u8: 1, bool: 1, u16: 2, i16: 2 };
function rawBytes(image: WorldImage): number {
  return image.tables.reduce((sum, { columns, rows }) =>
    sum + rows * columns.reduce((width, { kind }) => width + (WIDTH[kind] ?? 4), 0), 0);
}

/** Snapshots of a decoded world on a real disk, against JSON + gzip, protobuf per entity, and the physical minimum. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const entities = quick ? 50_000 : 1_000_000;
  const repeats = quick ? 3 : 5;
  const folder = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  try {
    const image = syntheticWorld(entities);
    const write = (n: number, world: WorldImage, parent?: SnapshotRef) => writeImage({
      store: createFsStore({ root: join(folder, `store-${n}`) }), image: world, game: 'bench', role: 'world', process: PROCESS, ...(parent && { parent }),
    });
    const snapshot = await timed(repeats, (n) => write(n, image));
    const changed = touched(image);
    const incremental = await timed(repeats, (n) => write(n, changed, snapshot.last.ref));
    const store = createFsStore({ root: join(folder, 'store-0') });
    const restore = await timed(repeats, () => readImage(store, snapshot.last.ref));
    if (imageRoot(restore.last) !== snapshot.last.root) throw new Error('the snapshot did not come back');

    const jsonFile = join(folder, 'world.json.gz');
    const json = await timed(quick ? 3 : 1, () => writeDurably(jsonFile, gzipSync(JSON.stringify(image))));
    const jsonRestore = await timed(quick ? 3 : 1, async () => JSON.parse(gunzipSync(await readFile(jsonFile)).toString('utf8')) as WorldImage);
    const perEntity = await timed(quick ? 3 : 1, () => writeDurably(join(folder, 'world.pb'), protobufPerEntity(image)));
    const floor = await timed(repeats, () => physical(image, join(folder, 'raw'), snapshot.last.bytes));
    const encode = await timed(repeats, () => image.tables.map(({ columns, data, rows }) => pageBytes(columns, { rows, columns: data })));

    return {
      entities,
      snapshotMs: round(snapshot.ms),
      encodeMs: round(encode.ms),
      snapshotMBps: round(rawBytes(image) / 1e3 / snapshot.ms),
      snapshotVsJsonGzip: round(json.ms / snapshot.ms),
      snapshotVsProtobufPerEntity: round(perEntity.ms / snapshot.ms),
      snapshotVsPhysical: round(floor.ms / snapshot.ms),
      diskVsRaw: round(snapshot.last.bytes / rawBytes(image)),
      diskVsJsonGzip: round(snapshot.last.bytes / (await stat(jsonFile)).size),
      incrementalTimeShare: round(incremental.ms / snapshot.ms),
      incrementalBytesShare: round(incremental.last.bytes / snapshot.last.bytes),
      restoreMs: round(restore.ms),
      restoreVsJson: round(jsonRestore.ms / restore.ms),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
