import type { LintFinding } from '@beamline/bundler/lint';
import type { BeamlineConfig } from './config.ts';

export interface LintOptions {
  /** Mend the sources where that is safe. @default false */
  fix?: boolean;
}

export interface LintReport {
  /** What is left, by file and place. */
  findings: readonly LintFinding[];
  fixed: number;
}

/** Looks for what would not behave the same on every engine, in all TypeScript that the game's roles import of its own. */
export async function lintGame({ config, root }: { config: BeamlineConfig; root: string }, { fix = false }: LintOptions = {}): Promise<LintReport> {
  const files = [...new Set(Object.values(config.roles).map(({ entry }) => entry))].filter((entry) => !entry.endsWith('.lua'));
  const { fixSources, lintSources } = await import('@beamline/bundler/lint');
  const input = { files, root, plugins: config.plugins ?? [] };
  return fix ? fixSources(input) : { findings: lintSources(input), fixed: 0 };
}
