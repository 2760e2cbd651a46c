import { isFault } from '@beamline/core';
import type { DeploymentPlan } from '@beamline/deployer';
import type { Operator } from '@beamline/kernel/operator';
import { checkMigration, processImage } from '@beamline/persistence';

/**
 * The plan with what its migrations would do to the data that is there now. Each world that is migrated is read whole;
 * nobody is stopped. What players do afterwards is checked again when their world is moved.
 */
export async function withDataVerdicts(plan: DeploymentPlan, operator: () => Promise<Pick<Operator, 'snapshot'>>, signal?: AbortSignal): Promise<DeploymentPlan> {
  const instances = [...plan.instances];
  for (const { instance, blue, migrations, layout } of plan.changes) {
    if (blue === undefined || migrations.length === 0) continue;
    const image = await processImage({ operator: await operator(), process: blue }, signal).catch((error: unknown) => {
      // Bricked: the runner refuses it with what to do about it.
      if (isFault(error, 'kernel/not-computed')) return undefined;
      throw error;
    });
    if (image === undefined) continue;
    const at = instances.findIndex((one) => one.instance === instance);
    instances[at] = { ...instances[at]!, data: checkMigration(image, migrations, layout) };
  }
  return { ...plan, instances };
}
