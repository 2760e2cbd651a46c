import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { parsePlan } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { assertAccepted, carryOut } from './carry-out.ts';

/**
 * `beamline apply <plan>`: carries out what `beamline plan --out` saved and somebody reviewed, if the environment is still
 * what it was made for. Nothing reaches the network before that is known.
 */
export async function apply(file: string, flags: { acceptBreaks?: boolean }, use: CommandRun): Promise<CommandResult> {
  const { stack, context } = use;
  const path = resolve(context.cwd, file);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('cli/no-file', `${path} cannot be read`, { hint: 'beamline plan <environment> --out <file> writes one.', cause });
  });
  const saved = parsePlan(bytes);
  assertAccepted(saved.plan, flags);
  const environment = stack.environment(saved.plan.environment);
  return carryOut(environment, saved.plan, use, () => environment.apply(saved, context.signal));
}
