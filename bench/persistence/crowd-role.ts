import { add, addEntity, bool, component, eid, i32, randomInt, u16, u8 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';

const Position = /*#__PURE__*/ component('Position', { x: i32, y: i32 });
const Health = /*#__PURE__*/ component('Health', { hp: u16, max: u16 });
const Owner = /*#__PURE__*/ component('Owner', { by: eid });
const Level = /*#__PURE__*/ component('Level', { level: u8, xp: u16 });
const Flags = /*#__PURE__*/ component('Flags', { alive: bool });

/** The crowded world inside a process: 10,000 entities × 5 components from the start, and a message that changes them all. */
export default defineRole({
  name: 'crowd', components: [Position, Health, Owner, Level, Flags], tick: { everyMs: 1_000_000_000 },
  init: (world) => {
    for (let n = 0; n < 10000; n++) {
      const entity = addEntity(world);
      add(world, entity, Position, { x: randomInt(world, 200000) - 100000, y: randomInt(world, 200000) - 100000 });
      add(world, entity, Health, { hp: randomInt(world, 500), max: 500 });
      add(world, entity, Owner, { by: entity });
      add(world, entity, Level, { level: randomInt(world, 60), xp: randomInt(world, 50000) });
      add(world, entity, Flags, { alive: 1 });
    }
  },
  actions: { Wait: () => 'ok' },
});
