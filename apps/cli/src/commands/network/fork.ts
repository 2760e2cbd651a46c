import { Fault } from '@beamline/core';
import { distantNetwork, forkProcess, networkStatus, type DistantNetwork } from '@beamline/stack';
import type { CommandContext, CommandResult, CommandRun } from '../../command.ts';
import { placeOf, type NetworkFlags } from './place.ts';

export interface ForkFlags extends NetworkFlags {
  from: string;
  to?: string;
}

/** `beamline network fork <process>[@<slot>] --from <url or environment>`: copies a live process into the local network. */
export async function forkCommand(
  what: string, environment: string | undefined, flags: ForkFlags, { context, progress }: Omit<CommandRun, 'stack'>,
): Promise<CommandResult> {
  const { process, slot } = targetOf(what);
  const to = await destinationOf(environment, flags, context);
  const source = await sourceOf(flags, context);
  const step = progress.start(`copying ${process} from ${source.url}`);
  const fork = await forkProcess({ from: source.network, process, to, signal: context.signal, ...(slot === undefined ? {} : { slot }) });
  step.done(`${fork.messages} messages`);
  const result = { ...fork, from: source.url, to };
  return { result, text: `${process} is on ${to} now, up to slot ${fork.slot}, ${fork.messages} messages copied` };
}

function targetOf(what: string): { process: string; slot?: number } {
  const [, process, slot] = /^([\w-]{43})(?:@(\d{1,15}))?$/.exec(what) ?? [];
  if (process === undefined) throw new Fault('cli/flags', `${what} is no process`, { hint: 'Write the process id, or <process>@<slot>.' });
  return slot === undefined ? { process } : { process, slot: Number(slot) };
}

const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

/** The network at an address, or that of an environment. */
async function sourceOf(flags: ForkFlags, context: CommandContext): Promise<ReturnType<typeof distantNetwork>> {
  const network = isUrl(flags.from) ? { kind: 'hyperbeam' as const, url: flags.from } : await distantOf(flags.from, flags, context);
  return distantNetwork(network ?? { kind: 'hyperbeam', url: await localUrl(flags.from, flags, context) }, context.clock);
}

async function destinationOf(environment: string | undefined, flags: ForkFlags, context: CommandContext): Promise<string> {
  if (flags.to === undefined) {
    const network = environment === undefined ? undefined : await distantOf(environment, flags, context);
    if (network?.kind === 'legacynet') throw new Fault('cli/flags', `${environment} is no local network`, { hint: 'Only a local network takes forks.' });
    return network?.url ?? localUrl(environment, flags, context);
  }
  if (!isUrl(flags.to)) throw new Fault('cli/flags', `--to must be the address of a local network, not ${flags.to}`);
  return flags.to.replace(/\/+$/, '');
}

/** What an environment's config says of a network elsewhere. */
async function distantOf(environment: string, flags: NetworkFlags, context: CommandContext): Promise<DistantNetwork | undefined> {
  const stack = await context.openStack(flags.config, flags.state);
  try {
    const network = stack.config.environments[environment]?.network;
    return network?.kind === 'local' ? undefined : network;
  } finally {
    await stack.close();
  }
}

/** The address of a local network, which must be running. */
async function localUrl(environment: string | undefined, flags: NetworkFlags, context: CommandContext): Promise<string> {
  const { dir: _dir, ...ofConfig } = flags;
  const { dir } = await placeOf(environment, environment === undefined ? flags : ofConfig, context);
  const status = await networkStatus(dir, context.clock, context.signal);
  if (status.running) return status.url;
  throw new Fault('cli/network-not-running', `no network runs in ${dir}`, { hint: 'Start it: beamline network start --detach' });
}
