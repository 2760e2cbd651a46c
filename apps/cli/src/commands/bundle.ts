import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { Bundle, LintMode } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, shortRelease, table } from '../format.ts';
import { watchRoles } from './watch-roles.ts';
import { printReport, reportFormat, writeReport } from './size-report.ts';

export interface BundleFlags {
  acceptLayout?: boolean;
  lint?: LintMode;
  acceptSizes?: boolean;
  report?: string;
  out?: string;
  baseline?: string;
  watch?: boolean;
  json?: boolean;
}

/** `beamline bundle`: builds every role and keeps the release. */
export async function bundle(flags: BundleFlags, use: CommandRun): Promise<CommandResult> {
  const { acceptLayout = false, lint = 'warn', acceptSizes = false, report, out, baseline, watch = false } = flags;
  if (watch) return watchRoles(flags, use);
  const { stack, progress, context } = use;
  const format = reportFormat(report);
  if (out !== undefined && format === undefined) throw new Fault('cli/flags', '--out names the file of a report', { hint: 'Add --report json, markdown or html.' });
  const built: Bundle[] = [];
  const step = progress.start('building');
  const done = await stack.bundle({
    acceptLayout, lint, acceptSizes, analyse: format !== undefined, ...(baseline !== undefined && { baseline: resolve(context.cwd, baseline) }),
    onBundle(bundled) {
      built.push(bundled);
      step.update(built.map(({ role, target }) => `${role} (${target})`).join(', '));
    },
  });
  step.done(`${built.length} bundles`);
  const { release, path, warnings } = done;
  const printed = format && printReport(format, done);
  const file = printed !== undefined && out !== undefined ? await writeReport(context.cwd, out, printed) : undefined;
  const sizes = table(['role', 'target', 'bytes', 'gzipped'], built.map(({ role, target, bytes: size, gzipBytes }) => [role, target, size, gzipBytes]));
  return {
    result: {
      release: release.id, version: release.version, path, warnings,
      ...(format && { report: { format, ...(file === undefined ? { text: printed } : { file }) } }),
      bundles: built.map(({ role, target, bytes: size, gzipBytes, sha256, modules }) => ({ role, target, bytes: size, gzipBytes, sha256, modules })),
    },
    // A report on stdout stands alone, so that it can be piped.
    text: printed !== undefined && file === undefined ? printed.trimEnd() : [sizes, '', ...heaviest(built), ...warnings.map((warning) => `warning: ${warning}`), `release ${shortRelease(release.id)} (${release.version}) in ${path}`, ...(file === undefined ? [] : [`report in ${file}`])].join('\n'),
  };
}

/** What a bundle's bytes are spent on, for the three heaviest modules of each. */
const heaviest = (built: readonly Bundle[]): string[] =>
  built.filter(({ target }) => target === 'lua').map(({ role, modules }) =>
    `${role}: ${modules.slice(0, 3).map((module) => `${module.path} ${bytes(module.bytes)}`).join(', ')}`);
