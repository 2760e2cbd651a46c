import { Fault } from '@beamline/core';
import type { DeploymentDetail, DeploymentEntry, DeploymentStanding } from '@beamline/stack';
import type { CommandResult, CommandRun, ExitCode } from '../command.ts';
import { duration, shortRelease, table } from '../format.ts';
import { following, reported } from './carry-out.ts';

const EXIT: Readonly<Record<DeploymentStanding, ExitCode>> = { complete: 0, running: 0, aborted: 3, 'rolled-back': 3, interrupted: 4, stuck: 4 };

/** `beamline deployments list <environment>`: what was deployed, newest first. */
export async function listDeployments(name: string, { stack, context }: CommandRun): Promise<CommandResult> {
  const deployments = await stack.environment(name).deployments.list();
  const rows = deployments.map((each) => [
    each.id, each.state, `${each.from === undefined ? 'nothing' : shortRelease(each.from)} → ${shortRelease(each.to)}`, each.strategy, moment(each.startedAt), took(each, context.clock.now()),
    `${each.writePauseMs} ms`, each.heldMessages, firstLine(each.reason),
  ]);
  const text = rows.length === 0 ? `nothing was ever deployed to ${name}` : table(['deployment', 'state', 'release', 'strategy', 'began', 'took', 'write pause', 'held', 'why'], rows);
  return { result: { environment: name, deployments }, text };
}

/** `beamline deployments show <environment> [id]`: one of them; of one that has not ended, what a person must decide. Ends with its exit code. */
export async function showDeployment(name: string, id: string | undefined, { stack, context }: CommandRun): Promise<CommandResult> {
  const detail = await stack.environment(name).deployments.show(id);
  return { result: detail, text: detailText(name, detail, context.clock.now()), exit: EXIT[detail.state] };
}

/** `beamline deployments resume <environment> [id]`: finishes what was interrupted, or tries again what is stuck. */
export async function resumeDeployment(name: string, id: string | undefined, use: CommandRun): Promise<CommandResult> {
  const environment = use.stack.environment(name);
  return reported(environment, await following(environment, use, () => environment.deployments.resume(id, use.context.signal)));
}

export interface AskFlags {
  reason?: string;
  by?: string;
}

type Ask = 'abort' | 'accept' | 'pause' | 'continue' | 'promote';
const SAID: Readonly<Record<Ask, string>> = {
  abort: 'is to be taken back', accept: 'stays as it is', pause: 'begins nothing more that can wait', continue: 'goes on', promote: 'may begin its next batch',
};

/** `beamline deployments abort|accept|pause|continue|promote`: leaves word for whoever carries it out. What nobody would hear is carried out here, if it decides something. */
export async function askDeployment(ask: Ask, name: string, id: string | undefined, { reason, by = 'the command line' }: AskFlags, use: CommandRun): Promise<CommandResult> {
  const environment = use.stack.environment(name);
  const { id: found, decision, state } = await environment.deployments.show(id);
  if (decision === undefined) throw new Fault('stack/nothing-to-ask', `deployment ${found} of ${name} has ended: ${state}`, { hint: `beamline deployments list ${name} shows what is under way.` });
  await environment.ask(ask, { by, ...(reason === undefined ? {} : { reason }) });
  if ((ask === 'abort' || ask === 'accept') && state !== 'running') return resumeDeployment(name, found, use);
  return { result: { environment: name, deployment: found, asked: ask, state }, text: `${found} ${SAID[ask]}${state === 'running' ? '' : ' once somebody resumes it'}` };
}

function detailText(name: string, detail: DeploymentDetail, now: number): string {
  const { id, state, from, to, strategy, startedAt, reason, steps, items, requests, instances, reverse = {}, decision, journal } = detail;
  const passages = [...Object.entries(instances).map(([instance, passage]) => [instance, passage, ''] as const), ...Object.entries(reverse).map(([instance, passage]) => [instance, passage, ' (way back)'] as const)];
  return [
    `${name} ${id}: ${state}, ${from === undefined ? 'nothing' : shortRelease(from)} → ${shortRelease(to)}, ${strategy}, began ${moment(startedAt)}, took ${took(detail, now)}`,
    ...(reason === undefined || decision !== undefined ? [] : [reason]),
    ...(decision?.facts ?? []),
    ...Object.entries(decision?.serving ?? {}).map(([instance, release]) => `  ${instance}: the ${release} release serves`),
    ...(passages.length === 0 ? [] : [table(['instance', 'process', 'write pause', 'delivered after', 'held', 'redelivered'], passages.map(([instance, { green, writePauseMs, deliveredAfterMs, heldMessages, redelivered }, way]) =>
      [`${instance}${way}`, green, `${writePauseMs} ms`, `${deliveredAfterMs} ms`, heldMessages, redelivered]))]),
    ...requests.map(({ ask, by, at, reason: why }) => `${moment(at)} ${by} asked to ${ask}${why === undefined ? '' : `: ${why}`}`),
    ...(journal === undefined ? [`${items.signed} messages signed, ${items.refused} refused by the network`] : [`its journal cannot be read: ${journal}`]),
    ...steps.map(({ at, phase, because }, n) => `${String(at - startedAt).padStart(8)} ms  ${phase}${n === 0 ? '' : `  (${firstLine(because)})`}`),
    ...(decision === undefined ? [] : [decision.needed ? 'What you can do:' : 'Nobody needs to do anything. You can:', ...decision.choices.map(({ command, effect }) => `  ${command}\n      ${effect}`)]),
  ].join('\n');
}

const moment = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const took = ({ startedAt, endedAt }: DeploymentEntry, now: number): string => (endedAt === undefined ? `${duration(now - startedAt)} so far` : duration(endedAt - startedAt));
const firstLine = (text = ''): string => text.split('\n')[0] ?? '';
