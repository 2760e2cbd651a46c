import type { Id, MessageId, ProcessId, Slot } from '@beamline/core';
import { decodeEntry, KIND, type EntryKind } from './journal.ts';
import type { ColdPart } from './log/cold-file.ts';
import type { PartIndex } from './log/cool-part.ts';
import type { ScannedRecord } from './log/scan.ts';
import type { ColdRange, Entry } from './schedule.ts';

/*
 * The index of a cold part of the node's log, little-endian:
 *
 *   offset       size    what
 *   0            4       rows, n
 *   4            4       bytes of the JSON
 *   8            104 n   rows, by process in order of appearance, then by slot:
 *                        message id 43 (text) | 0 | hash chain 43 (text) | kind 1 | timestamp f64 | offset f64
 *   8+104 n      4 n     length of the payload of each row
 *   8+108 n      4 n     numbers of the rows by message id, of equal ids the later last
 *   8+112 n      …       JSON: `Contents`
 *
 * Nothing of it is held in memory but the JSON: rows are read one by one, through a cache of pages.
 */
const HEAD_BYTES = 8;
const ROW_BYTES = 104;
const ID_BYTES = 43;

interface Contents {
  version: 1;
  processes: [id: ProcessId, from: Slot, slots: number][];
  /** Whatever is no message: its place in the log. */
  others: [kind: number, offset: number, length: number][];
}

export interface ColdIndex {
  ranges: { process: ProcessId; range: ColdRange }[];
  others: Contents['others'];
  find(message: MessageId): [ProcessId, Slot] | undefined;
}

/** @param chainOf the hash chain of a slot, which the log does not hold. */
export function createPartIndex(chainOf: (process: ProcessId, slot: Slot) => string): PartIndex {
  const rows = new Map<ProcessId, { id: Id; slot: Slot; chain: string; kind: number; timestamp: number; offset: number; length: number }[]>();
  const others: Contents['others'] = [];
  return {
    add({ kind, offset, payload }: ScannedRecord) {
      if (kind !== KIND.item && kind !== KIND.pushed) {
        others.push([kind, offset, payload.length]);
        return;
      }
      const { process, slot, timestamp, id, bytes } = decodeEntry(payload);
      const mine = rows.get(process) ?? [];
      if (mine.length === 0) rows.set(process, mine);
      mine.push({ id, slot, chain: chainOf(process, slot), kind, timestamp, offset: offset + bytes, length: payload.length - bytes });
    },
    bytes() {
      const all = [...rows.values()].flat();
      const contents: Contents = { version: 1, processes: [...rows].map(([id, mine]) => [id, mine[0]!.slot, mine.length]), others };
      const json = Buffer.from(JSON.stringify(contents));
      const index = Buffer.alloc(HEAD_BYTES + (ROW_BYTES + 8) * all.length + json.length);
      index.writeUInt32LE(all.length, 0);
      index.writeUInt32LE(json.length, 4);
      const order = all.map((_, i) => i).sort((a, b) => (all[a]!.id < all[b]!.id ? -1 : all[a]!.id > all[b]!.id ? 1 : a - b));
      for (const [i, row] of all.entries()) {
        const at = HEAD_BYTES + ROW_BYTES * i;
        index.write(row.id, at, 'latin1');
        index.write(row.chain, at + 44, 'latin1');
        index.writeUInt8(row.kind, at + 87);
        index.writeDoubleLE(row.timestamp, at + 88);
        index.writeDoubleLE(row.offset, at + 96);
        index.writeUInt32LE(row.length, HEAD_BYTES + ROW_BYTES * all.length + 4 * i);
        index.writeUInt32LE(order[i]!, HEAD_BYTES + (ROW_BYTES + 4) * all.length + 4 * i);
      }
      json.copy(index, index.length - json.length);
      return index;
    },
  };
}

export function readColdIndex(part: ColdPart): ColdIndex {
  const head = part.index(0, HEAD_BYTES);
  const [rows, jsonBytes] = [head.readUInt32LE(0), head.readUInt32LE(4)];
  const { processes, others } = JSON.parse(part.index(part.indexBytes - jsonBytes, jsonBytes).toString('utf8')) as Contents;
  const idOf = (row: number) => part.index(HEAD_BYTES + ROW_BYTES * row, ID_BYTES).toString('latin1');
  const entryOf = (row: number): Entry => {
    const bytes = part.index(HEAD_BYTES + ROW_BYTES * row, ROW_BYTES);
    return {
      id: bytes.toString('latin1', 0, ID_BYTES),
      hashChain: bytes.toString('latin1', 44, 44 + ID_BYTES),
      kind: bytes.readUInt8(87) as EntryKind,
      timestamp: bytes.readDoubleLE(88),
      offset: bytes.readDoubleLE(96),
      length: part.index(HEAD_BYTES + ROW_BYTES * rows + 4 * row, 4).readUInt32LE(0),
    };
  };
  const firsts: number[] = [];
  let first = 0;
  const ranges = processes.map(([process, from, slots]) => {
    const start = first;
    firsts.push(start);
    first += slots;
    return { process, range: { from, slots, entry: (slot: Slot) => entryOf(start + slot - from) } };
  });
  const rowAt = (place: number) => part.index(HEAD_BYTES + (ROW_BYTES + 4) * rows + 4 * place, 4).readUInt32LE(0);

  return {
    ranges, others,
    find(message) {
      let [low, high] = [0, rows];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (idOf(rowAt(middle)) <= message) low = middle + 1;
        else high = middle;
      }
      const row = low > 0 ? rowAt(low - 1) : -1;
      if (row < 0 || idOf(row) !== message) return undefined;
      const i = firsts.findLastIndex((start) => start <= row);
      const [process, from] = processes[i]!;
      return [process, from + row - firsts[i]!];
    },
  };
}
