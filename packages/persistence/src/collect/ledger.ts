import type { Bucket } from '../bucket/bucket.ts';

/** Object that remembers since when things are seen unneeded. Of two collectors the last one's word stays: it is only about patience. */
const LEDGER = 'collection/ledger.json';

/** Name of an object → the collector's time at which it was first seen so. */
export interface Ledger {
  version: 1;
  since: Record<string, number>;
}

/** A damaged or unknown one is as good as none: everything waits its time again. */
export async function readLedger(bucket: Bucket): Promise<Ledger> {
  try {
    const found = await bucket.get(LEDGER);
    const ledger = found === undefined ? undefined : JSON.parse(new TextDecoder().decode(found)) as Ledger;
    if (ledger?.version === 1 && Object.values(ledger.since).every(Number.isFinite)) return ledger;
  } catch (error) {
    if ((error as { retryable?: boolean }).retryable === true) throw error;
  }
  return { version: 1, since: {} };
}

export async function writeLedger(bucket: Bucket, ledger: Ledger): Promise<void> {
  await bucket.put(LEDGER, new TextEncoder().encode(JSON.stringify(ledger)));
}

/**
 * Notes what is seen now and forgets what is not seen any more; tells for how long each has been seen. A clock that
 * jumped back starts the time anew.
 */
export function observe({ since }: Ledger, seen: Iterable<string>, now: number): { ledger: Ledger; agesMs: ReadonlyMap<string, number> } {
  const next: Record<string, number> = {};
  const agesMs = new Map<string, number>();
  for (const name of [...seen].sort()) {
    const first = Math.min(since[name] ?? now, now);
    next[name] = first;
    agesMs.set(name, now - first);
  }
  return { ledger: { version: 1, since: next }, agesMs };
}
