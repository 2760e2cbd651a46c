import { traceError, type TracedError } from '@beamline/bundler/verify';
import { Fault, type AoNetwork, type Assignment, type ProcessId } from '@beamline/core';
import type { DeploymentReport, InstanceId } from '@beamline/deployer';
import { mapOf } from '@beamline/kernel/operator';
import type { ReleaseShelf } from '../release-shelf.ts';

export interface ExplainContext {
  network: Pick<AoNetwork, 'schedule'>;
  releases: Pick<ReleaseShelf, 'read'>;
}

/** Where the last error that a process counted, up to `slot`, came from. `ran`: releases that may have been put in place since it was spawned. */
export async function explainProcess(
  { network, releases }: ExplainContext, { process, role, ran, slot }: { process: ProcessId; role: string; ran: readonly string[]; slot?: number }, signal?: AbortSignal,
): Promise<TracedError | undefined> {
  const genesis = await genesisOf(network, process, signal);
  const spawned = String(mapOf(genesis.req['body'])['beamline-release'] ?? '');
  const programs: { code: string; map: string }[] = [];
  for (const id of new Set([spawned, ...ran])) {
    // What is not here any more cannot be pointed into; what it was spawned with must be.
    const release = await (id === spawned ? releases.read(id) : releases.read(id).catch(() => undefined));
    const ref = release?.roles[role]?.bundles.lua;
    if (release && ref) programs.push({ code: release.files[ref.file] ?? '', map: release.files[ref.map] ?? '' });
  }
  return traceError({ programs, schedule: network.schedule(process, slot === undefined ? {} : { to: slot }, signal) }, signal);
}

async function genesisOf(network: ExplainContext['network'], process: ProcessId, signal?: AbortSignal): Promise<Assignment> {
  for await (const genesis of network.schedule(process, { from: 0, to: 0 }, signal)) return genesis;
  throw new Fault('persistence/no-schedule', `process ${process} has no schedule on this network`);
}

/** `world-0 failed in slot 12 (Move): Move: kernel/arithmetic: division by zero, at src/move.ts:7` */
export function describeTraced(instance: InstanceId, { slot, action, error, stack: [place] }: TracedError): string {
  const at = place === undefined ? '' : `, at ${place.file}:${place.line}`;
  return `${instance} failed in slot ${slot}${action === '' ? '' : ` (${action})`}: ${error}${at}`;
}

/** What went wrong inside the new processes of a deployment that did not complete, one sentence each. */
export async function explainDeployment(context: ExplainContext, { outcome, to, instances }: DeploymentReport, signal?: AbortSignal): Promise<string[]> {
  if (outcome === 'complete') return [];
  const sentences: string[] = [];
  for (const [instance, { blue, green, fence = Infinity }] of Object.entries(instances)) {
    // What cannot be explained must not hide that the deployment failed.
    const traced = await explainProcess(context, { process: green, role: instance.replace(/-\d+$/, ''), ran: [to] }, signal).catch(() => undefined);
    // Where the process stayed and its code was replaced, errors of before are not the deployment's.
    if (traced && (blue !== green || traced.slot > fence)) sentences.push(describeTraced(instance, traced));
  }
  return sentences;
}
