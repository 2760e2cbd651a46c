import type { AoMap, AoValue, ProcessId } from '@beamline/core';
import { createVm } from '@beamline/vm';
import { refusal } from './answer-fault.ts';
import { initialBase } from './base.ts';
import { createComputation, type Brick, type Computation } from './computation.ts';
import type { LocalLimits } from './limits.ts';
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

export interface ProcessOptions {
  id: ProcessId;
  body: AoMap;
  schedule: Schedule;
  /** The `data` of a message on this node; `undefined` when there is no such message. */
  source(id: string): Promise<AoValue | undefined>;
  limits: Required<LocalLimits>;
  onBrick(brick: Brick): void;
}

/** One AO process: its schedule, and a VM that starts with the first slot somebody wants computed. */
export function createProcess({ id, body, schedule, source, limits, onBrick }: ProcessOptions): LocalProcess {
  const base = initialBase(body);
  let tail: Promise<unknown> = Promise.resolve();

  const start = async () => {
    const sources: string[] = [];
    for (const module of modulesOf(body)) {
      const code = await source(module);
      if (typeof code !== 'string') throw refusal(500, 'ao/unknown-module', `${id} runs module ${module}, which is not on this node`);
      sources.push(code);
    }
    return createVm({
      code: inOneChunk(sources),
      chunkName: String(body['module']),
      base,
      timeLimitMs: limits.computeMs,
      memoryLimitBytes: limits.memoryBytes,
    });
  };

  return {
    id, body, schedule,
    computation: createComputation({ process: id, schedule, base, start, limits, onBrick }),
    inOrder(task) {
      const result = tail.then(task);
      tail = result.catch(() => undefined);
      return result;
    },
  };
}

/** A list of modules comes as `"<id>", "<id>"` with its type in the tag `ao-types`. */
function modulesOf(body: AoMap): string[] {
  const module = String(body['module'] ?? '');
  if (!/(^|[\s,])module="list"/.test(String(body['ao-types'] ?? ''))) return [module];
  return [...module.matchAll(/"([^"]+)"/g)].map(([, id = '']) => id);
}

/** Several modules share the globals, not the locals, of one VM. */
function inOneChunk(sources: string[]): string {
  return sources.length === 1 ? (sources[0] as string) : sources.map((source) => `(function(...)\n${source}\nend)()`).join(';\n');
}
