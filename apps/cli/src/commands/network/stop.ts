import { stopNetwork } from '@beamline/stack';
import type { CommandContext, CommandResult } from '../../command.ts';
import { placeOf, type NetworkFlags } from './place.ts';

/** `beamline network stop`: ends the network of a folder, and nothing else. Succeeds when none runs. */
export async function stopNetworkCommand(environment: string | undefined, flags: NetworkFlags, context: CommandContext): Promise<CommandResult> {
  const { dir } = await placeOf(environment, flags, context);
  const pid = await stopNetwork({ dir, clock: context.clock, signal: context.signal });
  return pid === undefined
    ? { result: { stopped: false, dir }, text: `no network runs in ${dir}` }
    : { result: { stopped: true, pid, dir }, text: `stopped the network in ${dir}, process ${pid}` };
}
