import type { AoMap, ProcessId, Slot } from '@beamline/core';
import type { Computed } from '@beamline/vm';
import { refusal } from './answer-fault.ts';
import type { BrickRecord } from './journal.ts';
import type { Machine } from './machine.ts';
import { stateAfter, type PastSlots } from './past-slots.ts';
import { createRecentSlots, type ComputedSlot } from './recent.ts';
import type { Schedule } from './schedule.ts';
import type { LocalLimits } from './limits.ts';

export type Brick = Omit<BrickRecord, 'process'>;

export interface ComputationOptions {
  process: ProcessId;
  schedule: Schedule;
  /** The state before slot 0. */
  base: AoMap;
  /** Starts the process's VM where the last snapshot left it; tried again at each request when it fails. */
  start(): Promise<Machine>;
  /** Where slots are found whose results are no longer kept. */
  past?: PastSlots;
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

/** A snapshot is due when a restart would compute for longer than this, or ten times as long as the snapshot took. */
const REPLAY_BUDGET_MS = 40;
/** What a slot costs a replay besides the time in Lua. */
const SLOT_COST_MS = 0.05;
const IMAGE_BYTES_PER_MS = 100_000;

/** A node lets a message name the Lua function and its arguments; whatever they are, the process is lost. */
function callsAnother({ body }: AoMap): boolean {
  if (typeof body !== 'object' || Array.isArray(body)) return false;
  return body['parameters'] !== undefined || (body['function'] !== undefined && body['function'] !== 'compute');
}

export function createComputation({ process, schedule, base, start, past, limits, onBrick }: ComputationOptions): Computation {
  const recent = createRecentSlots(limits.recentSlots, limits.recentBytes);
  let machine: Promise<Machine> | undefined;
  let replayMs = 0;
  let imageBytes = 0;
  let saving: Promise<void> | undefined;
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
    state = stateAfter(state, slot, result);
    replayMs += result.ms + SLOT_COST_MS;
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
    machine = undefined;
    computed = -1;
    wanted = -1;
    state = base;
  };

  /** Begins where a snapshot left off. Whoever waits for a slot before it finds that slot aside. */
  const open = async (): Promise<Machine> => {
    if (machine !== undefined) return machine;
    machine = start();
    const opened = await machine;
    if (opened.at) {
      ({ slot: computed, state } = opened.at);
      recent.add(opened.at);
    }
    for (const [slot, waiting] of waiters) {
      if (slot > computed) continue;
      waiters.delete(slot);
      for (const { resolve, reject } of waiting) settled(slot).then(resolve, reject);
    }
    return opened;
  };

  /** The image is of this moment, for calls of a VM queue; the rest takes its time aside. */
  const save = (from: Machine): Promise<void> | undefined => {
    const after = recent.latest();
    if (saving || !from.save || after?.slot !== computed) return saving;
    replayMs = 0;
    saving = from.save(after).then((bytes) => void (imageBytes = bytes), () => undefined).finally(() => (saving = undefined));
    return saving;
  };

  const runBatch = async (): Promise<void> => {
    if (brick && brick.slot === computed + 1) return fail(brick);
    try {
      const opened = await open();
      const first = computed + 1;
      const last = Math.min(wanted, first + limits.batchSlots - 1, brick ? brick.slot - 1 : Infinity);
      if (last < first) return;
      const slots = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      const requests = await Promise.all(slots.map((slot) => schedule.assignment(slot)));
      const hijacked = requests.findIndex(callsAnother);
      const sound = hijacked < 0 ? requests : requests.slice(0, hijacked);
      for (const result of sound.length === 0 ? [] : await opened.vm.computeAll(sound)) {
        if (result.ok) accept(result);
        else {
          const failure = { slot: computed + 1, status: result.status, reason: result.message };
          onBrick(failure);
          fail(failure);
        }
      }
      if (hijacked >= 0 && brick === undefined) {
        const failure = { slot: computed + 1, status: 400, reason: 'its tag "function" or "parameters" calls something else than compute(base, req)' };
        onBrick(failure);
        fail(failure);
      }
      if (replayMs > Math.max(REPLAY_BUDGET_MS, (10 * imageBytes) / IMAGE_BYTES_PER_MS)) void save(opened);
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

  const settled = (slot: Slot): Promise<ComputedSlot> => {
    const kept = recent.get(slot);
    if (kept) return Promise.resolve(kept);
    return past ? past.at(slot) : Promise.reject(forgotten(slot));
  };

  const computeTo = (slot: Slot): Promise<ComputedSlot> => {
    if (slot <= computed) return settled(slot);
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
      const opened = await machine?.catch(() => undefined);
      await saving;
      if (opened && replayMs > 0 && !running) await save(opened);
      await Promise.all([past?.close(), opened?.vm.close()]);
    },
  };
}
