import type { Clock } from '@beamline/core';
import { refusal } from '../answer-fault.ts';

/** Tasks that ask the node for a path, once or again and again. In memory: a restart forgets them, as a node does. */
export interface Cron {
  /** Starts a task under an id; one that runs already under it is left alone. */
  start(id: string, path: string, everyMs?: number): void;
  /** False when there is no such task, or it has done its work. */
  stop(id: string): boolean;
  tasks(): number;
  /** Ends all tasks and waits until none is at work. */
  close(): Promise<void>;
}

export interface CronOptions {
  clock: Clock;
  /** Asks the node for a path, as an unsigned request; never rejects. */
  run(path: string): Promise<void>;
}

const MAX_TASKS = 1_000;

/** The first run is at once; the pause comes after the work, so a slow path makes the period longer. */
export function createCron({ clock, run }: CronOptions): Cron {
  const running = new Map<string, { end: AbortController; done: Promise<void> }>();

  const work = async (path: string, everyMs: number | undefined, { signal }: AbortController): Promise<void> => {
    do {
      await run(path);
      if (everyMs !== undefined) await clock.sleep(everyMs, signal).catch(() => undefined);
    } while (everyMs !== undefined && !signal.aborted);
  };

  return {
    start(id, path, everyMs) {
      if (running.has(id)) return;
      if (running.size >= MAX_TASKS) throw refusal(429, 'ao/too-many-tasks', `a node of this network has at most ${MAX_TASKS} tasks`);
      const end = new AbortController();
      const task = { end, done: Promise.resolve() };
      running.set(id, task);
      // Begins after the answer with the task's id is on its way.
      task.done = Promise.resolve().then(() => work(path, everyMs, end)).finally(() => {
        if (running.get(id) === task) running.delete(id);
      });
    },
    stop(id) {
      const task = running.get(id);
      task?.end.abort(new Error('stopped'));
      return running.delete(id);
    },
    tasks: () => running.size,
    async close() {
      const all = [...running.values()];
      for (const { end } of all) end.abort(new Error('the node ends'));
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
