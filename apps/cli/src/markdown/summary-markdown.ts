import type { Fault } from '@beamline/core';
import { assertUnderstood, reportMarkdown, type BuiltRelease, type DeploymentPlan } from '@beamline/stack';
import { bytes, shortRelease } from '../format.ts';
import { inline, markdownTable } from './markdown.ts';
import { planMarkdown } from './plan-markdown.ts';

/** What is known for a summary; what could not be found out has its Fault instead. */
export interface Summary {
  game: string;
  version: string;
  environment: string;
  built?: BuiltRelease;
  buildFault?: Fault;
  plan?: DeploymentPlan;
  planFault?: Fault;
}

interface Verdict {
  what: string;
  says: string;
  /** Absent: nobody asked. */
  passes?: boolean;
}

/** The page, and what speaks against the deployment, one sentence each. */
export function summaryMarkdown(summary: Summary): { text: string; problems: readonly string[] } {
  const { game, version, environment, built, plan } = summary;
  const verdicts = [...buildVerdicts(summary), ...planVerdicts(summary)];
  const problems = verdicts.filter(({ passes }) => passes === false).map(({ what, says }) => `${what}: ${says}`);
  const text = [
    `## ${inline(game)} ${inline(version)} → ${inline(environment)}`, '',
    problems.length === 0 ? '**Nothing speaks against it.**' : `**${problems.length === 1 ? 'One thing speaks' : `${problems.length} things speak`} against it.**`, '',
    ...markdownTable(['', 'what', 'found'], verdicts.map(({ what, says, passes }) => [passes === undefined ? '–' : passes ? '✔' : '✘', what, says])), '',
    ...[summary.buildFault, summary.planFault].flatMap((fault) => (fault === undefined ? [] : told(fault))),
    ...(plan === undefined ? [] : [planMarkdown(plan)]),
    ...(built?.sizes === undefined ? [] : [reportMarkdown(built.sizes, built.baseline)]),
  ].join('\n');
  return { text, problems };
}

function buildVerdicts({ built, buildFault }: Summary): Verdict[] {
  if (buildFault !== undefined) return [{ what: 'build', says: headOf(buildFault), passes: false }];
  if (built === undefined) return [];
  const { release: { id, roles, signature }, warnings, verified } = built;
  const sizes = Object.entries(roles).map(([role, { bundles: { lua } }]) => `${role} ${bytes(lua.bytes)}`);
  return [
    { what: 'build', says: `release ${shortRelease(id)}${signature === undefined ? '' : `, signed by ${signature.signer}`}${warnings.length === 0 ? '' : `, ${warnings.length} warnings`}`, passes: true },
    { what: 'sizes', says: sizes.join(', '), passes: true },
    { what: 'shrinking', says: verified === undefined ? 'not verified' : `the same without, over ${verified.reduce((sum, { slots }) => sum + slots, 0)} recorded slots`, ...(verified === undefined ? {} : { passes: true }) },
  ];
}

function planVerdicts({ built, plan, planFault }: Summary): Verdict[] {
  if (planFault !== undefined) return [{ what: 'plan', says: headOf(planFault), passes: false }];
  if (plan === undefined) return built === undefined ? [{ what: 'plan', says: 'there is no release to plan for' }] : [];
  const { instances, changes, reverse, rehearsal } = plan;
  const layouts = instances.flatMap(({ instance, layout }) => (layout.verdict === 'migrated' ? [`${instance} ${layout.needs}`] : []));
  const misfits = instances.filter(({ data }) => data?.fits === false).map(({ instance }) => instance);
  const clients = instances.flatMap(({ instance, breaksClients = [] }) => breaksClients.map((reason) => `${instance}: ${reason}`));
  const contracts = faultOf(() => assertUnderstood(plan));
  return [
    { what: 'plan', says: changes.length === 0 ? 'nothing changes' : `${changes.length} of ${instances.length} instances change`, passes: true },
    { what: 'layout', says: layouts.length === 0 ? 'the same everywhere' : layouts.join(', '), passes: true },
    { what: 'data', says: misfits.length === 0 ? 'it fits' : `of ${misfits.join(', ')} does not fit the migration`, passes: misfits.length === 0 },
    { what: 'way back', says: 'impossible' in reverse ? reverse.impossible : 'with what players did since' },
    { what: 'clients', says: clients.length === 0 ? 'understand it' : clients.join('; '), passes: clients.length === 0 },
    { what: 'roles', says: contracts === undefined ? 'understand each other' : contracts.message.replaceAll('\n', ' '), passes: contracts === undefined },
    { what: 'rehearsal', says: rehearsal === undefined ? 'not asked for' : rehearsal.outcome, ...(rehearsal === undefined ? {} : { passes: rehearsal.outcome === 'passed' }) },
  ];
}

const headOf = ({ code, message }: Fault): string => `${code}: ${message.split('\n')[0]}`;

const told = ({ code, message, hint }: Fault): string[] => ['```text', `${code}: ${message}`.replaceAll('```', "'''"), ...(hint === undefined ? [] : [hint.replaceAll('```', "'''")]), '```', ''];

function faultOf(check: () => void): Fault | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error as Fault;
  }
}
