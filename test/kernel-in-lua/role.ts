import { add, addEntity, component, find, get, randomInt, set, str, system, tickOf, u16, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, refuse, send, textTag, type Message } from '@beamline/kernel';

const Fighter = /*#__PURE__*/ component('Fighter', { owner: str, hp: u16, steps: u32 });
const Clock = /*#__PURE__*/ component('Clock', { ticks: u32, sum: u32 });

const clock = /*#__PURE__*/ system({
  name: 'clock', reads: [], writes: [Clock],
  run: (world) => {
    const entity = find(world, Fighter, 'owner', 'clock');
    set(world, entity, Clock, 'ticks', tickOf(world));
    set(world, entity, Clock, 'sum', randomInt(world, 1000000));
  },
});

// An error the language raises, not one that was thrown.
function nothing(world: World): { field: { deeper: number } } {
  return (world as unknown as Record<string, { field: { deeper: number } }>)['missing']!;
}

function deep(n: number): number {
  return n === -1 ? 0 : 1 + deep(n + 1);
}

function half(world: World, from: string): void {
  add(world, addEntity(world), Fighter, { owner: from });
  send({ to: 'market', action: 'Half' });
}

export default defineRole({
  name: 'lua-world',
  components: [Fighter, Clock],
  systems: [clock],
  tick: { everyMs: 1000 },
  work: 200000,
  init: (world) => {
    const entity = addEntity(world);
    add(world, entity, Fighter, { owner: 'clock' });
    add(world, entity, Clock, {});
  },
  actions: {
    Join: (world, { from }) => {
      if (find(world, Fighter, 'owner', from) !== 0) return refuse('arena/joined', 'You are in the arena already');
      add(world, addEntity(world), Fighter, { owner: from, hp: 50 + randomInt(world, 50) });
      return 'welcome';
    },
    Move: (world, message) => {
      const fighter = find(world, Fighter, 'owner', message.from);
      if (fighter === 0) return refuse('arena/unknown', 'Join first');
      const steps = (get(world, fighter, Fighter, 'steps') as number) + intTag(message, 'steps', 1, 10);
      set(world, fighter, Fighter, 'steps', steps);
      return `${steps}`;
    },
    Name: (_world, message) => textTag(message, 'name', 20),
    Echo: (_world, { data, tags }) => `${data.length} ${tags['x-n']}`,
    Text: (_world, { data }) => data,
    Report: (_world, { data, from }) => send({ to: 'market', action: 'Reported', data, tags: { about: from } }) as undefined,
    Who: (_world, m: Message) => `${m.id} ${m.from} ${m.fromProcess ? 'process' : 'client'} ${m.link} ${m.timestamp} ${m.slot}`,
    Throw: (world, { from }) => { half(world, from); throw 'arena/broken: on purpose'; },
    Nil: (world, { from }) => { half(world, from); return `${nothing(world).field.deeper}`; },
    Spin: (world, { from }) => { half(world, from); while (tickOf(world) >= 0) set(world, find(world, Fighter, 'owner', 'clock'), Fighter, 'steps', 1); return ''; },
    // Rollup shakes a loop without any effect away, in both targets; this one might return.
    Loop: (world, { from }) => { half(world, from); for (let n = 0; ; n++) if (n < 0) return 'never'; },
    Dive: (world, { from }) => { half(world, from); return `${deep(1)}`; },
    Divide: (world, message) => { half(world, message.from); return `${10 % (intTag(message, 'by', 0, 9))}`; },
    Root: (world, message) => { half(world, message.from); return `${Math.sqrt(intTag(message, 'of', -9, 9))}`; },
    Odd: (world, { from }) => { half(world, from); return { odd: true } as unknown as string; },
  },
});
