import {
  add, addEntity, begin, column, component, createWorld, get, i32, pageCount, pageText, query, rollback, rows, setAt, set, u16,
  worldDigest, type World,
} from '@beamline/ecs';

const Position = component('Position', { x: i32, y: i32 });
const Velocity = component('Velocity', { x: i32, y: i32 });
const Health = component('Health', { hp: u16, max: u16 });

interface Thing {
  id: number;
  position: { x: number; y: number };
  velocity: { x: number; y: number };
  health: { hp: number; max: number };
}

function populate(count: number): World {
  const world = createWorld([Position, Velocity, Health]);
  for (let i = 0; i < count; i++) {
    const entity = addEntity(world);
    add(world, entity, Position, { x: i, y: -i });
    add(world, entity, Velocity, { x: 1 + (i % 3), y: 2 });
    add(world, entity, Health, { hp: 100, max: 100 });
  }
  return world;
}

function populateObjects(count: number): Thing[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1, position: { x: i, y: -i }, velocity: { x: 1 + (i % 3), y: 2 }, health: { hp: 100, max: 100 },
  }));
}

function move(world: World): void {
  const px = column(world, Position, 'x');
  const py = column(world, Position, 'y');
  const vx = column(world, Velocity, 'x');
  const vy = column(world, Velocity, 'y');
  const total = rows(world, Position);
  for (let row = 0; row < total; row++) {
    setAt(world, Position, row, 'x', px[row]! + vx[row]!);
    setAt(world, Position, row, 'y', py[row]! + vy[row]!);
  }
}

function moveObjects(things: Thing[]): void {
  for (const { position, velocity } of things) {
    position.x += velocity.x;
    position.y += velocity.y;
  }
}

/** Median milliseconds of `work` over `rounds`, after a warm-up. */
function medianMs(rounds: number, work: () => unknown): number {
  for (let i = 0; i < 3; i++) work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

/** Against one JavaScript object per entity, without change tracking. Ratios above 1: this package is faster. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const entities = quick ? 2_000 : 20_000;
  const rounds = quick ? 5 : 25;
  const world = populate(entities);
  const things = populateObjects(entities);
  const target = query(world, [Health])[7]!;

  const moveMs = medianMs(rounds, () => move(world));
  const moveObjectsMs = medianMs(rounds, () => moveObjects(things));
  const queryMs = medianMs(rounds, () => query(world, [Position, Health]));
  const fullDigestMs = medianMs(rounds, () => {
    move(world);
    worldDigest(world);
  });
  const deltaDigestMs = medianMs(rounds, () => {
    set(world, target, Health, 'hp', (get(world, target, Health, 'hp') + 1) % 100);
    worldDigest(world);
  });
  const textMs = medianMs(rounds, () =>
    world.tables.map((table) => Array.from({ length: pageCount(table) }, (_, page) => pageText(table, page))));
  const jsonMs = medianMs(rounds, () => JSON.stringify(things));
  const rollbackMs = medianMs(rounds, () => {
    begin(world);
    move(world);
    rollback(world);
  });
  const cloneMs = medianMs(rounds, () => {
    const saved = structuredClone(things);
    moveObjects(things);
    return saved;
  });
  return {
    entities, moveMs, moveVsObjects: moveObjectsMs / moveMs, queryMs, fullDigestMs,
    deltaDigestVsFull: fullDigestMs / deltaDigestMs, pageTextMs: textMs, pageTextVsJson: jsonMs / textMs,
    rollbackMs, rollbackVsClone: cloneMs / rollbackMs,
  };
}
