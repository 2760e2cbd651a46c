import type { AoMap, ProcessId, Slot } from '@beamline/core';
import type { Computed, Vm } from '@beamline/vm';
import { refusal } from './answer-fault.ts';
import type { BrickRecord } from './journal.ts';
import { createRecentSlots, type ComputedSlot } from './recent.ts';
import type { Schedule } from './schedule.ts';
import type { LocalLimits } from './limits.ts';

export type Brick = Omit<BrickRecord, 'process'>;

export interface ComputationOptions {
  process: ProcessId;
  schedule: Schedule;
  /** The state before slot 0. */
  base: AoMap;
  /** Starts the process's VM, with its module loaded and its base set; tried again at each request when it fails. */
  start(): Promise<Vm>;
  limits: Required<LocalLimits>;
  /** The process failed at a slot and will never get past it. */
  onBrick(brick: Brick): void;
}

/** Runs one process's slots in order, each once, as far as somebody asks for. */
export interface Computation {
  /** @throws Fault with a status when the slot fails, lies in the future, or was computed too long ago to be kept. */
  computeTo(slot: Slot): Promise<ComputedSlot>;
  /** The last computed state; computes only when nothing was computed since the node started. */
  latest(): Promise<ComputedSlot>;
  /** -1 before the first slot. */
  computed(): Slot;
  brick(): Brick | undefined;
  /** Makes a slot impossible to compute, as an uncaught error would. */
  breakAt(brick: Brick): void;
  close(): Promise<void>;
}

interface Waiter {
  resolve(computed: ComputedSlot): void;
  reject(error: unknown): void;
}

export function createComputation({ process, schedule, base, start, limits, onBrick }: ComputationOptions): Computation {
  const recent = createRecentSlots(limits.recentSlots, limits.recentBytes);
  let vm: Promise<Vm> | undefined;
  let computed = -1;
  let wanted = -1;
  let running = false;
  let brick: Brick | undefined;
  let state = base;
  const waiters = new Map<Slot, Waiter[]>();

  const stuck = ({ slot, reason }: Brick, status: number) =>
    refusal(status, 'ao/process-failed', `slot ${slot} of ${process} cannot be computed: ${reason}`, { 'attempted-slot': slot, process });

  const accept = (result: Computed & { ok: true }) => {
    const slot = computed + 1;
    state = { ...state, ...result.changed, 'at-slot': slot };
    for (const key of [...result.removed, 'results']) delete state[key];
    computed = slot;
    schedule.release(slot);
    const done = { slot, results: result.results, state };
    recent.add(done);
    for (const { resolve } of waiters.get(slot) ?? []) resolve(done);
    waiters.delete(slot);
  };

  /** The request that ran into the failure sees its status; those behind it see a process that is stuck. */
  const fail = (failure: Brick) => {
    brick = failure;
    for (const [slot, waiting] of waiters) {
      for (const { reject } of waiting) reject(stuck(failure, slot === failure.slot ? failure.status : 500));
    }
    waiters.clear();
  };

  /** Trouble outside the process: nothing is held against it. The next request starts over from slot 0. */
  const startOver = (error: unknown) => {
    for (const { reject } of [...waiters.values()].flat()) reject(error);
    waiters.clear();
    vm = undefined;
    computed = -1;
    wanted = -1;
    state = base;
  };

  const runBatch = async (): Promise<void> => {
    const first = computed + 1;
    const last = Math.min(wanted, first + limits.batchSlots - 1, brick ? brick.slot - 1 : Infinity);
    if (brick && last < first) return fail(brick);
    try {
      vm ??= start();
      const machine = await vm;
      const requests: AoMap[] = [];
      for (let slot = first; slot <= last; slot++) requests.push(await schedule.assignment(slot));
      for (const result of await machine.computeAll(requests)) {
        if (result.ok) accept(result);
        else {
          const failure = { slot: computed + 1, status: result.status, reason: result.message };
          onBrick(failure);
          fail(failure);
        }
      }
    } catch (error) {
      startOver(error);
    }
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiters.size > 0) await runBatch();
    running = false;
  };

  const forgotten = (slot: Slot) =>
    refusal(500, 'ao/slot-forgotten', `slot ${slot} of ${process} was computed, but its result is no longer kept`, { slot, process });

  const computeTo = (slot: Slot): Promise<ComputedSlot> => {
    if (slot <= computed) {
      const kept = recent.get(slot);
      return kept ? Promise.resolve(kept) : Promise.reject(forgotten(slot));
    }
    if (brick && computed === brick.slot - 1) return Promise.reject(stuck(brick, 500));
    if (slot > schedule.last()) {
      return Promise.reject(refusal(404, 'ao/unknown-slot', `${process} has no slot ${slot}`, { slot, process }));
    }
    wanted = Math.max(wanted, slot);
    return new Promise((resolve, reject) => {
      waiters.set(slot, [...(waiters.get(slot) ?? []), { resolve, reject }]);
      void run();
    });
  };

  return {
    computeTo,
    computed: () => computed,
    brick: () => brick,
    async latest() {
      const kept = recent.latest();
      if (kept) return kept;
      return computeTo(brick && brick.slot > 0 ? brick.slot - 1 : schedule.last()).catch((error: unknown) => {
        const reached = recent.latest();
        if (reached) return reached;
        throw error;
      });
    },
    breakAt: (failure) => {
      brick = failure;
    },
    async close() {
      await (await vm?.catch(() => undefined))?.close();
    },
  };
}
