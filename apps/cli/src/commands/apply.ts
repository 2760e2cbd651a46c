import { readFile, stat } from 'node:fs/promises';
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
  const saved = parsePlan(await bytesOf(resolve(context.cwd, file)));
  // Who goes back to what ran before is in no position to wait for others: `rollback` asks nobody either.
  if (saved.request.way === 'deploy') assertAccepted(saved.plan, flags);
  const environment = stack.environment(saved.plan.environment);
  return carryOut(environment, saved.plan, use, () => environment.apply(saved, context.signal));
}

/** Of a regular file: others may never end. @throws Fault `cli/no-file` */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (cause) {
    throw noFile(path, cause);
  }
  throw noFile(path);
}

const noFile = (path: string, cause?: unknown): Fault =>
  new Fault('cli/no-file', `${path} cannot be read`, { hint: 'beamline plan <environment> --out <file> writes a plan.', cause });
