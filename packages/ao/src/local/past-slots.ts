import type { AoMap, Slot } from '@beamline/core';
import { refusal } from './answer-fault.ts';
import type { LocalLimits } from './limits.ts';
import type { Machine } from './machine.ts';
import { createRecentSlots, type ComputedSlot } from './recent.ts';
import type { Schedule } from './schedule.ts';

/** Results of slots that were computed too long ago to be kept: a second VM computes them again, aside. */
export interface PastSlots {
  at(slot: Slot): Promise<ComputedSlot>;
  close(): Promise<void>;
}

export interface PastSlotsOptions {
  schedule: Schedule;
  base: AoMap;
  start(upTo: Slot): Promise<Machine>;
  limits: Required<LocalLimits>;
}

export function createPastSlots({ schedule, base, start, limits }: PastSlotsOptions): PastSlots {
  const recent = createRecentSlots(limits.recentSlots, limits.recentBytes);
  let machine: Machine | undefined;
  let position = -1;
  let state = base;
  let last: Promise<unknown> = Promise.resolve();

  const open = async (slot: Slot): Promise<void> => {
    await machine?.vm.close();
    machine = undefined;
    machine = await start(slot);
    position = machine.at?.slot ?? -1;
    state = machine.at?.state ?? base;
    if (machine.at) recent.add(machine.at);
  };

  const compute = async (slot: Slot): Promise<ComputedSlot> => {
    const kept = recent.get(slot);
    if (kept) return kept;
    if (machine === undefined || slot <= position || slot > position + limits.recentSlots) await open(slot);
    while (position < slot) {
      const end = Math.min(slot, position + limits.batchSlots);
      const slots = Array.from({ length: end - position }, (_, i) => position + 1 + i);
      const requests = await Promise.all(slots.map((each) => schedule.assignment(each)));
      for (const result of await (machine as Machine).vm.computeAll(requests)) {
        if (!result.ok) throw refusal(500, 'ao/slot-forgotten', `slot ${position + 1} did not compute a second time: ${result.message}`, { slot });
        state = stateAfter(state, ++position, result);
        recent.add({ slot: position, results: result.results, state });
      }
    }
    return recent.get(slot) as ComputedSlot;
  };

  return {
    at(slot) {
      const found = last.then(() => compute(slot));
      last = found.catch(() => undefined);
      return found;
    },
    async close() {
      await last;
      await machine?.vm.close();
    },
  };
}

/** The public state once a slot changed it. */
export function stateAfter(before: AoMap, slot: Slot, { changed, removed }: { changed: AoMap; removed: readonly string[] }): AoMap {
  const state: AoMap = { ...before, ...changed, 'at-slot': slot };
  for (const key of [...removed, 'results']) delete state[key];
  return state;
}
