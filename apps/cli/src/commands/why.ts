import { findInRole, type ModuleSize, type PartSize } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';

/** `beamline why <role> <module-or-name>`: what brings it into the bundle, and what it costs. */
export async function why(role: string, name: string, { stack, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start(`building ${role}`);
  const analysis = await stack.sizes({ roles: [role] });
  step.done(`${analysis.roles[role]?.bytes ?? 0} bytes`);
  const found = findInRole(analysis, role, name);
  const { bytes, gzipBytes, share } = found;
  return {
    result: { role, ...found },
    text: [
      `${titleOf(found)}: ${bytes} bytes, ${(share * 100).toFixed(1)} % of ${role}, ${gzipBytes} gzipped`,
      ...('kind' in found ? [`would save ${found.savedBytes} bytes with what only it needs${found.uses.length > 0 ? `; used by ${found.uses.join(', ')}` : ''}`] : []),
      ...found.why.map((path, depth) => `${'  '.repeat(depth)}${depth === 0 ? '' : '└ '}${path}`),
    ].join('\n'),
  };
}

const titleOf = (found: ModuleSize | PartSize): string => ('kind' in found ? `${found.kind} ${found.name} (${found.module}:${found.line})` : found.path);
