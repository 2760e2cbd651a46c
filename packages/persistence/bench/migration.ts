import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component, eid, i32, i53, layoutHash, layoutOf, u16, u32, u8, bool, type Column } from '@beamline/ecs';
import { createFsStore } from '@beamline/persistence/fs';
import {
  addField, calc, checkMigration, decodeEntityFile, diffSummary, exportEntities, imageRoot, imageSides, importEntities, map, migrateImage, migration, reverseChain, sidesOf,
  split, widen, writeImage, type TableImage, type WorldImage,
} from '@beamline/persistence';

const PROCESS = 'b'.repeat(43);
const Position = component('Position', { x: i32, y: i32 });
const Health = component('Health', { hp: u16, max: u16 });
const Owner = component('Owner', { by: eid });
const Level = component('Level', { level: u8, xp: u32 });
const Flags = component('Flags', { alive: bool });
const layout = layoutOf([Position, Health, Owner, Level, Flags]);

/** Entities × 5 components; eight entities in a row belong to the first of them. */
function syntheticWorld(entities: number): WorldImage {
  let seed = 1;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  const list = (cell: (row: number) => number): number[] => Array.from({ length: entities }, (_, row) => cell(row));
  const stampsOf = (rows: number): number[] => Array.from({ length: Math.ceil(rows / 1024) }, () => 1);
  const table = (name: string, columns: Column[], ...data: number[][]): TableImage =>
    ({ name, rows: entities, columns: [{ name: '$entity', kind: 'eid' }, ...columns], data: [list((row) => row + 1), ...data], stamps: stampsOf(entities) });
  const system = (name: string, columns: Column[], data: (number | string)[][]): TableImage => ({ name, rows: data[0]!.length, columns, data, stamps: stampsOf(data[0]!.length) });
  return {
    slot: 1, layout: layoutHash(layout),
    tables: [
      system('$world', [{ name: 'time', kind: 'i53' }, { name: 'tick', kind: 'i53' }, { name: 'alive', kind: 'u32' }], [[0], [0], [entities]]),
      system('$entities', [{ name: 'generation', kind: 'u16' }, { name: 'alive', kind: 'bool' }], [new Array<number>(entities + 1).fill(0), [0, ...list(() => 1)]]),
      system('$free', [{ name: 'index', kind: 'u32' }], [[]]),
      table('Position', [...Position.columns], list(() => next(200_000) - 100_000), list(() => next(200_000) - 100_000)),
      table('Health', [...Health.columns], list(() => next(500)), list(() => 500)),
      table('Owner', [...Owner.columns], list((row) => (row & ~7) + 1)),
      table('Level', [...Level.columns], list(() => next(60)), list(() => next(1_000_000))),
      table('Flags', [...Flags.columns], list(() => Number(next(10) > 0))),
      system('$senders', [{ name: 'key', kind: 'str' }, { name: 'high', kind: 'i53' }], [[], []]),
    ],
  };
}

const chain = [migration({
  id: 1, name: 'season-two', from: { role: 'world' },
  steps: [
    widen(Position, 'x', { from: i32, to: i53 }),
    map(Health, 'hp', { from: u16, to: u32, by: calc.add(calc.mul(calc.value, 10), calc.mod(calc.field('max'), 10)), back: calc.idiv(calc.value, 10) }),
    addField(Health, 'shield', u16, 25),
    split(Level, { Rank: ['level'], Experience: ['xp'] }),
  ],
})];
const later = layoutOf([
  component('Position', { x: i53, y: i32 }), component('Health', { hp: u32, max: u16, shield: u16 }), Owner,
  component('Rank', { level: u8 }), component('Experience', { xp: u32 }), Flags,
]);

/** The same world as games keep it in JSON: one object per entity. */
interface JsonEntity { id: number; x: number; y: number; hp: number; max: number; by: number; level: number; xp: number; alive: number }
function asJson({ tables }: WorldImage): string {
  const data = tables.filter(({ name }) => !name.startsWith('$')).map((table) => table.data as number[][]);
  const [position, health, owner, level, flags] = data as [number[][], number[][], number[][], number[][], number[][]];
  return JSON.stringify(position[0]!.map((id, row): JsonEntity => ({
    id, x: position[1]![row]!, y: position[2]![row]!, hp: health[1]![row]!, max: health[2]![row]!, by: owner[1]![row]!,
    level: level[1]![row]!, xp: level[2]![row]!, alive: flags[1]![row]!,
  })));
}

/** What a migration script does: read, go through every entity, write. */
function rewriteJson(text: string): string {
  const entities = JSON.parse(text) as JsonEntity[];
  return JSON.stringify(entities.map(({ hp, level, xp, ...rest }) =>
    ({ ...rest, hp: hp * 10 + rest.max % 10, shield: 25, rank: { level }, experience: { xp } })));
}

function compareJson(before: string, after: string): number {
  const old = new Map((JSON.parse(before) as JsonEntity[]).map((entity) => [entity.id, entity]));
  let changes = 0;
  for (const entity of JSON.parse(after) as JsonEntity[]) {
    const was = old.get(entity.id);
    if (was === undefined || (Object.keys(entity) as (keyof JsonEntity)[]).some((key) => entity[key] !== was[key])) changes += 1;
  }
  return changes;
}

/** Every `step`-th row of each component moved by one. */
const touched = (image: WorldImage, step: number): WorldImage => ({
  ...image, slot: 2,
  tables: image.tables.map((table) => (table.name.startsWith('$') || table.name === 'Owner' ? table : {
    ...table, data: table.data.map((cells, c) => (c === 0 ? cells : cells.map((cell, row) => (row % step === 0 ? Number(cell) ^ 1 : cell)))),
  })),
});

async function timed<T>(repeats: number, work: () => Promise<T> | T): Promise<{ ms: number; last: T }> {
  const times: number[] = [];
  let last!: T;
  for (let n = 0; n < repeats; n += 1) {
    const start = performance.now();
    last = await work();
    times.push(performance.now() - start);
  }
  return { ms: times.sort((a, b) => a - b)[repeats >> 1]!, last };
}

/** Migrating, comparing and moving entities of a large world, against the same done with JSON. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const entities = quick ? 50_000 : 1_000_000;
  const repeats = quick ? 3 : 5;
  const folder = await mkdtemp(join(tmpdir(), 'beamline-migration-'));
  try {
    const image = syntheticWorld(entities);
    const cells = image.tables.reduce((sum, { name, rows, columns }) => sum + (name.startsWith('$') ? 0 : rows * columns.length), 0);
    const migrated = await timed(repeats, () => migrateImage(image, chain, later));
    const checked = await timed(repeats, () => checkMigration(image, chain, later));
    const back = reverseChain(chain, layout).migrations!;
    const returned = await timed(repeats, () => migrateImage(migrated.last, back, layout));
    if (!checked.last.fits || imageRoot(returned.last) !== imageRoot(image)) throw new Error('the migration lost something');
    const json = asJson(image);
    const rewritten = await timed(quick ? 3 : 1, () => rewriteJson(json));

    const store = createFsStore({ root: join(folder, 'store') });
    const put = async (world: WorldImage) => (await writeImage({ store, image: world, game: 'bench', role: 'world', process: PROCESS })).ref;
    const some = touched(image, 102_400);
    const all = touched(image, 1);
    const refs = { from: await put(image), to: await put(some) };
    const little = await timed(repeats, async () => diffSummary(...await sidesOf({ store, ...refs })));
    const most = await timed(quick ? 3 : 1, () => diffSummary(...imageSides(image, all)));
    if (most.last['Position']?.changed !== entities) throw new Error('the diff lost something');
    const [littleJson, mostJson] = [asJson(some), asJson(all)];
    const jsonLittle = await timed(quick ? 3 : 1, () => compareJson(json, littleJson));
    const jsonMost = await timed(quick ? 3 : 1, () => compareJson(json, mostJson));

    const about = { image, layout, game: 'bench', role: 'world' };
    const region = { where: [{ component: 'Position', field: 'x', min: -1_000, max: 1_000 }] };
    const part = await timed(repeats, () => exportEntities({ ...about, process: PROCESS, selection: region, follow: { depth: 1 } }));
    const whole = await timed(quick ? 3 : 1, () => exportEntities({ ...about, process: PROCESS, selection: { with: ['Position'] } }));
    if (whole.last.file.entities.length !== entities) throw new Error('the export lost something');
    const jsonPart = await timed(quick ? 3 : 1, () => JSON.stringify((JSON.parse(json) as JsonEntity[]).filter(({ x }) => x >= -1_000 && x <= 1_000)));
    const jsonWhole = await timed(quick ? 3 : 1, () => asJson(image).length);
    const room = entities < 500_000 ? image : syntheticWorld(500_000);
    const imported = await timed(repeats, () => importEntities({ ...about, image: room }, decodeEntityFile(part.last.bytes), { onDangling: 'zero' }));

    return Object.fromEntries(Object.entries({
      entities,
      migrateMs: migrated.ms, migrateMillionCellsPerSecond: cells / 1e3 / migrated.ms, migrateVsJsonRewrite: rewritten.ms / migrated.ms,
      migrateBackMs: returned.ms, checkMs: checked.ms, checkVsMigrate: checked.ms / migrated.ms,
      diffOnePercentMs: little.ms, diffOnePercentVsJson: jsonLittle.ms / little.ms,
      diffEverythingMs: most.ms, diffEverythingVsJson: jsonMost.ms / most.ms,
      exportRegionEntities: part.last.file.entities.length, exportRegionMs: part.ms, exportRegionVsJson: jsonPart.ms / part.ms,
      exportWholeMs: whole.ms, exportWholeBytesPerEntity: whole.last.bytes.length / entities, exportWholeVsJsonStringify: jsonWhole.ms / whole.ms,
      importRegionMs: imported.ms,
    }).map(([name, value]) => [name, Math.round(value * 1000) / 1000]));
  } finally {
    await rm(folder, { recursive: true });
  }
}
