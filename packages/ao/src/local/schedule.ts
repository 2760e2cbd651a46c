import { Fault, type AoMap, type Id, type ProcessId, type Slot } from '@beamline/core';
import { parseItem } from '../ans104/parse.ts';
import { assignmentOf, nextHashChain } from './assignment.ts';
import type { Log } from './log/log.ts';
import { messageOf } from './message.ts';
import { encodeEntry, KIND, type EntryKind } from './journal.ts';

/** One slot. Its message stays in memory until it was computed and is on disk; the log has it for good. */
export interface Entry {
  id: Id;
  timestamp: number;
  hashChain: string;
  kind: EntryKind;
  offset: number;
  length: number;
  body?: AoMap;
}

export interface NewEntry {
  id: Id;
  kind: EntryKind;
  /** The signed item, or the message as JSON. */
  payload: Uint8Array;
  body: AoMap;
  timestamp: number;
}

/** Slots of one process that lie in a cold part of the log. */
export interface ColdRange {
  from: Slot;
  slots: number;
  entry(slot: Slot): Entry;
}

/** The ordered log of one process. */
export interface Schedule {
  /** -1 before slot 0. */
  last(): Slot;
  entry(slot: Slot): Entry | undefined;
  /** Takes the next slot at once; it may be acknowledged when `durable` resolves. */
  append(entry: NewEntry): { slot: Slot; durable: Promise<void> };
  /** The next slots, or the oldest of those in memory, are found there from now on. */
  adopt(range: ColdRange): void;
  /** Takes over a slot found in the log. */
  restore(entry: Omit<Entry, 'hashChain'>): void;
  assignment(slot: Slot): Promise<AoMap>;
  /** Forgets a message that is no longer needed in memory. */
  release(slot: Slot): void;
}

export function createSchedule(process: ProcessId, log: () => Log): Schedule {
  const cold: ColdRange[] = [];
  /** How many slots lie there; those in memory follow. */
  let coldSlots = 0;
  const entries: Entry[] = [];
  const pending = new Set<Entry>();
  const released = new Set<Entry>();
  const entryAt = (slot: Slot): Entry | undefined =>
    (slot >= coldSlots ? entries[slot - coldSlots] : cold.findLast(({ from }) => from <= slot)?.entry(slot));
  const last = () => coldSlots + entries.length - 1;
  const chainAfter = (id: Id) => nextHashChain(entryAt(last())?.hashChain ?? '', id);

  return {
    last,
    entry: entryAt,

    append({ id, kind, payload, body, timestamp }) {
      const slot = last() + 1;
      const time = Math.max(timestamp, entryAt(slot - 1)?.timestamp ?? 0);
      const header = encodeEntry({ process, slot, timestamp: time, id });
      const { offset, durable } = log().append(kind, header, payload);
      const length = payload.byteLength;
      const entry: Entry = { id, kind, body, timestamp: time, hashChain: chainAfter(id), offset: offset + header.byteLength, length };
      entries.push(entry);
      pending.add(entry);
      durable.then(() => {
        pending.delete(entry);
        if (released.delete(entry)) delete entry.body;
      }, () => undefined);
      return { slot, durable };
    },

    adopt(range) {
      if (range.from !== coldSlots) throw new Fault('ao/log-damaged', `the log lacks slot ${coldSlots} of ${process}`, { details: { process, slot: coldSlots } });
      cold.push(range);
      coldSlots += range.slots;
      entries.splice(0, range.slots);
    },

    restore(entry) {
      entries.push({ ...entry, hashChain: chainAfter(entry.id) });
    },

    async assignment(slot) {
      const { id, timestamp, hashChain, body, kind, offset, length } = entryAt(slot) as Entry;
      const message = body ?? readMessage(kind, await log().read(offset, length));
      return assignmentOf({ process, slot, timestamp, hashChain, message: id, body: message });
    },

    release(slot) {
      const entry = entries[slot - coldSlots];
      if (entry === undefined) return;
      // The log cannot be read where it is still being written.
      if (pending.has(entry)) released.add(entry);
      else delete entry.body;
    },
  };
}

export function readMessage(kind: EntryKind, payload: Buffer): AoMap {
  return kind === KIND.item ? messageOf(parseItem(payload)) : (JSON.parse(payload.toString('utf8')) as AoMap);
}
