import { get, query, randomInt, removeEntity, set, system, type Entity, type World } from '@beamline/ecs';
import { send } from '@beamline/kernel';
import { Fight, Fighter, Stand, Verdict } from '../components.ts';
import { FULL_HP } from '../fight.ts';
import { goldOf, xpOf } from '../monsters.ts';

// The node pushes each message on its own; what is left over is reported in the next step.
const PER_STEP = 32;
const ITEMS = 1000;

/** Tells the world how fights ended, and forgets them. */
export const reports = /*#__PURE__*/ system({
  name: 'reports',
  reads: [Verdict, Fight, Stand],
  writes: [Fighter, Fight, Stand, Verdict],
  run: (world) => {
    let sent = 0;
    for (const fight of query(world, [Verdict, Fight])) {
      if (sent === PER_STEP) return;
      sent = sent + 1;
      report(world, fight);
      removeEntity(world, fight);
    }
  },
});

function report(world: World, fight: Entity): void {
  const fighter = get(world, fight, Fight, 'fighter');
  const monster = get(world, fight, Fight, 'monster');
  const won = get(world, fight, Verdict, 'won') === 1;
  const tally = won ? 'wins' : 'losses';
  set(world, fighter, Fighter, 'fight', 0);
  set(world, fighter, Fighter, tally, get(world, fighter, Fighter, tally) + 1);
  const find = won && randomInt(world, 8) === 0 ? 1 + randomInt(world, ITEMS) : 0;
  send({
    to: 'world',
    action: 'Spoils',
    tags: {
      player: get(world, fighter, Fighter, 'address'),
      gold: won ? goldOf(monster) : 0,
      xp: won ? xpOf(monster) : 1,
      wounds: FULL_HP - get(world, fight, Stand, 'fighter'),
      item: find,
    },
  });
}
