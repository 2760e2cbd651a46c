import { networkStatus } from '@beamline/stack';
import type { CommandContext, CommandResult } from '../../command.ts';
import { bytes, duration, table } from '../../format.ts';
import { placeOf, type NetworkFlags } from './place.ts';

/** `beamline network status`: whether it runs and what is on it. Fails when it does not run, so that scripts can ask. */
export async function networkStatusCommand(environment: string | undefined, flags: NetworkFlags, context: CommandContext): Promise<CommandResult> {
  const { dir } = await placeOf(environment, flags, context);
  const status = await networkStatus(dir, context.clock, context.signal);
  if (!status.running) {
    const text = status.pid === undefined ? `no network runs in ${status.dir}` : `process ${status.pid} has ${status.dir}, but no network answers there`;
    return { result: status, text, failed: true };
  }
  const { url, pid, uptimeMs, processes, slots, bricked, logBytes, cronTasks, forks, aliases } = status;
  const names = Object.entries(aliases);
  const copies = Object.entries(forks);
  const text = [
    `local network at ${url}, process ${pid}, up ${duration(uptimeMs)}, in ${status.dir}`,
    `${processes} processes${bricked > 0 ? ` (${bricked} bricked)` : ''}, ${slots} slots, log ${bytes(logBytes)}, ${cronTasks} cron tasks`,
    ...(names.length === 0 ? [] : [table(['name', 'process'], names)]),
    ...(copies.length === 0 ? [] : [table(['fork', 'from'], copies)]),
  ].join('\n');
  return { result: status, text };
}
