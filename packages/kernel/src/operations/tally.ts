import type { Answer } from '../answer.ts';
import type { Envelope } from '../envelope.ts';
import { heldCount } from '../held.ts';
import { readInteger } from '../integer.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';

/** How messages fared that one operation applied. */
export interface Tally {
  ok: number;
  refused: number;
  duplicates: number;
  errors: number;
}

export function createTally(): Tally {
  return { ok: 0, refused: 0, duplicates: 0, errors: 0 };
}

/** Counts an answer, here and in the process's own counters: nobody else sees these answers. */
export function tallyOutcome(kernel: Kernel, tally: Tally, { outcome }: Answer): void {
  const { counters } = kernel;
  if (outcome === 'ok') tally.ok = tally.ok + 1;
  if (outcome === 'refused') {
    tally.refused = tally.refused + 1;
    counters.refused = counters.refused + 1;
  }
  if (outcome === 'duplicate') {
    tally.duplicates = tally.duplicates + 1;
    counters.duplicates = counters.duplicates + 1;
  }
  if (outcome === 'error') {
    tally.errors = tally.errors + 1;
    counters.errors = counters.errors + 1;
  }
}

export function tallyJson(kernel: Kernel, { ok, refused, duplicates, errors }: Tally): string {
  const counts = `"ok":${ok},"refused":${refused},"duplicates":${duplicates},"errors":${errors}`;
  return `{${counts},"held":${heldCount(kernel.held)},"phase":"${kernel.phase}"}`;
}

/** Tag `Limit`, at least 1. @throws 'kernel/bad-tag: …' */
export function limitOf(envelope: Envelope, byDefault: number): number {
  const text = tag(envelope, 'limit');
  const limit = text === '' ? byDefault : readInteger(text);
  if (limit === undefined || limit < 1) throw 'kernel/bad-tag: limit must be a whole number from 1';
  return limit;
}
