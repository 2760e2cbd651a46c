import type { Bundle, LintMode } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, shortRelease, table } from '../format.ts';

export interface BundleFlags {
  acceptLayout?: boolean;
  lint?: LintMode;
}

/** `beamline bundle`: builds every role and keeps the release. */
export async function bundle({ acceptLayout = false, lint = 'warn' }: BundleFlags, { stack, progress }: CommandRun): Promise<CommandResult> {
  const built: Bundle[] = [];
  const step = progress.start('building');
  const { release, path, warnings } = await stack.bundle({
    acceptLayout,
    lint,
    onBundle(done) {
      built.push(done);
      step.update(built.map(({ role, target }) => `${role} (${target})`).join(', '));
    },
  });
  step.done(`${built.length} bundles`);
  const sizes = table(['role', 'target', 'bytes', 'gzipped'], built.map(({ role, target, bytes: size, gzipBytes }) => [role, target, size, gzipBytes]));
  return {
    result: {
      release: release.id, version: release.version, path, warnings,
      bundles: built.map(({ role, target, bytes: size, gzipBytes, sha256, modules }) => ({ role, target, bytes: size, gzipBytes, sha256, modules })),
    },
    text: [sizes, '', ...heaviest(built), ...warnings.map((warning) => `warning: ${warning}`), `release ${shortRelease(release.id)} (${release.version}) in ${path}`].join('\n'),
  };
}

/** What a bundle's bytes are spent on, for the three heaviest modules of each. */
const heaviest = (built: readonly Bundle[]): string[] =>
  built.filter(({ target }) => target === 'lua').map(({ role, modules }) =>
    `${role}: ${modules.slice(0, 3).map((module) => `${module.path} ${bytes(module.bytes)}`).join(', ')}`);
