import { describeError } from '@beamline/core';
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
  /** Starts the process's VM, with its module loaded and its base set. */
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
  slot: Slot;
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
  let waiters: Waiter[] = [];

  const stuck = ({ slot, reason }: Brick, status: number) =>
    refusal(status, 'ao/process-failed', `slot ${slot} of ${process} cannot be computed: ${reason}`, { 'attempted-slot': slot, process });

  const accept = (slot: Slot, result: Computed & { ok: true }) => {
    state = { ...state, ...result.changed, 'at-slot': slot };
    for (const key of result.removed) delete state[key];
    delete state['results'];
    computed = slot;
    schedule.release(slot);
    recent.add({ slot, results: result.results, state });
  };

  /** The request that ran into the failure sees its status; those behind it see a process that is stuck. */
  const fail = (failure: Brick) => {
    brick = failure;
    const failed = waiters;
    waiters = [];
    for (const { slot, reject } of failed) reject(stuck(failure, slot === failure.slot ? failure.status : 500));
  };

  const runBatch = async (): Promise<void> => {
    const first = computed + 1;
    const last = Math.min(wanted, first + limits.batchSlots - 1, brick ? brick.slot - 1 : Infinity);
    if (brick && last < first) return fail(brick);
    let results: Computed[];
    try {
      vm ??= start();
      const machine = await vm;
      const requests = [];
      for (let slot = first; slot <= last; slot++) requests.push(await schedule.assignment(slot));
      results = await machine.computeAll(requests);
    } catch (error) {
      const failure = { slot: first, status: 500, reason: describeError(error) };
      onBrick(failure);
      return fail(failure);
    }
    for (const result of results) {
      if (result.ok) accept(computed + 1, result);
      else {
        const failure = { slot: computed + 1, status: result.status, reason: result.message };
        onBrick(failure);
        fail(failure);
      }
    }
    waiters = waiters.filter((waiter) => {
      if (waiter.slot > computed) return true;
      const kept = recent.get(waiter.slot);
      if (kept) waiter.resolve(kept);
      else waiter.reject(forgotten(waiter.slot));
      return false;
    });
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiters.length > 0) await runBatch();
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
      waiters.push({ slot, resolve, reject });
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
