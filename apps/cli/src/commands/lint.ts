import type { CommandResult, CommandRun } from '../command.ts';

export interface LintFlags {
  fix?: boolean;
}

/** `beamline lint`: what of the game's code would not behave the same on every engine. Advice alone does not fail. */
export async function lint({ fix = false }: LintFlags, { stack, progress }: Pick<CommandRun, 'stack' | 'progress'>): Promise<CommandResult> {
  const step = progress.start('reading the sources');
  const { findings, fixed } = await stack.lint({ fix });
  step.done(`${findings.length} findings`);
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const lines = findings.map(({ file, line, column, code, level, message, hint, fix: edit }) =>
    `${file}:${line}:${column} ${level} ${code}: ${message}\n  ${hint}${edit && level === 'warning' ? ' (beamline lint --fix does it)' : ''}`);
  const total = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${findings.length - warnings} of advice${fixed > 0 ? `, ${fixed} fixed` : ''}`;
  return {
    result: { warnings, advice: findings.length - warnings, fixed, findings: findings.map(({ fix: edit, path: _path, start: _start, end: _end, ...rest }) => ({ ...rest, fixable: edit !== undefined })) },
    text: [...lines, total].join('\n'),
    failed: warnings > 0,
  };
}
