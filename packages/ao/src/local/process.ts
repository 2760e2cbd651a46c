import type { AoMap, ProcessId } from '@beamline/core';
import { initialBase } from './base.ts';
import { createComputation, type Brick, type Computation } from './computation.ts';
import { createMachines, type MachineOptions } from './machine.ts';
import { createPastSlots } from './past-slots.ts';
import type { Schedule } from './schedule.ts';

export interface LocalProcess {
  readonly id: ProcessId;
  /** The process message. */
  readonly body: AoMap;
  readonly schedule: Schedule;
  readonly computation: Computation;
  /** Runs a task after those queued before it: what a process sends arrives in the order it sent it. */
  inOrder<T>(task: () => Promise<T>): Promise<T>;
}

export interface ProcessOptions extends Omit<MachineOptions, 'base'> {
  onBrick(brick: Brick): void;
}

/** One AO process: its schedule, and a VM that starts with the first slot somebody wants computed. */
export function createProcess({ onBrick, ...options }: ProcessOptions): LocalProcess {
  const { id, body, schedule, limits } = options;
  const base = initialBase(body);
  const start = createMachines({ ...options, base });
  const past = createPastSlots({ schedule, base, start, limits });
  let tail: Promise<unknown> = Promise.resolve();
  return {
    id, body, schedule,
    computation: createComputation({ process: id, schedule, base, start: () => start(Infinity), past, limits, onBrick }),
    inOrder(task) {
      const result = tail.then(task);
      tail = result.catch(() => undefined);
      return result;
    },
  };
}
