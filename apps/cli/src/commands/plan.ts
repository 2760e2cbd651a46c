import { resolve } from 'node:path';
import { printPlan, type DeploymentPlan, type PlanRequest, type StrategyName } from '@beamline/stack';
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
}

/** `beamline plan <environment>`: what a deployment would do, for review; with `--out` as a file that `apply` carries out. */
export async function plan(name: string, { release, strategy, out, markdown = false }: PlanFlags, use: CommandRun): Promise<CommandResult> {
  const request: PlanRequest = { way: 'deploy', release: await releaseFor(release, use), ...chosen(strategy) };
  const made = await use.stack.environment(name).plan(request.release, chosen(strategy), use.context.signal);
  const file = out === undefined ? undefined : await savePlan(request, made, out, use);
  if (markdown) return { result: made, text: planMarkdown(made) };
  return file === undefined ? planned(made) : saved(made, file);
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
