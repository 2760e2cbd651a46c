import { describeBroken, rehearsalText, type DeploymentPlan } from '@beamline/stack';
import { duration, shortRelease, table } from '../format.ts';

type Instance = DeploymentPlan['instances'][number];

/** A plan for people: what happens to each instance, what its migration does to the data, in which order. */
export function planText({ from, to, toVersion, strategy, instances, steps, expectedPauseMs, brokenMessages = [], rehearsal }: DeploymentPlan): string {
  const rows = instances.map(({ instance, action, layout, because }) => [instance, action, layout.verdict === 'migrated' ? layout.needs : layout.verdict, because]);
  return [
    `${from === undefined ? 'nothing' : shortRelease(from)} → ${shortRelease(to)} (${toVersion}), ${strategy}, writes pause for about ${duration(expectedPauseMs)}`,
    table(['instance', 'action', 'layout', 'because'], rows),
    ...instances.flatMap(planDetails),
    ...brokenMessages.map((broken) => `  not understood: ${describeBroken(broken)}`),
    ...steps.map((step, at) => `${at + 1}. ${step}`),
    ...(rehearsal === undefined ? [] : [rehearsalText(rehearsal)]),
  ].join('\n');
}

/** What to know about an instance: its migration, whom it breaks, what its data says. */
export function planDetails({ instance, layout, breaksClients = [], data }: Instance): string[] {
  const lines: string[] = [];
  if (layout.verdict === 'migrated') {
    lines.push(...layout.steps.map((step) => `migration ${step}`), ...(layout.reversible ? [] : ['there is no way back']));
  }
  lines.push(...breaksClients.map((reason) => `breaks clients: ${reason}`));
  if (data !== undefined) {
    lines.push(`${data.rows.before} rows as of slot ${data.slot} ${data.fits ? 'fit' : 'DO NOT FIT: the deployment would be refused'}`);
    lines.push(...data.findings.map(({ kind, component, field, why, count, first }) =>
      `${kind}: ${count} × ${field === undefined ? component : `${component}.${field}`}, ${why} (${first.slice(0, 5).map(({ entity, value }) => (value === undefined ? `${entity}` : `${entity}: ${value}`)).join(', ')}${count > 5 ? ', …' : ''})`));
    lines.push(...data.samples.map(({ entity, before, after }) => `entity ${entity}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`));
  }
  return lines.map((line) => `  ${instance}: ${line}`);
}
