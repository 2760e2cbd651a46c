import { recoveryRules, type Drilled, type RecoveryStatus } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, duration, table } from '../format.ts';

/** `beamline drill <environment>`: restores snapshots for practice. Fails when one did not come back. */
export async function drill(name: string, { instance, from }: { instance?: string; from?: string }, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const environment = stack.environment(name);
  const chosen = instance === undefined ? Object.keys((await environment.state()).instances) : [instance];
  const drills: Drilled[] = [];
  for (const each of chosen) {
    const step = progress.start(`drill ${each}`);
    const done = await environment.drill(each, from === undefined ? {} : { from }, context.signal);
    drills.push(done);
    step.done(done.report.outcome);
  }
  const rows = drills.map(({ instance: id, report }) => [
    id, report.outcome, report.store ?? 'local', report.slot, report.replayed, duration(report.loadMs), duration(report.replayMs), duration(report.recoveryMs),
    report.outcome === 'good' ? report.root ?? '' : report.message,
  ]);
  return {
    result: { environment: name, drills },
    text: table(['instance', 'outcome', 'store', 'snapshot at', 'replayed', 'load', 'replay', 'back in', 'root'], rows),
    failed: drills.some(({ report }) => report.outcome === 'bad'),
  };
}

/** `beamline recovery <environment>`: what drills have proved. Fails when something needs a person. */
export async function recovery(name: string, { rules = false }: { rules?: boolean }, { stack, context }: CommandRun): Promise<CommandResult> {
  if (rules) {
    const text = recoveryRules(stack.recoveryPolicy(name));
    return { result: { environment: name, rules: text }, text: text.trimEnd() };
  }
  const instances = await stack.environment(name).recovery(context.signal);
  const rows = instances.map((one) => [
    one.instance, duration(one.withinMs), one.proved === undefined ? 'not yet' : duration(one.proved.recoveryMs), one.behind,
    due(one), ...one.costs.map(({ cadence }) => (cadence.reachable ? `${bytes(cadence.bytesPerDay)} a day` : 'unreachable')),
  ]);
  const compared = instances.find(({ costs }) => costs.length > 0)?.costs ?? [];
  const alerts = instances.flatMap(({ instance, alerts: list }) => list.map(({ message, hint }) => `${instance}: ${message}\n  ${hint}`));
  const head = ['instance', 'within', 'proved', 'behind', 'snapshot due', ...compared.map(({ withinMs }) => `${duration(withinMs)} costs`)];
  return { result: { environment: name, instances }, text: [table(head, rows), ...alerts].join('\n'), failed: alerts.length > 0 };
}

function due({ cadence }: RecoveryStatus): string {
  if (cadence === undefined) return 'unknown: drill first';
  if (!cadence.reachable) return `unreachable: at least ${duration(cadence.floorMs)}`;
  return cadence.everyMs === Infinity ? `after ${cadence.afterMessages} messages` : `after ${cadence.afterMessages} messages (${duration(cadence.everyMs)})`;
}
