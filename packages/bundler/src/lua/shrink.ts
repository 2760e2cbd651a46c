import type { Statement, Variable } from './tree.ts';
import { dissolveTables } from './dissolve-tables.ts';
import { eliminateDead } from './eliminate.ts';
import { foldConstants, propagateLiterals } from './fold.ts';

/** Enough for the chains seen in practice; each round only uncovers what the one before freed. */
const MAX_ROUNDS = 8;

/**
 * Removes what can't run or isn't read, until nothing more goes. `shared` are the variables that modules share: they are
 * declared outside `body`. What tables of theirs dissolve into is added to them.
 */
export function shrinkLua(body: Statement[], shared: Set<Variable>, keep: ReadonlySet<Variable> = new Set()): Statement[] {
  let current = body;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    current = foldConstants(propagateLiterals(dissolveTables(current, shared), shared));
    const { body: next, removed } = eliminateDead(current, keep);
    current = next;
    if (removed === 0) break;
  }
  return current;
}
