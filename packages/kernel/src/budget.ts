import { hostBudget } from '#target';

/*
 * Neither luerl nor the node ever stops a running message, so the compiled code counts its own work: every loop turn
 * charges 1, every call of a function that can recurse charges its depth. In Lua the counter is the local `__budget` of
 * the bundler's prelude, counting down; JavaScript hosts use the one below through `charge`.
 */
const own = { n: 0, depth: 0 };

/** Enough for the kernel's own work, which is bounded by the size of the world. */
const UNLIMITED = 9007199254740991;

/** Allows this much work from here on. */
export function allowWork(units: number): void {
  const counter = hostBudget() ?? own;
  counter.n = units;
  counter.depth = 0;
}

/** Back in the kernel: no limit. A budget that ran out must not stop the clean-up. */
export function allowKernel(): void {
  allowWork(UNLIMITED);
}

/** Counts work of a JavaScript host. @throws 'kernel/work-budget: …' when an action used up its allowance. */
export function charge(units: number): void {
  own.n = own.n - units;
  if (own.n < 0) throw 'kernel/work-budget: too much for one message';
}
