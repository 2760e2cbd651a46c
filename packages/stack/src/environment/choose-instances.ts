import { Fault } from '@beamline/core';
import type { EnvironmentState, InstanceId } from '@beamline/deployer';
import type { SnapshotSelection } from './environment.ts';
import { recordOf } from './restore-instance.ts';

/** The instances meant. @throws Fault `stack/unknown-instance`, `stack/no-instances` when there is none */
export function chooseInstances(state: EnvironmentState, { role, instance }: SnapshotSelection): InstanceId[] {
  if (instance !== undefined) recordOf(state, instance);
  const chosen = Object.keys(state.instances).filter((id) => (instance === undefined || id === instance) && (role === undefined || state.instances[id]?.role === role));
  if (chosen.length > 0) return chosen;
  throw new Fault('stack/no-instances', role === undefined ? `nothing is deployed in ${state.environment}` : `${state.environment} has no instance of role ${role}`);
}
