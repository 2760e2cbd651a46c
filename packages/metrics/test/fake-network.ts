import { Fault, type AoMap } from '@beamline/core';
import type { InstanceReader, InstanceRef } from '../src/index.ts';

export interface FakeProcess {
  health?: AoMap;
  scheduled: number;
  computed: number;
  /** Answers only when aborted, or never. */
  silent?: boolean;
}

/** Processes by id, changed by the test between samples. Counts how many reads were open at once. */
export function fakeNetwork(processes: Record<string, FakeProcess>): InstanceReader & { mostAtOnce(): number } {
  let open = 0;
  let most = 0;
  async function answer<T>(id: string, pick: (process: FakeProcess) => T): Promise<T> {
    const process = processes[id];
    if (process === undefined) throw new Fault('ao/unknown-process', `no process ${id}`);
    most = Math.max(most, open += 1);
    try {
      if (process.silent) await new Promise<never>(() => undefined);
      await Promise.resolve();
      return pick(process);
    } finally {
      open -= 1;
    }
  }
  return {
    read: (id) => answer(id, ({ health }) => health),
    slots: (id) => answer(id, ({ scheduled, computed }) => ({ scheduled, computed })),
    mostAtOnce: () => most,
  };
}

export const ref = (id: string, process = `process-of-${id}`): InstanceRef => {
  const [role = '', shard = '0'] = id.split('-');
  return { id, role, shard: Number(shard), process, alias: `arena-${id}-local`, release: 'r1', layout: 'l1' };
};

export const health = (changes: AoMap = {}): AoMap => ({
  phase: 'active', slot: 5, entities: 10, applied: 5, duplicates: 0, refused: 0, errors: 0, held: 0, forwarded: 0, sent: 0, 'last-error': '', ...changes,
});
