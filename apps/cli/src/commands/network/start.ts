import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { lastPort, launchLocalNetwork, parseLimits } from '@beamline/stack';
import type { CommandContext, CommandResult } from '../../command.ts';
import { portOf } from '../port.ts';
import { stopped } from '../stopped.ts';
import { placeOf, type NetworkFlags } from './place.ts';

export interface StartFlags extends NetworkFlags {
  port?: string;
  limits?: string;
  aos?: string;
  aosSha256?: string;
  detach?: boolean;
}

/** `beamline network start`: the local network by itself, until it is told to stop; with `--detach` until `network stop`. */
export async function startNetwork(environment: string | undefined, flags: StartFlags, context: CommandContext): Promise<CommandResult> {
  const limits = parseLimits(flags.limits ?? '');
  const asked = flags.port === undefined ? undefined : portOf(flags.port);
  const place = await placeOf(environment, flags, context);
  const { dir, port } = place;
  const aos = aosOf(flags, context) ?? place.aos;
  const network = await launchLocalNetwork({ dir, port: asked ?? port ?? (await lastPort(dir)), limits, detached: flags.detach ?? false, ...(aos && { aos }) });
  const { url, pid, address, aosModule } = network;
  const result = { url, pid, address, dir, ...(aosModule === undefined ? {} : { aosModule }) };
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

function aosOf({ aos, aosSha256 }: StartFlags, { cwd }: CommandContext): { path: string; sha256?: string } | undefined {
  if (aos === undefined && aosSha256 !== undefined) throw new Fault('cli/flags', '--aos-sha256 needs --aos, the file it is about');
  return aos === undefined ? undefined : { path: resolve(cwd, aos), ...(aosSha256 === undefined ? {} : { sha256: aosSha256 }) };
}
