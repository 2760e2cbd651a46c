export { printMessage, readMessages, type RecordedMessage, type RecordedSession } from './messages.ts';
export { verifyShrinking, type ShrinkingInput, type ShrinkingVerdict } from './verify-shrinking.ts';
export { traceError, type TraceInput } from './trace-error.ts';
export { tracedProgram, type MappedLua, type TracedError, type TracedProgram } from './traced-program.ts';
