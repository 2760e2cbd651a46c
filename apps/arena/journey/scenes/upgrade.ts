import type { DeploymentReport, InstanceReport } from '@beamline/deployer';
import type { Scenery } from '../journey.ts';
import type { JourneyReport } from '../report.ts';
import { build, deploy } from './build-and-deploy.ts';

const AFTER_MS = 3_000;

/** To v2 under load: a component added, one split, a rule changed. */
export async function upgrade(scenery: Scenery): Promise<Pick<JourneyReport, 'upgrade' | 'bundles'>> {
  const { account, clock, play, signal } = scenery;
  account.chapter('Upgrade to v2, while they play');
  const { release, bundles } = await build(scenery, 'v2');
  const [began, before] = [clock.now(), play.settled()];
  const report = await deploy(scenery, 'v2', release);
  const messagesPerSecond = Math.round(((play.settled() - before) * 10_000) / (clock.now() - began)) / 10;
  for (const [instance, { writePauseMs, heldMessages }] of Object.entries(report.instances)) {
    account.tell(`${instance.padEnd(9)} writes paused ${writePauseMs} ms, ${heldMessages} messages held`);
  }
  await clock.sleep(AFTER_MS, signal);
  const audit = await play.audit();
  play.crowd.start();
  account.tell(`${messagesPerSecond} messages/s during the upgrade; ${audit.lost} lost, ${audit.duplicated} applied twice`);
  const instances = Object.values(report.instances);
  return {
    bundles,
    upgrade: {
      strategy: report.strategy,
      ms: report.endedAt - report.startedAt,
      writePauseMs: Math.max(0, ...instances.map(({ writePauseMs }) => writePauseMs)),
      heldMessages: instances.reduce((total, { heldMessages }) => total + heldMessages, 0),
      lost: audit.lost,
      duplicated: audit.duplicated,
      rootsMatch: rootsMatch(report.instances),
      messagesPerSecond,
    },
  };
}

/** At least one instance was compared, and none differed. */
export function rootsMatch(instances: DeploymentReport['instances']): boolean {
  const compared = Object.values(instances).filter((report: InstanceReport) => report.expectedRoot !== undefined);
  return compared.length > 0 && compared.every(({ expectedRoot, greenRoot }) => expectedRoot === greenRoot);
}
