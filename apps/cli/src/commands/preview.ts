import { DURATION, durationMs, type Duration, type PreviewReport } from '@beamline/stack';
import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration, shortRelease, table } from '../format.ts';
import { reported } from './carry-out.ts';
import { releaseFor } from './plan.ts';
import { planText } from './plan-text.ts';

export interface UpFlags {
  from: string;
  release?: string;
  for?: string;
  replace?: boolean;
}

/** `beamline preview up <name> --from <environment>`: the sources, or a release, on a network of their own, with the worlds of an environment. */
export async function previewUp(name: string, { from, release, for: time = '24h', replace = false }: UpFlags, use: CommandRun): Promise<CommandResult> {
  const { stack, context, progress } = use;
  const forMs = timeOf(time);
  await pruned(use);
  const id = await releaseFor(release, use);
  const step = progress.start(`copying the worlds of ${from}`);
  const report = await stack.previews.up({ name, from, release: id, forMs, replace }, context.signal);
  step.done(`${report.worlds.length} worlds`);
  return told(report, context.clock.now());
}

function told(report: PreviewReport, now: number): CommandResult {
  const { preview, worlds, plan, deployment } = report;
  const lines = [
    `${preview.name} at ${preview.url}, until ${new Date(preview.expiresAt).toISOString()} (${duration(preview.expiresAt - now)})`,
    table(['instance', 'as of slot', 'root'], worlds.map(({ instance, slot, root }) => [instance, slot, root])),
    ...(plan === undefined ? [`it runs what ${preview.from} runs, release ${shortRelease(preview.base)}`] : [planText(plan)]),
  ];
  const done = deployment === undefined ? undefined : reported({ name: preview.name }, deployment);
  return {
    result: report, text: [...lines, ...(done === undefined ? [] : [done.text])].join('\n'), ...(done?.failed === undefined ? {} : { failed: done.failed }), ...(done?.exit === undefined ? {} : { exit: done.exit }),
  };
}

/** `beamline preview list`: what there is; what is over is taken down first. */
export async function previewList(use: CommandRun): Promise<CommandResult> {
  const removed = await pruned(use);
  const previews = await use.stack.previews.list();
  const now = use.context.clock.now();
  const rows = previews.map(({ name, from, release, running, url, expiresAt }) => [name, from, shortRelease(release), running ? 'running' : 'stopped', url ?? '', duration(expiresAt - now)]);
  return { result: { previews, removed }, text: rows.length === 0 ? 'no previews' : table(['preview', 'from', 'release', 'network', 'url', 'left'], rows) };
}

/** `beamline preview down <name>`, or `--expired`. */
export async function previewDown(name: string | undefined, { expired = false }: { expired?: boolean }, use: CommandRun): Promise<CommandResult> {
  if (expired === (name !== undefined)) throw new Fault('cli/flags', 'name a preview, or say --expired', { hint: 'beamline preview list shows what there is.' });
  if (name === undefined) {
    const removed = await use.stack.previews.prune();
    return { result: { removed }, text: removed.length === 0 ? 'nothing is over' : `took down ${removed.join(', ')}` };
  }
  await use.stack.previews.down(name);
  return { result: { removed: [name] }, text: `took down ${name}` };
}

async function pruned({ stack, context }: CommandRun): Promise<readonly string[]> {
  const removed = await stack.previews.prune();
  if (removed.length > 0) context.err(`took down what is over: ${removed.join(', ')}`);
  return removed;
}

function timeOf(text: string): number {
  if (new RegExp(DURATION).test(text)) return durationMs(text as Duration);
  throw new Fault('cli/flags', `--for must be a time such as 24h, not ${text}`);
}
