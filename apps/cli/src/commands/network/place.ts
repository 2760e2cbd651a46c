import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { LocalPlace } from '@beamline/stack';
import type { CommandContext, CommonFlags } from '../../command.ts';

/** Flags of every command about a local network. */
export interface NetworkFlags extends CommonFlags {
  /** Folder of the network, instead of an environment's. */
  dir?: string;
}

/** The folder a command is about: the one given, which needs no game, or that of an environment of the config. */
export async function placeOf(environment: string | undefined, flags: NetworkFlags, context: CommandContext): Promise<Omit<LocalPlace, 'environment'>> {
  if (flags.dir !== undefined) {
    if (environment !== undefined) throw new Fault('cli/flags', 'name an environment or --dir, not both');
    return { dir: resolve(context.cwd, flags.dir) };
  }
  const stack = await context.openStack(flags.config, flags.state);
  try {
    return stack.localNetwork(environment);
  } finally {
    await stack.close();
  }
}
