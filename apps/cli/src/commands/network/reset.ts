import { Fault } from '@beamline/core';
import { resetNetwork } from '@beamline/stack';
import type { CommandContext, CommandResult } from '../../command.ts';
import { placeOf, type NetworkFlags } from './place.ts';

export interface ResetFlags extends NetworkFlags {
  yes?: boolean;
}

/** `beamline network reset --yes`: forgets everything that happened on a network that does not run. */
export async function resetNetworkCommand(environment: string | undefined, flags: ResetFlags, context: CommandContext): Promise<CommandResult> {
  const { dir } = await placeOf(environment, flags, context);
  if (!flags.yes) {
    throw new Fault('cli/flags', `this would delete every process, message and name of the network in ${dir}`, {
      hint: 'Say --yes if that is what you want. The operator’s wallet stays.',
    });
  }
  const deleted = await resetNetwork(dir);
  return { result: { dir, deleted }, text: deleted.length === 0 ? `nothing to delete in ${dir}` : `deleted ${deleted.join(', ')} in ${dir}` };
}
