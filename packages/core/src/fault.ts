/** `<package>/<reason>` in kebab-case; public API. */
export type FaultCode = `${string}/${string}`;

export interface FaultOptions {
  /** One sentence that says what to do next. */
  hint?: string;
  /** True when the same call may succeed later without any change by the caller. */
  retryable?: boolean;
  /** Facts a program may need: HTTP status, slot, process, file, line. Never secrets. */
  details?: Readonly<Record<string, string | number | boolean>>;
  cause?: unknown;
}

/** Base of every error thrown on purpose. Match on `code`, never on `message`. */
export class Fault extends Error {
  override readonly name: string = 'Fault';
  readonly code: FaultCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: FaultCode, message: string, { hint, retryable = false, details = {}, cause }: FaultOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.retryable = retryable;
    this.details = details;
  }
}

/** Works across duplicated copies of this package, where `instanceof` does not. */
export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Error && error.name === 'Fault' && (code === undefined || (error as Fault).code === code);
}

/** One line per fact, for people: code, message, hint. Anything that is not a Fault keeps its stack. */
export function describeError(error: unknown): string {
  if (isFault(error)) return `${error.code}: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
