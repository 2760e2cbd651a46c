import { addEntity, add, component, find, get, now, set, str, system, u16, u32, tickOf } from '@beamline/ecs';
import { defineRole, intTag, refuse, send, type RoleSpec } from '../src/index.ts';

export const Fighter = component('Fighter', { owner: str, hp: u16, moved: u32 });
export const Age = component('Age', { ticks: u32 });

export const aging = system({
  name: 'aging', reads: [], writes: [Age],
  run: (world) => {
    const entity = find(world, Fighter, 'owner', 'clock');
    if (entity !== 0) set(world, entity, Age, 'ticks', tickOf(world));
  },
});

/** A game of one rule each: join, move, hit, and ways to fail. */
export function arena(overrides: Partial<RoleSpec> = {}) {
  return defineRole({
    name: 'world',
    components: [Fighter, Age],
    systems: [aging],
    tick: { everyMs: 1000 },
    init: (world) => {
      const clock = addEntity(world);
      add(world, clock, Fighter, { owner: 'clock' });
      add(world, clock, Age, { ticks: 0 });
    },
    actions: {
      Join: (world, { from }) => {
        if (find(world, Fighter, 'owner', from) !== 0) return refuse('arena/joined', 'You are in the arena already');
        add(world, addEntity(world), Fighter, { owner: from, hp: 100, moved: 0 });
        return 'welcome';
      },
      Move: (world, message) => {
        const fighter = find(world, Fighter, 'owner', message.from);
        if (fighter === 0) return refuse('arena/unknown', 'Join first');
        const moved = get(world, fighter, Fighter, 'moved') as number;
        set(world, fighter, Fighter, 'moved', moved + intTag(message, 'steps', 1, 10));
        return `${moved}`;
      },
      Report: (_world, { from, data, link }) => {
        send({ to: 'market', action: 'Reported', data, tags: { about: from } });
        return link;
      },
      Spoil: (world, message) => {
        add(world, addEntity(world), Fighter, { owner: 'spoiled' });
        send({ to: 'market', action: 'Spoiled' });
        throw `arena/broken: on purpose by ${message.from}`;
      },
      When: (world, { timestamp, slot, from, fromProcess, link, id }) =>
        `${now(world)} ${tickOf(world)} ${timestamp} ${slot} ${from} ${fromProcess ? 'process' : 'client'} ${link} ${id}`,
      Odd: () => ({ odd: true }) as unknown as string,
      Unicode: () => '{"name":"é😀"}',
    },
    ...overrides,
  });
}
