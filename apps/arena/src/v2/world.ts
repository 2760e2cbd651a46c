import { defineRole } from '@beamline/kernel';
import { drink, equip, gather } from '../shared/world/belongings.ts';
import {
  Bag, Equipment, Fallen, Heading, Health, Loot, Player, Position, Purse, Roaming, Treasury,
} from '../shared/world/components.ts';
import { give, settle } from '../shared/world/dealings.ts';
import { found } from '../shared/world/found.ts';
import { joinWith } from '../shared/world/join.ts';
import { lookWith } from '../shared/world/look.ts';
import { move } from '../shared/world/move.ts';
import { spoilsWith } from '../shared/world/spoils.ts';
import { decay } from '../shared/world/systems/decay.ts';
import { regenerationOf } from '../shared/world/systems/regeneration.ts';
import { revival } from '../shared/world/systems/revival.ts';
import { wander } from '../shared/world/systems/wander.ts';
import { rest, running } from './running.ts';
import { award, describe, levelling, prepare, Progress, Skills, Stamina } from './skills.ts';

export default defineRole({
  name: 'world',
  components: [
    Player, Position, Heading, Health, Purse, Bag, Equipment, Fallen, Roaming, Loot, Treasury, Skills, Progress, Stamina,
  ],
  systems: [wander, running, rest, regenerationOf(1, 8), revival, levelling, decay],
  actions: {
    Join: joinWith(prepare),
    Move: move,
    Look: lookWith(describe),
    Equip: equip,
    Drink: drink,
    Gather: gather,
    Give: give,
    Spoils: spoilsWith(award),
    Trade: settle,
  },
  tick: { everyMs: 250, maxSteps: 20 },
  init: found,
});
