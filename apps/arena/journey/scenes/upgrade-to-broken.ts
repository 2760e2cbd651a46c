import type { Scenery } from '../journey.ts';
import type { JourneyReport } from '../report.ts';
import { build, deploy } from './build-and-deploy.ts';
import { rootsMatch } from './upgrade.ts';

const AFTER_MS = 2_000;

/** To v3, whose mistake only a smoke test notices: the deployment takes itself back, with what players did since. */
export async function upgradeToBroken(scenery: Scenery): Promise<JourneyReport['rollback']> {
  const { account, clock, play, signal } = scenery;
  account.chapter('Upgrade to a broken v3, while they play');
  const { release } = await build(scenery, 'v3');
  const report = await deploy(scenery, 'v3', release, 'rolled-back');
  await clock.sleep(AFTER_MS, signal);
  const audit = await play.audit();
  play.crowd.start();
  account.tell(`${audit.lost} lost, ${audit.duplicated} applied twice`);
  return {
    triggeredBy: report.reason ?? 'unknown',
    ms: report.endedAt - report.startedAt,
    lost: audit.lost + audit.duplicated,
    rootsMatch: rootsMatch(report.instances) && rootsMatch(report.reverse ?? {}),
  };
}
