import { Fault } from '@beamline/core';
import { lastPort, launchLocalNetwork, parseLimits } from '@beamline/stack';
import type { CommandContext, CommandResult } from '../../command.ts';
import { portOf } from '../port.ts';
import { stopped } from '../stopped.ts';
import { placeOf, type NetworkFlags } from './place.ts';

export interface StartFlags extends NetworkFlags {
  port?: string;
  limits?: string;
  detach?: boolean;
}

/** `beamline network start`: the local network by itself, until it is told to stop; with `--detach` until `network stop`. */
export async function startNetwork(environment: string | undefined, flags: StartFlags, context: CommandContext): Promise<CommandResult> {
  const limits = parseLimits(flags.limits ?? '');
  const asked = flags.port === undefined ? undefined : portOf(flags.port);
  const { dir, port } = await placeOf(environment, flags, context);
  const network = await launchLocalNetwork({ dir, port: asked ?? port ?? (await lastPort(dir)), limits, detached: flags.detach ?? false });
  const { url, pid, address } = network;
  const result = { url, pid, address, dir };
  if (flags.detach) {
    return { result, text: `local network at ${url}, process ${pid}, in ${dir}\nstop it with: beamline network stop ${environment ?? (flags.dir === undefined ? '' : `--dir ${flags.dir}`)}`.trimEnd() };
  }
  context.err(`local network at ${url}, in ${dir} (Ctrl-C to stop)`);
  if (flags.json) context.out(JSON.stringify(result));
  const how = await Promise.race([network.ended, stopped(context)]);
  if (how === undefined || context.signal.aborted) {
    await network.stop();
    return { result, text: '', silent: true };
  }
  throw new Fault('cli/network-ended', `the local network ended by itself: ${how}`, {
    hint: 'If it was not stopped by somebody, start it again: everything it acknowledged is on disk.',
  });
}
