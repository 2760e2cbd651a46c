export { printMessage, readMessages, type RecordedMessage, type RecordedSession } from './messages.ts';
export { verifyShrinking, type ShrinkingInput, type ShrinkingVerdict } from './verify-shrinking.ts';
export { traceError, type TracedError, type TraceInput } from './trace-error.ts';
