import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Timed {
  ms: number;
  peakBytes: number;
  growthBytes: number;
}

/** One build in a process of its own, so that nothing is warm and its memory is its own. */
export function buildApart(compiler: 'ours' | 'tstl', entry: string, root: string): Timed {
  const args = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'child-main.ts'), compiler, entry, root];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Timed;
}
