import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DrillLedger } from '../drill/drill-ledger.ts';
import type { DrillReport } from '../drill/drill-report.ts';

export interface LedgerUnderTest {
  ledger: DrillLedger;
  dispose(): Promise<void>;
}

/** A report like those of real drills. */
export function sampleDrill({ process = 'p'.repeat(43), slot = 7, at = 1_000, outcome = 'good' }: { process?: string; slot?: number; at?: number; outcome?: 'good' | 'bad' } = {}): DrillReport {
  const facts = { version: 1 as const, ref: `${process}@${slot}:${'ab'.repeat(32)}`, process, slot, upTo: slot + 3, at, replayed: 2, loadMs: 40, replayMs: 10, recoveryMs: 55 };
  return outcome === 'good' ? { ...facts, outcome, root: 'cd'.repeat(32) } : { ...facts, outcome, code: 'persistence/drill-differs', message: 'another world' };
}

/** The contract every `DrillLedger` must pass. */
export function describeDrillLedger(kind: string, create: () => Promise<LedgerUnderTest>): void {
  describe(`DrillLedger contract: ${kind}`, () => {
    let subject: LedgerUnderTest;
    beforeEach(async () => { subject = await create(); });
    afterEach(() => subject.dispose());

    it('is empty at first', async () => {
      expect(await subject.ledger.list()).toEqual([]);
    });

    it('lists reports as they were recorded, in order of time', async () => {
      const [late, early] = [sampleDrill({ slot: 9, at: 2_000 }), sampleDrill({ slot: 12, at: 900, outcome: 'bad' })];
      await subject.ledger.record(late);
      await subject.ledger.record(early);
      expect(await subject.ledger.list()).toEqual([early, late]);
    });

    it('keeps several reports of one snapshot, and the same one once', async () => {
      for (const at of [1_000, 2_000, 2_000]) await subject.ledger.record(sampleDrill({ at }));
      expect(await subject.ledger.list()).toHaveLength(2);
    });

    it('lists those of one process', async () => {
      const [mine, other] = [sampleDrill(), sampleDrill({ process: 'q'.repeat(43) })];
      await subject.ledger.record(mine);
      await subject.ledger.record(other);
      expect(await subject.ledger.list(mine.process)).toEqual([mine]);
    });
  });
}
