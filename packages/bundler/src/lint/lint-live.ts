import type ts from 'typescript';
import { faultOf } from '../finding.ts';
import type { ModuleResolver } from '../module-resolver.ts';
import type { LintFinding } from './lint-file.ts';
import { lintProgram } from './lint-program.ts';

export type LintMode = 'off' | 'warn' | 'error';

export interface LintLiveInput {
  program: ts.Program;
  /** The files that have code in the bundle. */
  files: readonly ts.SourceFile[];
  dead: ReadonlySet<ts.Node>;
  entry: string;
  root: string;
  resolver: ModuleResolver;
  mode: LintMode;
}

/**
 * Lints what of the entry's own package gets into a Lua bundle. Advice is for people who ask for it, not for builds.
 * @throws Fault `determinism/…` in the mode `error`
 */
export function lintLive({ program, files, dead, entry, root, resolver, mode }: LintLiveInput): LintFinding[] {
  if (mode === 'off') return [];
  const home = resolver.packageOf(entry);
  const own = files.filter(({ fileName }) => fileName !== entry && !fileName.includes('/node_modules/') && resolver.packageOf(fileName) === home);
  const findings = lintProgram({ program, files: own, root, isDead: (node) => dead.has(node) }).filter(({ level }) => level === 'warning');
  if (mode === 'error' && findings.length > 0) throw faultOf(findings);
  return findings;
}
