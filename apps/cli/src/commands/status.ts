import type { CommandResult, CommandRun } from '../command.ts';
import { shortRelease, table } from '../format.ts';

/** `beamline status <environment>`: what runs and how it is. Fails when something is down, so that scripts can ask. */
export async function status(name: string, { stack }: CommandRun): Promise<CommandResult> {
  const report = await stack.environment(name).status();
  const { game, environment, release, health, node, instances, deployments } = report;
  const rows = instances.map((instance) => [
    instance.id, instance.health, instance.phase, instance.entities, instance.applied, instance.lag, shortRelease(instance.release), instance.process, instance.lastError,
  ]);
  const unfinished = deployments.find(({ state }) => state === 'running');
  const text = [
    `${game} ${environment}: ${health}, ${release.id === '' ? 'no release' : `release ${shortRelease(release.id)} (${release.version})`}, node ${node.url}`,
    ...(rows.length === 0 ? [] : [table(['instance', 'health', 'phase', 'entities', 'applied', 'behind', 'release', 'process', 'last error'], rows)]),
    ...instances.filter(({ errors }) => errors > 0).map(({ id }) => `where the last error of ${id} came from: beamline explain ${environment} ${id}`),
    ...(unfinished === undefined ? [] : [`deployment ${unfinished.id} has not ended: beamline deployments show ${environment} says why, beamline deploy ${environment} --resume finishes it`]),
  ].join('\n');
  return { result: report, text, failed: health === 'down' };
}
