import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { Bundle, LintMode, SecretReference } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, shortRelease, table } from '../format.ts';
import { watchRoles } from './watch-roles.ts';
import { writeEvals } from './write-evals.ts';
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
  verify?: boolean;
  messages?: string;
  signer?: string;
  evals?: string;
}

/** `beamline bundle`: builds every role and keeps the release. */
export async function bundle(flags: BundleFlags, use: CommandRun): Promise<CommandResult> {
  const { acceptLayout = false, lint = 'warn', acceptSizes = false, report, out, baseline, watch = false, verify = false, messages, signer, evals } = flags;
  if (watch) return watchRoles(flags, use);
  const { stack, progress, context } = use;
  const format = reportFormat(report);
  if (out !== undefined && format === undefined) throw new Fault('cli/flags', '--out names the file of a report', { hint: 'Add --report json, markdown or html.' });
  if (messages !== undefined && !verify) throw new Fault('cli/flags', '--messages names what to verify with', { hint: 'Add --verify.' });
  const built: Bundle[] = [];
  const step = progress.start('building');
  const done = await stack.bundle({
    acceptLayout, lint, acceptSizes, analyse: format !== undefined, ...(baseline !== undefined && { baseline: resolve(context.cwd, baseline) }),
    ...(signer !== undefined && { signer: readReference(signer) }),
    verify: messages === undefined ? verify : resolve(context.cwd, messages),
    onBundle(bundled) {
      built.push(bundled);
      step.update(built.map(({ role, target }) => `${role} (${target})`).join(', '));
    },
  });
  step.done(`${built.length} bundles`);
  const { release, path, warnings, verified = [] } = done;
  const printed = format && printReport(format, done);
  const file = printed !== undefined && out !== undefined ? await writeReport(context.cwd, out, printed) : undefined;
  const parts = evals === undefined ? [] : await writeEvals(context.cwd, evals, release);
  const sizes = table(['role', 'target', 'bytes', 'gzipped'], built.map(({ role, target, bytes: size, gzipBytes }) => [role, target, size, gzipBytes]));
  return {
    result: {
      release: release.id, version: release.version, path, warnings, ...(release.signature && { signedBy: release.signature.signer }), ...(done.verified && { verified }), ...(parts.length > 0 && { evals: parts }),
      ...(format && { report: { format, ...(file === undefined ? { text: printed } : { file }) } }),
      bundles: built.map(({ role, target, bytes: size, gzipBytes, sha256, modules }) => ({ role, target, bytes: size, gzipBytes, sha256, modules })),
    },
    // A report on stdout stands alone, so that it can be piped.
    text: printed !== undefined && file === undefined ? printed.trimEnd() : [sizes, '', ...heaviest(built), ...warnings.map((warning) => `warning: ${warning}`),
      ...verified.map(({ role, slots, sessions }) => `${role}: the same without shrinking, over ${slots} slots of ${sessions} ${sessions === 1 ? 'process' : 'processes'}`), `release ${shortRelease(release.id)} (${release.version}) in ${path}${release.signature ? `, signed by ${release.signature.signer}` : ''}`, ...parts.map((part) => `Eval ${part}`), ...(file === undefined ? [] : [`report in ${file}`])].join('\n'),
  };
}

/** What a bundle's bytes are spent on, for the three heaviest modules of each. */
const heaviest = (built: readonly Bundle[]): string[] =>
  built.filter(({ target }) => target === 'lua').map(({ role, modules }) =>
    `${role}: ${modules.slice(0, 3).map((module) => `${module.path} ${bytes(module.bytes)}`).join(', ')}`);

/** Never repeats what was given: it may be a key. */
function readReference(text: string): SecretReference {
  if (/^(file|env):./.test(text)) return text as SecretReference;
  throw new Fault('cli/flags', '--signer takes a reference', { hint: 'Write file:<path of a wallet> or env:<name of a variable>, never a key.' });
}
