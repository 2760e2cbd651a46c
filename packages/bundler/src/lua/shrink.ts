import type { Statement, Variable } from './tree.ts';
import { dissolveTables } from './dissolve-tables.ts';
import { eliminateDead } from './eliminate.ts';
import { foldUnits, propagateLiterals } from './fold.ts';
import { createSteps, type Steps } from './references.ts';
import { isSame } from './units.ts';

/** Enough for the chains seen in practice; each round only uncovers what the one before freed. */
const MAX_ROUNDS = 8;

/**
 * Removes what can't run or isn't read, until nothing more goes. `shared` are the variables that modules share: they are
 * declared outside `body`. What tables of theirs dissolve into is added to them.
 */
export function shrinkLua(body: readonly Statement[], shared: Set<Variable>, steps: Steps = createSteps()): Statement[] {
  let current = [...body];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const dissolved = dissolveTables(current, shared);
    const folded = foldUnits(propagateLiterals(dissolved, shared, steps(`shrink ${round}`).follow(dissolved)), {});
    current = eliminateDead(folded);
    if (isSame(folded, current)) break;
  }
  return current;
}
