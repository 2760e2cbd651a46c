import type { Statement, Variable } from './tree.ts';
import { copyNode } from './copy-tree.ts';

/**
 * A program is worked on in units, its outermost statements: modules, and after a while the definitions in them. A unit is
 * never changed once it is made, so what is found out about it holds for as long as it exists, from one build to the next.
 */
export function remembered<T>(find: (unit: Statement) => T): (unit: Statement) => T {
  const known = new WeakMap<Statement, { found: T }>();
  return (unit) => {
    let entry = known.get(unit);
    if (!entry) {
      entry = { found: find(unit) };
      known.set(unit, entry);
    }
    return entry.found;
  };
}

/** What a pass may ask about the rest of the program: by variable, answers that are compared by identity. */
export type Questions = Readonly<Record<string, (variable: Variable) => unknown>>;

interface Kept {
  key: string;
  asked: readonly (readonly [name: string, answers: ReadonlyMap<Variable, unknown>])[];
  result: readonly Statement[];
}

/** A pass over units; `only`: those that it has anything to do with; `keyOf`: what else it is told about one. */
export type UnitPass<Q extends Questions> = (body: readonly Statement[], questions: Q, only?: ReadonlySet<Statement>, keyOf?: (unit: Statement) => string) => Statement[];

type Run<Q extends Questions> = (unit: Statement[], ask: Q, key: string) => Statement[] | undefined;

/**
 * A pass that works on each unit by itself. What it made of a unit is kept, with all that it asked, and used again as long
 * as the answers are the same: so the outcome cannot depend on what was kept. `run` gets a copy, which it may change, and
 * gives the statements to stand in its place, or nothing where it changed nothing.
 */
export function unitPass<Q extends Questions = Record<never, never>>(run: Run<Q>): UnitPass<Q> {
  const memory = new WeakMap<Statement, Kept>();
  const holds = ({ asked }: Kept, questions: Q): boolean => {
    for (const [name, answers] of asked) {
      const question = questions[name];
      for (const [variable, answer] of answers) if (question?.(variable) !== answer) return false;
    }
    return true;
  };
  return (body, questions, only, keyOf) => {
    const result: Statement[] = [];
    for (const unit of body) {
      if (only?.has(unit) === false) {
        result.push(unit);
        continue;
      }
      const key = keyOf?.(unit) ?? '';
      let kept = memory.get(unit);
      if (kept?.key !== key || !holds(kept, questions)) {
        kept = work(unit, questions, key, run);
        memory.set(unit, kept);
      }
      result.push(...kept.result);
    }
    return result;
  };
}

function work<Q extends Questions>(unit: Statement, questions: Q, key: string, run: Run<Q>): Kept {
  const asked: [string, Map<Variable, unknown>][] = [];
  const noted = Object.fromEntries(Object.entries(questions).map(([name, question]) => {
    const answers = new Map<Variable, unknown>();
    asked.push([name, answers]);
    return [name, (variable: Variable) => {
      if (answers.has(variable)) return answers.get(variable);
      const answer = question(variable);
      answers.set(variable, answer);
      return answer;
    }];
  })) as unknown as Q;
  const result = run([copyNode(unit)], noted, key) ?? [unit];
  return { key, asked: asked.filter(([, answers]) => answers.size > 0), result };
}

/** Whether a pass has changed anything. */
export function isSame(before: readonly Statement[], after: readonly Statement[]): boolean {
  return before.length === after.length && before.every((unit, index) => unit === after[index]);
}
