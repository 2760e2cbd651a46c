import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal, JournalEntry } from '../journal.ts';

export interface Subject<T> {
  subject: T;
  /** Removes whatever it left behind. */
  dispose(): Promise<void>;
}

const closed = (at: number): JournalEntry => ({ kind: 'closed', at });

/** The contract every `Journal` must pass. */
export function describeJournal(kind: string, create: () => Promise<Subject<Journal>>): void {
  describe(`Journal contract: ${kind}`, () => {
    let made: Subject<Journal>;
    beforeEach(async () => { made = await create(); });
    afterEach(() => made.dispose());

    it('yields entries in the order they were appended', async () => {
      for (const at of [1, 2, 3]) await made.subject.append('first', closed(at));
      expect(await readAll(made.subject, 'first')).toEqual([closed(1), closed(2), closed(3)]);
    });

    it('keeps the order of calls that overlap', async () => {
      const times = Array.from({ length: 50 }, (_, at) => at);
      await Promise.all(times.map((at) => made.subject.append('first', closed(at))));
      expect(await readAll(made.subject, 'first')).toEqual(times.map(closed));
    });

    it('keeps deployments apart and lists them', async () => {
      await made.subject.append('second', closed(2));
      await made.subject.append('first', closed(1));
      expect(await made.subject.list()).toEqual(['first', 'second']);
      expect(await readAll(made.subject, 'second')).toEqual([closed(2)]);
    });

    it('yields nothing for a deployment it does not know', async () => {
      expect(await readAll(made.subject, 'nobody')).toEqual([]);
      expect(await made.subject.list()).toEqual([]);
    });

    it('keeps text of every kind', async () => {
      const entry: JournalEntry = { kind: 'voided', key: 'a\nb', id: 'é "quoted" \u2028', reason: '' };
      await made.subject.append('first', entry);
      expect(await readAll(made.subject, 'first')).toEqual([entry]);
    });
  });
}

async function readAll(journal: Journal, deployment: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(deployment)) entries.push(entry);
  return entries;
}
