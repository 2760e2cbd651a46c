import { add, get, query, randomInt, set, system, type System, type World } from '@beamline/ecs';
import { Fight, Fighter, Stand, Verdict } from '../components.ts';
import { powerOf } from '../monsters.ts';

/** How hard a fighter with this many wins hits. */
export type Blow = (world: World, wins: number) => number;

/** Every fight goes on by one round: the fighter strikes first, and whoever falls first has lost. */
export function roundsWith(blow: Blow): System {
  return system({
    name: 'rounds',
    reads: [Fighter],
    writes: [Fight, Stand, Verdict],
    run: (world) => {
      for (const fight of query(world, [Fight, Stand], [Verdict])) {
        const wins = get(world, get(world, fight, Fight, 'fighter'), Fighter, 'wins');
        const monster = left(get(world, fight, Stand, 'monster'), blow(world, wins));
        set(world, fight, Stand, 'monster', monster);
        set(world, fight, Fight, 'rounds', get(world, fight, Fight, 'rounds') + 1);
        if (monster === 0) {
          add(world, fight, Verdict, { won: 1 });
          continue;
        }
        const fighter = left(get(world, fight, Stand, 'fighter'), randomInt(world, 1 + powerOf(get(world, fight, Fight, 'monster'))));
        set(world, fight, Stand, 'fighter', fighter);
        if (fighter === 0) add(world, fight, Verdict, { won: 0 });
      }
    },
  });
}

function left(points: number, loss: number): number {
  return points > loss ? points - loss : 0;
}
