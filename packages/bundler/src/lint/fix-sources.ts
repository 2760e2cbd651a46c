import { readFile, rename, writeFile } from 'node:fs/promises';
import { applyFixes, type Fix } from './fix.ts';
import type { LintFinding } from './lint-file.ts';
import { lintSources, type LintFilesInput } from './lint-sources.ts';

/** A fix can uncover another: `a % b % c`. More rounds than this mean that two rules disagree. */
const ROUNDS = 10;

/** Mends what can be mended safely, writes each file whole, and returns what is left. Advice is not followed. */
export async function fixSources(input: LintFilesInput): Promise<{ findings: LintFinding[]; fixed: number }> {
  let fixed = 0;
  for (let round = 0; ; round++) {
    const findings = lintSources(input);
    const byFile = new Map<string, Fix[]>();
    for (const { path, fix, level } of findings) {
      if (fix && level === 'warning') byFile.set(path, [...(byFile.get(path) ?? []), fix]);
    }
    if (byFile.size === 0 || round === ROUNDS) return { findings, fixed };
    for (const [path, fixes] of byFile) fixed += await fixFile(path, fixes);
  }
}

async function fixFile(file: string, fixes: readonly Fix[]): Promise<number> {
  const { text, applied } = applyFixes(await readFile(file, 'utf8'), fixes);
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { flush: true });
  await rename(draft, file);
  return applied;
}
