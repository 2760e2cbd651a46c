import type { ProcessId } from '@beamline/core';
import type { EnvironmentState, InstanceId } from '@beamline/deployer';

/** Processes that served an instance, newest first, as far as deployments remember. */
export function servedBefore({ instances, history }: EnvironmentState, instance: InstanceId): ProcessId[] {
  const found: ProcessId[] = [];
  const add = (process: ProcessId | undefined): void => {
    if (process !== undefined && !found.includes(process)) found.push(process);
  };
  add(instances[instance]?.process);
  for (const { instances: forward, reverse } of [...history].reverse()) {
    for (const passage of [reverse?.[instance], forward[instance]]) {
      add(passage?.green);
      add(passage?.blue);
    }
  }
  return found;
}
