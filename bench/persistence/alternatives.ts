import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { addComponent, addEntity, createWorld } from 'bitecs';
import { createSnapshotSerializer } from 'bitecs/serialization';
import { Packr } from 'msgpackr';
import protobuf from 'protobufjs/light.js';
import { createColumnTable, type ColumnWorld } from '@beamline/persistence';
import { bytesOf } from './crowded-world.ts';
import { timed, writeDurably } from './measure.ts';

/** An entity as games write one down: an object of its components. */
export interface EntityObject {
  id: number;
  position: { x: number; y: number };
  health: { hp: number; max: number };
  owner: { by: number };
  level: { level: number; xp: number };
  flags: { alive: number };
}

export function entityObjects(world: ColumnWorld): EntityObject[] {
  const [position, health, owner, level, flags] = world.tables.map(({ data }) => data as Uint32Array[]);
  return Array.from({ length: world.tables[0]!.rows }, (_, row) => ({
    id: position![0]![row]!,
    position: { x: position![1]![row]!, y: position![2]![row]! },
    health: { hp: health![1]![row]!, max: health![2]![row]! },
    owner: { by: owner![1]![row]! },
    level: { level: level![1]![row]!, xp: level![2]![row]! },
    flags: { alive: flags![1]![row]! },
  }));
}

/** A running world again, from entity objects. */
export function worldOfObjects(entities: readonly EntityObject[], like: ColumnWorld): ColumnWorld {
  const tables = like.tables.map(({ name, columns }) => createColumnTable(name, columns, entities.length));
  const [position, health, owner, level, flags] = tables.map(({ data }) => data as Uint32Array[]);
  for (const [row, entity] of entities.entries()) {
    for (const { data } of tables) data[0]![row] = entity.id;
    position![1]![row] = entity.position.x;
    position![2]![row] = entity.position.y;
    health![1]![row] = entity.health.hp;
    health![2]![row] = entity.health.max;
    owner![1]![row] = entity.owner.by;
    level![1]![row] = entity.level.level;
    level![2]![row] = entity.level.xp;
    flags![1]![row] = entity.flags.alive;
  }
  return { ...like, tables };
}

const fields = (...names: string[]) => Object.fromEntries(names.map((name, n) => [name, { type: 'sint32', id: n + 1 }]));
const ref = (type: string, id: number) => ({ type, id });
const EntityMessage = protobuf.Root.fromJSON({
  nested: {
    Position: { fields: fields('x', 'y') }, Health: { fields: fields('hp', 'max') }, Owner: { fields: fields('by') },
    Level: { fields: fields('level', 'xp') }, Flags: { fields: fields('alive') },
    Entity: {
      fields: {
        id: ref('uint32', 1), position: ref('Position', 2), health: ref('Health', 3), owner: ref('Owner', 4), level: ref('Level', 5), flags: ref('Flags', 6),
      },
    },
  },
}).lookupType('Entity');

/** Milliseconds of each way to write a world down, durable unless its name says otherwise. The objects are there already. */
export interface AlternativeTimes {
  jsonGzipMs: number;
  jsonRestoreMs: number;
  msgpackrMs: number;
  protobufMs: number;
  /** In memory only: it writes nothing. */
  bitecsMs: number;
  jsonGzipBytes: number;
}

export async function measureAlternatives(world: ColumnWorld, folder: string, repeats: number): Promise<AlternativeTimes> {
  const entities = entityObjects(world);
  const jsonFile = join(folder, 'world.json.gz');
  const json = await timed(repeats, () => writeDurably(jsonFile, gzipSync(JSON.stringify(entities))), 1);
  const jsonRestore = await timed(repeats, async () =>
    worldOfObjects(JSON.parse(gunzipSync(await readFile(jsonFile)).toString('utf8')) as EntityObject[], world), 1);
  const packr = new Packr({ useRecords: true });
  const msgpackr = await timed(repeats + 2, () => writeDurably(join(folder, 'world.msgpack'), packr.pack(entities)), 2);
  const perEntity = await timed(repeats, () => {
    const writer = protobuf.Writer.create();
    for (const entity of entities) EntityMessage.encodeDelimited(entity as never, writer);
    return writeDurably(join(folder, 'world.pb'), writer.finish());
  }, 1);
  return {
    jsonGzipMs: json.ms, jsonGzipBytes: json.last, jsonRestoreMs: jsonRestore.ms, msgpackrMs: msgpackr.ms, protobufMs: perEntity.ms,
    bitecsMs: await measureBitecs(world, repeats),
  };
}

/** bitECS 0.4's own snapshot serializer over the same columns. */
async function measureBitecs(world: ColumnWorld, repeats: number): Promise<number> {
  const count = world.tables[0]!.rows;
  const ecs = createWorld();
  // Its entities count from 1.
  const shifted = <A extends Uint32Array>(cells: A): A => {
    const column = new (cells.constructor as new (length: number) => A)(count + 1);
    column.set(cells, 1);
    return column;
  };
  const components = world.tables.map(({ columns, data }) =>
    Object.fromEntries(columns.slice(1).map(({ name }, c) => [name, shifted(data[c + 1] as Uint32Array)])));
  for (let n = 0; n < count; n += 1) {
    const entity = addEntity(ecs);
    for (const component of components) addComponent(ecs, entity, component);
  }
  const serialize = createSnapshotSerializer(ecs, components, new ArrayBuffer(count * 100 + 1024));
  return (await timed(repeats, () => serialize(), 1)).ms;
}

/** The least any durable snapshot does: copy the columns, hash them, write what is on disk in the end. */
export async function measurePhysical(world: ColumnWorld, path: string, bytesOnDisk: number, repeats: number): Promise<number> {
  const raw = Buffer.alloc(bytesOf(world), 7);
  const copy = Buffer.alloc(raw.length);
  return (await timed(repeats, () => {
    copy.set(raw);
    hash('sha256', copy);
    return writeDurably(path, copy.subarray(0, bytesOnDisk));
  }, 2)).ms;
}
