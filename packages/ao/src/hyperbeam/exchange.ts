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

/** Why there is no reply. Whatever was asked may have been done all the same. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
  readonly reason: 'timeout' | 'network' | 'broken-answer';

  constructor(reason: NoReply['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}
