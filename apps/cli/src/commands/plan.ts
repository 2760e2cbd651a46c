import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { printPlan, type DeploymentPlan, type PlanRequest, type RehearsalChoice, type StrategyName } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { planMarkdown } from '../markdown/plan-markdown.ts';
import { writeNew } from '../write-new.ts';
import { bundle } from './bundle.ts';
import { planText } from './plan-text.ts';

export interface PlanFlags {
  release?: string;
  strategy?: StrategyName;
  out?: string;
  markdown?: boolean;
  /** How many messages of each changed instance; `true`: as many as the config says. */
  rehearse?: string | true;
  /** Seed. */
  chaos?: string;
}

/** `beamline plan <environment>`: what a deployment would do, for review; with `--out` as a file that `apply` carries out. */
export async function plan(name: string, { release, strategy, out, markdown = false, ...flags }: PlanFlags, use: CommandRun): Promise<CommandResult> {
  const rehearsal = rehearsalOf(flags);
  const request: PlanRequest = { way: 'deploy', release: await releaseFor(release, use), ...chosen(strategy) };
  const environment = use.stack.environment(name);
  const bare = await environment.plan(request.release, chosen(strategy), use.context.signal);
  const made = rehearsal === undefined ? bare : { ...bare, rehearsal: (await environment.rehearse(bare, rehearsal, use.context.signal)).report };
  const file = out === undefined ? undefined : await savePlan(request, made, out, use);
  // What would be refused is not what was asked for: a pipeline stops here.
  const failed = made.rehearsal?.outcome === 'failed';
  if (markdown) return { result: made, text: planMarkdown(made), failed };
  return { ...(file === undefined ? planned(made) : saved(made, file)), failed };
}

/** @throws Fault `cli/flags` */
export function rehearsalOf({ rehearse, chaos }: Pick<PlanFlags, 'rehearse' | 'chaos'>): RehearsalChoice | undefined {
  if (rehearse === undefined) {
    if (chaos !== undefined) throw new Fault('cli/flags', '--chaos says how to rehearse', { hint: 'Add --rehearse.' });
    return undefined;
  }
  return { ...(rehearse === true ? {} : { messages: wholeNumber('--rehearse', rehearse, 1) }), ...(chaos === undefined ? {} : { chaos: wholeNumber('--chaos', chaos, 0) }) };
}

function wholeNumber(flag: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new Fault('cli/flags', `${flag} must be a whole number${least > 0 ? ` from ${least}` : ''}, not ${text}`);
}

/** The release asked for, or what the sources give now. */
export async function releaseFor(release: string | undefined, use: CommandRun): Promise<string> {
  return release ?? ((await bundle({}, use)).result as { release: string }).release;
}

/** @returns the file's path. @throws Fault `cli/file-exists` */
export async function savePlan(request: PlanRequest, made: DeploymentPlan, out: string, { context }: CommandRun): Promise<string> {
  const file = resolve(context.cwd, out);
  await writeNew(file, printPlan({ request, plan: made }));
  return file;
}

export const chosen = (strategy: StrategyName | undefined): { strategy?: StrategyName } => (strategy === undefined ? {} : { strategy });

export const planned = (made: DeploymentPlan): CommandResult => ({ result: made, text: planText(made) });

export const saved = (made: DeploymentPlan, file: string): CommandResult => ({ result: made, text: `${planText(made)}\nsaved; carry it out: beamline apply ${file}` });
