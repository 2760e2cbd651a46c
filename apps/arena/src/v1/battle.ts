import { randomInt } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import { Energy, Fight, Fighter, Stand, Verdict } from '../shared/battle/components.ts';
import { fight, record } from '../shared/battle/fight.ts';
import { recovery } from '../shared/battle/systems/recovery.ts';
import { reports } from '../shared/battle/systems/reports.ts';
import { roundsWith, type Blow } from '../shared/battle/systems/rounds.ts';

const HARDEST = 40;

/** Six to twelve points, and one more for every win, up to a limit. */
const blow: Blow = (world, wins) => 6 + randomInt(world, 7) + (wins < HARDEST ? wins : HARDEST);

export default defineRole({
  name: 'battle',
  components: [Fighter, Energy, Fight, Stand, Verdict],
  systems: [recovery, roundsWith(blow), reports],
  actions: { Fight: fight, Record: record },
  tick: { everyMs: 200, maxSteps: 20 },
});
