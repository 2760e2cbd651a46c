import type { DeploymentReport, Outcome } from '@beamline/deployer';
import type { BuiltRelease } from '@beamline/stack';
import type { JourneyOptions } from '../journey.ts';
import type { JourneyReport } from '../report.ts';
import type { Stage, Version } from '../stage.ts';

type Setting = JourneyOptions & { stage: Stage };

export interface Built extends BuiltRelease {
  bundles: JourneyReport['bundles'];
}

export async function build({ account, clock, stage }: Setting, version: Version): Promise<Built> {
  const began = clock.now();
  const bundles: JourneyReport['bundles'] = [];
  const built = await stage.stack(version).bundle({
    onBundle: ({ role, target, bytes, gzipBytes }) => {
      bundles.push({ role, target, bytes, gzipBytes });
      account.live(`built ${role} for ${target}`);
    },
  });
  const sizes = bundles.filter(({ target }) => target === 'lua').map(({ role, bytes }) => `${role} ${(bytes / 1000).toFixed(1)} kB`);
  account.tell(`built ${version} in ${clock.now() - began} ms: ${sizes.join(', ')} of Lua`);
  return { ...built, bundles };
}

/** Deploys what was built. @throws when it ended in another way than expected */
export async function deploy({ account, stage, signal }: Setting, version: Version, release: BuiltRelease['release'], expected: Outcome = 'complete'): Promise<DeploymentReport> {
  const environment = stage.environment(version);
  const plan = await environment.plan(release.id);
  for (const { instance, action, layout, because } of plan.instances) {
    account.tell(`plan  ${action.padEnd(9)} ${instance.padEnd(9)} ${layout.verdict === 'migrated' ? `layout: ${layout.steps.join('; ')}` : because}`);
  }
  const unsubscribe = environment.events.subscribe((event) => {
    if (event.kind === 'step' && event.state !== 'started') account.live(`${event.step} ${event.instance ?? ''} ${event.state}`);
  });
  try {
    const report = await environment.deploy(plan, signal);
    account.tell(`${report.outcome} in ${report.endedAt - report.startedAt} ms${report.reason === undefined ? '' : `: ${report.reason}`}`);
    if (report.outcome !== expected) throw new Error(`deployment of ${version} ended ${report.outcome}, not ${expected}: ${report.reason ?? 'no reason given'}`);
    return report;
  } finally {
    unsubscribe();
  }
}
