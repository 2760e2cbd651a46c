import { add, addEntity, find, get, rows, set, type Entity, type World } from '@beamline/ecs';
import { intTag, refuse, type Action } from '@beamline/kernel';
import { Energy, Fight, Fighter, Stand } from './components.ts';
import { hpOf, MONSTERS } from './monsters.ts';

const MAX_FIGHTERS = 20000;
const MAX_FIGHTS = 2000;
const COST = 10;
export const FULL_ENERGY = 100;
export const FULL_HP = 60;

/** Fight{monster}: starts a fight. Rounds follow with time; the world hears how it ended. */
export const fight: Action = (world, message) => {
  const monster = intTag(message, 'monster', 1, MONSTERS);
  let fighter = find(world, Fighter, 'address', message.from);
  if (fighter === 0 && rows(world, Fighter) >= MAX_FIGHTERS) return refuse('arena/full', 'No more fighters are taken here');
  if (fighter === 0) fighter = enlist(world, message.from);
  if (get(world, fighter, Fighter, 'fight') !== 0) return refuse('arena/fighting', 'One fight at a time');
  if (rows(world, Fight) >= MAX_FIGHTS) return refuse('arena/crowded', 'Too many fights at once; try again later');
  const energy = get(world, fighter, Energy, 'points');
  if (energy < COST) return refuse('arena/tired', `Rest first: a fight costs ${COST} energy`);
  set(world, fighter, Energy, 'points', energy - COST);
  const started = addEntity(world);
  add(world, started, Fight, { fighter, monster });
  add(world, started, Stand, { fighter: FULL_HP, monster: hpOf(monster) });
  set(world, fighter, Fighter, 'fight', started);
  return `fight ${started}`;
};

function enlist(world: World, address: string): Entity {
  const fighter = addEntity(world);
  add(world, fighter, Fighter, { address });
  add(world, fighter, Energy, { points: FULL_ENERGY });
  return fighter;
}

/** Record: the sender's wins, losses and energy. Changes nothing. */
export const record: Action = (world, message) => {
  const fighter = find(world, Fighter, 'address', message.from);
  if (fighter === 0) return refuse('arena/unknown-fighter', 'Send Fight first');
  const wins = get(world, fighter, Fighter, 'wins');
  const losses = get(world, fighter, Fighter, 'losses');
  return `wins=${wins} losses=${losses} energy=${get(world, fighter, Energy, 'points')}`;
};
