import { Fault, isFault, type AoMap, type AoValue, type Assignment, type ProcessId, type Slot, type SlotRange } from '@beamline/core';
import { mapOf, readEntry } from './schedule-entry.ts';
import type { Unit } from './units.ts';

/** What legacynet shows of a process: its schedule, and the result of each message. */
export interface View {
  /** A message's place in the schedule. `undefined`: it is not there. */
  entryOf(process: ProcessId, message: string, signal?: AbortSignal): Promise<Assignment | undefined>;
  entries(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<Assignment[]>;
  /** @throws Fault `ao/no-result` */
  entryAt(process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<Assignment>;
  /** @throws Fault `ao/unknown-process` */
  lastSlot(process: ProcessId, signal?: AbortSignal): Promise<Slot>;
  schedule(process: ProcessId, range?: SlotRange, signal?: AbortSignal): AsyncGenerator<Assignment>;
  resultOf(process: ProcessId, message: string, signal?: AbortSignal): Promise<AoMap>;
  resultAt(process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<AoMap>;
  read(process: ProcessId, path: string, signal?: AbortSignal): Promise<AoValue | undefined>;
}

const PAGE_SLOTS = 200;
/** How many results are searched for one that shows a key: those that failed, and those of aos itself, show none. */
const LOOK_BACK = 25;

export function createView(su: Unit, cu: Unit): View {
  const notProcess = (error: unknown, process: ProcessId): never => {
    if (!isFault(error, 'ao/not-found')) throw error;
    throw new Fault('ao/unknown-process', `${su.url} has no process ${process}`, { details: { process, status: 404 }, cause: error });
  };

  const entryOf: View['entryOf'] = async (process, message, signal) => {
    try {
      return readEntry(process, await su.read(`/${message}?process-id=${process}`, signal));
    } catch (error) {
      if (isFault(error, 'ao/not-found')) return undefined;
      throw error;
    }
  };

  const entries: View['entries'] = async (process, from, to, signal) => {
    const path = `/${process}?process-id=${process}&from-nonce=${from - 1}&to-nonce=${to}&limit=${PAGE_SLOTS}`;
    const { edges } = await su.read(path, signal).catch((error: unknown) => notProcess(error, process));
    return (Array.isArray(edges) ? edges : []).map((edge) => readEntry(process, mapOf(edge)['node']));
  };

  const entryAt: View['entryAt'] = async (process, slot, signal) => {
    const [found] = await entries(process, slot, slot, signal);
    if (found === undefined) throw new Fault('ao/no-result', `${process} has no slot ${slot}`, { details: { process, slot } });
    return found;
  };

  const lastSlot: View['lastSlot'] = async (process, signal) =>
    readEntry(process, await su.read(`/${process}/latest?process-id=${process}`, signal).catch((error: unknown) => notProcess(error, process))).slot;

  const resultOf: View['resultOf'] = (process, message, signal) => cu.read(`/result/${message}?process-id=${process}`, signal);

  /** The process message's own keys, as a node would have them on base. */
  const ownKey = async (process: ProcessId, path: readonly string[], signal?: AbortSignal): Promise<AoValue | undefined> => {
    const body = mapOf((await entryOf(process, process, signal))?.req['body']);
    const own: AoMap = { ...body, ...(typeof body['beamline-module'] === 'string' ? { module: body['beamline-module'] } : {}) };
    return below({ ...own, process: own }, path);
  };

  return {
    entryOf, entries, entryAt, lastSlot, resultOf,

    async *schedule(process, { from = 0, to } = {}, signal) {
      const last = to ?? (await lastSlot(process, signal));
      for (let next = from; next <= last;) {
        const found = await entries(process, next, Math.min(last, next + PAGE_SLOTS - 1), signal);
        for (const entry of found) {
          if (entry.slot !== next) throw new Fault('ao/schedule-gap', `the schedule of ${process} lacks slot ${next}`, { details: { process, slot: next } });
          yield entry;
          next += 1;
        }
        if (found.length === 0) return;
      }
    },

    resultAt: async (process, slot, signal) => resultOf(process, (await entryAt(process, slot, signal)).message, signal),

    async read(process, path, signal) {
      const keys = path.split('/');
      for (const limit of [1, LOOK_BACK]) {
        const { edges } = await cu.read(`/results/${process}?sort=DESC&limit=${limit}`, signal).catch((error: unknown) => notProcess(error, process));
        for (const edge of Array.isArray(edges) ? edges : []) {
          const output = mapOf(mapOf(mapOf(edge)['node'])['Output']);
          const shown = below(mapOf(output['state']), keys) ?? below(output, keys);
          if (shown !== undefined) return shown;
        }
      }
      return ownKey(process, keys, signal);
    },
  };
}

function below(map: AoMap, path: readonly string[]): AoValue | undefined {
  return path.reduce<AoValue | undefined>((at, key) => (Object.hasOwn(mapOf(at), key) ? mapOf(at)[key] : undefined), map);
}
