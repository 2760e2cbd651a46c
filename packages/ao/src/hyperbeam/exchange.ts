/** One HTTP request and what came back. */
export interface Question {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

export interface Reply {
  status: number;
  header(name: string): string | undefined;
  body: Buffer;
}

/** Why there is no reply. Whatever was asked may have been done all the same, unless the circuit was open. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
  readonly reason: 'timeout' | 'network' | 'broken-answer' | 'circuit-open';
  /** When asking again makes sense; 0 when nobody can say. */
  readonly retryAfterMs: number;

  constructor(reason: NoReply['reason'], message: string, cause?: unknown, retryAfterMs = 0) {
    super(message, { cause });
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  static circuitOpen(retryAfterMs: number): NoReply {
    return new NoReply('circuit-open', `the node does not answer; it is asked again in ${retryAfterMs} ms`, undefined, retryAfterMs);
  }
}
