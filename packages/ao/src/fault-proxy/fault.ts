/**
 * What a proxy does to a request. Unless it says so, the backend never hears of the request.
 *
 * - `delay`: forwards it `ms` later.
 * - `drop`: never answers. `status`: answers itself. `reset`: breaks the connection.
 * - `lost-reply`: forwards it, and breaks the connection once it was applied; `silent` never answers instead.
 * - `truncate`: forwards it, and ends the connection after half the answer's body.
 * - `wrong-body`: forwards it, and answers 200 with another body, an HTML page by default.
 * - `reorder`: forwards it after the next request was answered, or after `withinMs`.
 * - `duplicate`: forwards it twice, and passes on the second answer.
 * - `drip`: forwards it, and answers in pieces of `bytes`, `everyMs` apart.
 */
export type FaultKind =
  | { kind: 'delay'; ms: number }
  | { kind: 'drop' }
  | { kind: 'status'; status: number; headers?: Readonly<Record<string, string>>; body?: string }
  | { kind: 'reset' }
  | { kind: 'lost-reply'; silent?: boolean }
  | { kind: 'truncate' }
  | { kind: 'wrong-body'; body?: string; contentType?: string }
  | { kind: 'reorder'; withinMs: number }
  | { kind: 'duplicate' }
  | { kind: 'drip'; bytes: number; everyMs: number };

/** Which requests a fault happens to. The first rule that matches and whose dice say so wins. */
export interface FaultRule {
  fault: FaultKind;
  /** @default both */
  method?: 'GET' | 'POST';
  /** Matched against path and query. @default all */
  path?: RegExp;
  /** Of matching requests. @default 1 */
  probability?: number;
  /** Matching requests that pass first. @default 0 */
  after?: number;
  /** How often at most. @default without end */
  count?: number;
}

/** What a proxy has done so far: requests seen, requests given to the backend, faults by kind. */
export type FaultCounts = Readonly<Record<'requests' | 'forwarded' | 'partition' | FaultKind['kind'], number>>;
