import { buildApart } from './child.ts';
import { filesOf, withSynthetic } from './with-synthetic.ts';

/** A build from nothing in a new process, against TypeScriptToLua's of the same entry. */
export function measureTimes(quick: boolean): Promise<Record<string, number>> {
  return withSynthetic(filesOf(quick), async ({ entry, root }) => {
    const rounds = quick ? 1 : 3;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(buildApart('ours', entry, root).ms);
      theirs.push(buildApart('tstl', entry, root).ms);
    }
    return { coldMs: median(ours), coldVsTstl: median(ours) / median(theirs) };
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
