import { fileURLToPath } from 'node:url';
import { buildRole } from '@beamline/bundler';
import type { AoMap } from '@beamline/core';
import { createVm, replay, type ReplayEntry, type Replayed, type Vm } from '@beamline/vm';
import { snapshotRequest, worldSchedule } from './world-schedule.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface ReplayedWorld {
  vm: Vm;
  replayed: Replayed;
  elapsedMs: number;
  applied: number;
  perSecond: number;
}

export const look = ({ slot, timestamp }: Pick<ReplayEntry, 'slot' | 'timestamp'>): AoMap => snapshotRequest(slot, timestamp);

/** Replays a schedule of arena's world, made as it is read, with two roots on the way. */
export async function replayWorld({ messages, metered = false }: { messages: number; metered?: boolean }): Promise<Omit<ReplayedWorld, 'vm'>> {
  const { vm, ...world } = await openReplayed({ messages, metered });
  await vm.close();
  return world;
}

/** The same, with the VM left open. */
export async function openReplayed({ messages, metered = false }: { messages: number; metered?: boolean }): Promise<ReplayedWorld> {
  const { code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: ROOT });
  const vm = await createVm({ code, metered, base: { process: worldSchedule(0).next().value!['body'] as AoMap } });
  const started = performance.now();
  const replayed = await replay(vm, entries(messages), { rootAt: [messages / 2, messages], look });
  const elapsedMs = performance.now() - started;
  if (replayed.failure !== undefined || replayed.applied !== messages + 1) throw new Error(`replay stopped after slot ${replayed.slot}`);
  return { vm, replayed, elapsedMs, applied: replayed.applied, perSecond: (replayed.applied / elapsedMs) * 1_000 };
}

function* entries(messages: number): Generator<ReplayEntry> {
  for (const req of worldSchedule(messages)) yield { slot: req['slot'] as number, timestamp: req['timestamp'] as number, req };
}
