import type { CommandResult, CommandRun } from '../../command.ts';
import { bytes } from '../../format.ts';

export interface PruneFlags {
  local?: boolean;
  dryRun?: boolean;
}

/** `beamline backup prune <environment>` */
export async function pruneBackups(name: string, { local = false, dryRun = false }: PruneFlags, { stack, context }: CommandRun): Promise<CommandResult> {
  const pruned = await stack.backup(name).prune({ local, dryRun }, context.signal);
  const lines = pruned.flatMap(({ store, kept, dropped, why, collected }) => [
    `${store}: ${kept} stay, ${dropped.length} ${dryRun ? 'would go' : 'went'}${collected === undefined ? '' : `, ${bytes(collected.freedBytes)} freed${collected.waiting > 0 ? `, ${collected.waiting} packs wait for their grace` : ''}`}`,
    ...(collected === undefined || collected.damaged.length === 0 ? [] : [`  ${collected.damaged.length} pages are whole nowhere in it: beamline backup verify ${name} --full --repair`]),
    ...(dryRun ? Object.entries(why).map(([ref, reason]) => `  ${reason.padEnd(8)} ${ref}`) : []),
  ]);
  return { result: { stores: pruned }, text: lines.join('\n') };
}
