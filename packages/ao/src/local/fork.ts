import { Fault, isFault, type AoMap, type AoNetwork, type Assignment, type Id, type MessageId, type ProcessId, type Slot } from '@beamline/core';

export interface ForkOptions {
  /** Where the process lives. It is only read. */
  from: AoNetwork;
  process: ProcessId;
  /** The last slot to copy. @default the last one scheduled */
  slot?: Slot;
  /** URL of a local network. */
  to: string;
  /**
   * The signed item of a module that the source does not show, for modules live on Arweave: those of aos.
   * @default such a module must be on the local network already
   */
  moduleItem?(module: Id, signal?: AbortSignal): Promise<Uint8Array>;
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
 * @throws Fault `ao/fork-conflict` when the local copy has gone another way, `ao/no-module`, and those of the source network.
 */
export async function forkProcess({ from, process, slot, to, moduleItem, signal }: ForkOptions): Promise<Fork> {
  const range = slot === undefined ? {} : { to: slot };
  const [first] = await collect(from.schedule(process, { from: 0, to: 0 }, signal));
  if (first === undefined) throw new Fault('ao/unknown-process', `${process} has no slot 0 on ${from.kind}`, { details: { process } });
  let messages = 0;
  for (const module of modulesNamed(bodyOf(first))) {
    if (await isThere(to, module, signal)) continue;
    const published = await publishedModule(from, module, signal);
    if (published) messages += await send(to, module, from.kind, [slotOf(published)], signal);
    else if (moduleItem) messages += await upload(to, module, await moduleItem(module, signal), signal);
    else throw noModule(module, from.kind);
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

async function isThere(to: string, id: Id, signal?: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${to}/${id}/type`, signal ? { signal } : {});
  await answer.body?.cancel();
  return answer.status === 200;
}

/** A Lua module is a message like any other. One that is binary, or on Arweave alone, the source cannot show. */
async function publishedModule(from: AoNetwork, module: Id, signal?: AbortSignal): Promise<Assignment | undefined> {
  try {
    return (await collect(from.schedule(module, { from: 0, to: 0 }, signal)))[0];
  } catch (error) {
    if (isFault(error, 'ao/unknown-process') || isFault(error, 'ao/unavailable') || isFault(error, 'ao/unreadable-slot')) return undefined;
    throw error;
  }
}

async function upload(to: string, module: Id, item: Uint8Array, signal?: AbortSignal): Promise<number> {
  const body = new Uint8Array(item);
  const answer = await fetch(`${to}/gw/tx`, { method: 'POST', body, ...(signal ? { signal } : {}) });
  await answer.body?.cancel();
  if (answer.status > 202 || !(await isThere(to, module, signal))) {
    throw new Fault('ao/no-module', `the item given for module ${module} is not that module`, { details: { module, status: answer.status } });
  }
  return 1;
}

function noModule(module: Id, source: string): Fault {
  return new Fault('ao/no-module', `${source} does not show module ${module}, and it is not on the local network`, {
    hint: 'Post its signed item to <local network>/gw/tx, and fork again.', details: { module },
  });
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
