import { baseOf, definitionIn } from '@beamline/kernel/operator';
import { createVm, replay, type ReplayEntry } from '@beamline/vm';
import { tracedProgram, type MappedLua, type TracedError } from './traced-program.ts';

export interface TraceInput {
  /** Lua bundles and their maps: first what the process was spawned with, then what upgrades may have put in its place. */
  programs: readonly MappedLua[];
  /** What the process received, from slot 0 up to the slot of interest. */
  schedule: AsyncIterable<ReplayEntry> | Iterable<ReplayEntry>;
}

/**
 * Replays a schedule off the network and says where the last error that the process counted came from, in the sources.
 * `undefined` when it counted none. Takes about 0.2 ms a message.
 * @throws Fault `vm/…`
 */
export async function traceError({ programs, schedule }: TraceInput, signal?: AbortSignal): Promise<TracedError | undefined> {
  const program = tracedProgram(programs);
  const entries = entriesOf(schedule);
  const first = await entries.next();
  if (first.done) return undefined;
  const { code, chunkName } = program;
  const vm = await createVm({ code, chunkName, profile: 'lua5.3', base: baseOf(definitionIn(first.value.req)) });
  try {
    await program.prepare(vm);
    await replay(vm, withFirst(first.value, entries), { ...(signal && { signal }) });
    return await program.last(vm);
  } finally {
    await vm.close();
  }
}

async function* entriesOf(schedule: TraceInput['schedule']): AsyncGenerator<ReplayEntry, void> {
  yield* schedule;
}

async function* withFirst(first: ReplayEntry, rest: AsyncIterable<ReplayEntry>): AsyncIterable<ReplayEntry> {
  yield first;
  yield* rest;
}
