import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';

export interface ExplainFlags {
  slot?: string;
}

/** `beamline explain <environment> <instance>`: where its last error came from, in the sources. */
export async function explain(name: string, instance: string, { slot }: ExplainFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  if (slot !== undefined && !/^\d{1,15}$/.test(slot)) throw new Fault('cli/flags', '--slot must be a number');
  const step = progress.start('computing its messages again');
  const traced = await stack.environment(name).explain(instance, slot === undefined ? {} : { slot: Number(slot) }, context.signal);
  step.done(traced === undefined ? 'no error' : `slot ${traced.slot}`);
  if (traced === undefined) return { result: { instance }, text: `${instance} counted no error` };
  const { slot: at, action, error, stack: places } = traced;
  return {
    result: { instance, ...traced },
    text: [
      `${instance}, slot ${at}${action === '' ? '' : ` (${action})`}: ${error}`,
      ...places.map(({ file, line, column }) => `  at ${file}:${line}:${column}`),
      ...(places.length === 0 ? ['  its code was replaced in place since: the release cannot say where'] : []),
    ].join('\n'),
  };
}
