/** Counts of this run, for `/~hyperbuddy@1.0/metrics`. */
export interface Counts {
  readonly startedAt: number;
  /** One answered request. */
  add(method: string, status: number, ms: number): void;
  requests(): Iterable<RequestCount>;
}

export interface RequestCount {
  method: string;
  /** In the words of a node's web server: `success`, `client-error`. */
  statusClass: string;
  count: number;
  sumMs: number;
  /** Requests that took at most `BUCKETS_MS[i]`; cumulative. */
  within: number[];
}

export const BUCKETS_MS = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
const CLASSES = ['unknown', 'informational', 'success', 'redirection', 'client-error', 'server-error'];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export function createCounts(startedAt: number): Counts {
  const all = new Map<string, RequestCount>();
  return {
    startedAt,
    add(method, status, ms) {
      // Clients choose the method: without a bound they would choose how many series there are.
      const known = METHODS.has(method) ? method : 'other';
      const statusClass = CLASSES[Math.floor(status / 100)] ?? 'unknown';
      let found = all.get(known + statusClass);
      if (found === undefined) all.set(known + statusClass, (found = { method: known, statusClass, count: 0, sumMs: 0, within: BUCKETS_MS.map(() => 0) }));
      found.count += 1;
      found.sumMs += ms;
      for (let i = BUCKETS_MS.length - 1; i >= 0 && ms <= (BUCKETS_MS[i] as number); i--) found.within[i]! += 1;
    },
    requests: () => all.values(),
  };
}
