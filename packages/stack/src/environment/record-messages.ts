import { printMessage } from '@beamline/bundler/verify';
import type { AoNetwork } from '@beamline/core';
import type { EnvironmentState } from '@beamline/deployer';
import { chooseInstances } from './choose-instances.ts';
import type { SnapshotSelection } from './environment.ts';
import { recordOf } from './restore-instance.ts';

export interface RecordSelection extends SnapshotSelection {
  /** Of each process, at most so many slots from the first on. @default all */
  slots?: number;
}

/** Reads the schedules of the processes that serve; one line a slot, process after process. */
export async function* recordMessages(
  { network, state, selection: { slots, ...which } }: { network: Pick<AoNetwork, 'schedule'>; state: EnvironmentState; selection: RecordSelection }, signal?: AbortSignal,
): AsyncIterable<string> {
  for (const instance of chooseInstances(state, which)) {
    const { role, process } = recordOf(state, instance);
    for await (const { req } of network.schedule(process, slots === undefined ? {} : { to: slots - 1 }, signal)) yield printMessage({ role, process, req });
  }
}
