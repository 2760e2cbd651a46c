import { Fault } from '@beamline/core';
import { createHyperbeam, forkProcess, networkStatus } from '@beamline/stack';
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
  const from = isUrl(flags.from) ? flags.from : await urlOf(flags.from, flags, context);
  if (flags.to !== undefined && !isUrl(flags.to)) throw new Fault('cli/flags', `--to must be the address of a local network, not ${flags.to}`);
  const to = flags.to ?? (await urlOf(environment, flags, context));
  const step = progress.start(`copying ${process} from ${from}`);
  const fork = await forkProcess({
    from: createHyperbeam({ url: from, clock: context.clock }), process, to: to.replace(/\/+$/, ''), signal: context.signal,
    ...(slot === undefined ? {} : { slot }),
  });
  step.done(`${fork.messages} messages`);
  return { result: { ...fork, from, to }, text: `${process} is on ${to} now, up to slot ${fork.slot}, ${fork.messages} messages copied` };
}

function targetOf(what: string): { process: string; slot?: number } {
  const [, process, slot] = /^([\w-]{43})(?:@(\d{1,15}))?$/.exec(what) ?? [];
  if (process === undefined) throw new Fault('cli/flags', `${what} is no process`, { hint: 'Write the process id, or <process>@<slot>.' });
  return slot === undefined ? { process } : { process, slot: Number(slot) };
}

const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

/** The address of an environment's network; a local one must be running. */
async function urlOf(environment: string | undefined, flags: NetworkFlags, context: CommandContext): Promise<string> {
  if (environment !== undefined) {
    const stack = await context.openStack(flags.config, flags.state);
    try {
      const network = stack.config.environments[environment]?.network;
      if (network?.kind === 'hyperbeam') return network.url;
    } finally {
      await stack.close();
    }
  }
  const { dir: _dir, ...ofConfig } = flags;
  const { dir } = await placeOf(environment, environment === undefined ? flags : ofConfig, context);
  const status = await networkStatus(dir, context.clock, context.signal);
  if (status.running) return status.url;
  throw new Fault('cli/network-not-running', `no network runs in ${dir}`, { hint: 'Start it: beamline network start --detach' });
}
