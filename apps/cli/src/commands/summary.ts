import { isFault, type Fault } from '@beamline/core';
import type { DeploymentPlan, StrategyName } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { summaryMarkdown, type Summary } from '../markdown/summary-markdown.ts';
import { chosen, rehearsalOf } from './plan.ts';
import { writeReport } from './size-report.ts';

export interface SummaryFlags {
  strategy?: StrategyName;
  rehearse?: string | true;
  chaos?: string;
  verify?: boolean;
  out?: string;
}

/**
 * `beamline summary <environment>`: one page for a pull request: what the sources weigh, what deploying them would do, and
 * what speaks against it. What stops a step is on the page, too: the command fails then, and the page is there all the same.
 */
export async function summary(name: string, { strategy, verify = false, out, ...flags }: SummaryFlags, use: CommandRun): Promise<CommandResult> {
  const { stack, context, progress } = use;
  const rehearsal = rehearsalOf(flags);
  const environment = stack.environment(name);
  const { game, version } = stack.config;
  const found: Summary = { game, version, environment: name };

  const building = progress.start('building');
  const built = await orFault(() => stack.bundle({ analyse: true, verify }));
  if (built.fault === undefined) building.done(); else building.fail(built.fault.code);
  Object.assign(found, built.fault === undefined ? { built: built.value } : { buildFault: built.fault });
  if (built.value !== undefined) {
    const { id } = built.value.release;
    const planned = await orFault<DeploymentPlan>(async () => {
      const plan = await environment.plan(id, chosen(strategy), context.signal);
      if (rehearsal === undefined) return plan;
      const step = progress.start('rehearsing');
      const { report } = await environment.rehearse(plan, rehearsal, context.signal);
      step.done(report.outcome);
      return { ...plan, rehearsal: report };
    });
    Object.assign(found, planned.fault === undefined ? { plan: planned.value } : { planFault: planned.fault });
  }

  const { text, problems } = summaryMarkdown(found);
  const file = out === undefined ? undefined : await writeReport(context.cwd, out, text);
  return {
    result: {
      environment: name, problems, ...(built.value && { release: built.value.release.id }), ...(found.plan && { plan: found.plan }), ...(file === undefined ? { markdown: text } : { file }),
    },
    text: file === undefined ? text.trimEnd() : [`${name}: ${problems.length === 0 ? 'nothing speaks against it' : problems.join('\n')}`, `summary in ${file}`].join('\n'),
    failed: problems.length > 0,
  };
}

type Tried<T> = { value: T; fault?: undefined } | { value?: undefined; fault: Fault };

async function orFault<T>(work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isFault(error)) return { fault: error };
    throw error;
  }
}

