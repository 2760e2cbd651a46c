import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration } from '../format.ts';
import { readFollow, readSelection, type SelectionFlags } from '../selection-flags.ts';

export interface RestoreEntitiesFlags extends SelectionFlags {
  at?: string;
  snapshot?: string;
  dryRun?: boolean;
}

/** `beamline restore … --at <moment> --where …`: some entities back as they were, in the world as it is. */
export async function restoreSome(name: string, instance: string, flags: RestoreEntitiesFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const { dryRun: preview = false, at = flags.snapshot } = flags;
  if (at === undefined) throw new Fault('cli/flags', 'the moment they come back from is missing', { hint: 'Name it: --at @1204, --at -15m, or --snapshot <ref>' });
  const [selection, follow] = [readSelection(flags), readFollow(flags)];
  const step = progress.start(preview ? 'looking' : 'restoring');
  const { plan, edited, before } = await stack.environment(name).worlds.restore(instance, { at, selection, follow, preview }, context.signal);
  step.done(`${plan.entities.length} entities`);
  const lines = plan.entities.flatMap(({ entity, handle, state, fields }) => [
    `${entity}${handle === entity ? '' : ` → ${handle}`} ${state}`,
    ...fields.map(({ component, field, from, to }) => `  ${component}.${field} ${from === undefined ? '(none)' : JSON.stringify(from)} → ${to === undefined ? '(none)' : JSON.stringify(to)}`),
  ]);
  const text = [
    `${plan.entities.length} entities come back as of slot ${plan.slot}; ${plan.left.length} that they refer to are still there and are left alone`,
    ...lines.slice(0, 200), ...(lines.length > 200 ? [`… and ${lines.length - 200} lines more: --json`] : []),
    ...(plan.relinked + plan.cleared > 0 ? [`${plan.relinked} references are set anew, ${plan.cleared} to what is gone become 0`] : []),
    ...(edited?.changed ? [`writes waited ${duration(edited.pauseMs)}; the world before is ${before}`] : []),
  ].join('\n');
  return { result: { ...plan, ...(edited === undefined ? {} : { edited, before }) }, text };
}
