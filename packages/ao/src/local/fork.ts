import { Fault, type AoMap, type AoNetwork, type Assignment, type Id, type MessageId, type ProcessId, type Slot } from '@beamline/core';

export interface ForkOptions {
  /** Where the process lives. It is only read. */
  from: AoNetwork;
  process: ProcessId;
  /** The last slot to copy. @default the last one scheduled */
  slot?: Slot;
  /** URL of a local network. */
  to: string;
  signal?: AbortSignal;
}

export interface Fork {
  process: ProcessId;
  slot: Slot;
  /** Messages copied, those of the modules included. */
  messages: number;
}

/** One slot on its way into a local network. */
export interface ForkedSlot {
  slot: Slot;
  timestamp: number;
  id: MessageId;
  body: AoMap;
}

/** A request carries at most so many bytes of JSON; a single message may be longer. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Copies a process from any network into a local one, under the same id: its modules, its process message and its
 * schedule up to a slot, which the local network replays when it is first asked. The two go separate ways from there.
 * Repeating it is harmless; a longer schedule adds what is new.
 * @throws Fault `ao/fork-conflict` when the local copy has gone another way, and those of the source network.
 */
export async function forkProcess({ from, process, slot, to, signal }: ForkOptions): Promise<Fork> {
  const range = slot === undefined ? {} : { to: slot };
  const [first] = await collect(from.schedule(process, { from: 0, to: 0 }, signal));
  if (first === undefined) throw new Fault('ao/unknown-process', `${process} has no slot 0 on ${from.kind}`, { details: { process } });
  let messages = 0;
  for (const module of modulesNamed(bodyOf(first))) {
    const [published] = await collect(from.schedule(module, { from: 0, to: 0 }, signal));
    if (published) messages += await send(to, module, from.kind, [slotOf(published)], signal);
  }

  let last = -1;
  let bytes = 0;
  let chunk: ForkedSlot[] = [];
  const flush = async () => {
    if (chunk.length > 0) messages += await send(to, process, from.kind, chunk, signal);
    chunk = [];
    bytes = 0;
  };
  for await (const assignment of from.schedule(process, range, signal)) {
    const forked = slotOf(assignment);
    chunk.push(forked);
    last = assignment.slot;
    bytes += JSON.stringify(forked.body).length;
    if (bytes > CHUNK_BYTES) await flush();
  }
  await flush();
  return { process, slot: last, messages };
}

async function send(to: string, process: ProcessId, source: string, slots: readonly ForkedSlot[], signal?: AbortSignal): Promise<number> {
  const answer = await fetch(`${to}/~beamline@1.0/fork?process=${process}&from=${encodeURIComponent(source)}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(slots), ...(signal ? { signal } : {}),
  });
  if (answer.status === 200) return slots.length;
  await answer.body?.cancel();
  if (answer.status === 409) {
    throw new Fault('ao/fork-conflict', `the local copy of ${process} has gone another way`, {
      hint: 'Reset the local network, or fork into another one.', details: { process, status: 409 },
    });
  }
  throw new Fault('ao/rejected', `${to} answered ${answer.status} to a fork of ${process}`, {
    hint: 'Only a local network of Beamline takes forks.', details: { process, status: answer.status },
  });
}

async function collect(schedule: AsyncIterable<Assignment>): Promise<Assignment[]> {
  const all: Assignment[] = [];
  for await (const assignment of schedule) all.push(assignment);
  return all;
}

function slotOf(assignment: Assignment): ForkedSlot {
  return { slot: assignment.slot, timestamp: assignment.timestamp, id: assignment.message, body: bodyOf(assignment) };
}

function bodyOf({ req }: Assignment): AoMap {
  const body = req['body'];
  return typeof body === 'object' && !Array.isArray(body) ? body : {};
}

function modulesNamed(body: AoMap): Id[] {
  return String(body['module'] ?? '').match(/[\w-]{43}/g) ?? [];
}
