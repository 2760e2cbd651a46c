import type { AoMap, Id, ProcessId, Slot } from '@beamline/core';
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

/** The ordered log of one process. */
export interface Schedule {
  /** -1 before slot 0. */
  last(): Slot;
  entry(slot: Slot): Entry | undefined;
  /** Takes the next slot at once; it may be acknowledged when `durable` resolves. */
  append(entry: NewEntry): { slot: Slot; durable: Promise<void> };
  /** Takes over a slot found in the log. */
  restore(entry: Omit<Entry, 'hashChain'>): void;
  assignment(slot: Slot): Promise<AoMap>;
  /** Forgets a message that is no longer needed in memory. */
  release(slot: Slot): void;
}

export function createSchedule(process: ProcessId, log: () => Log): Schedule {
  const entries: Entry[] = [];
  const pending = new Set<Entry>();
  const released = new Set<Entry>();
  const chainAfter = (id: Id) => nextHashChain(entries.at(-1)?.hashChain ?? '', id);

  return {
    last: () => entries.length - 1,
    entry: (slot) => entries[slot],

    append({ id, kind, payload, body, timestamp }) {
      const slot = entries.length;
      const time = Math.max(timestamp, entries.at(-1)?.timestamp ?? 0);
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

    restore(entry) {
      entries.push({ ...entry, hashChain: chainAfter(entry.id) });
    },

    async assignment(slot) {
      const { id, timestamp, hashChain, body, kind, offset, length } = entries[slot] as Entry;
      const message = body ?? readMessage(kind, await log().read(offset, length));
      return assignmentOf({ process, slot, timestamp, hashChain, message: id, body: message });
    },

    release(slot) {
      const entry = entries[slot];
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
