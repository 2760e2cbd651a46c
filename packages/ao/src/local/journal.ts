import type { Id, ProcessId, Slot } from '@beamline/core';

/*
 * Payloads of the node's log:
 *   item    u16 LE length | JSON header {p,s,t,i} | the signed ANS-104 item
 *   pushed  u16 LE length | JSON header {p,s,t,i} | the message as JSON, node's commitments included
 *   alias   JSON {name, process}
 *   brick   JSON {process, slot, status, reason}
 *   fork    JSON {process, from}
 *   archived  u64 LE milliseconds | the signed ANS-104 item, as a bundler took it
 */
export const KIND = { item: 1, pushed: 2, alias: 3, brick: 4, fork: 5, archived: 6 } as const;
export type EntryKind = typeof KIND.item | typeof KIND.pushed;

export interface EntryHeader {
  process: ProcessId;
  slot: Slot;
  timestamp: number;
  id: Id;
}

export interface AliasRecord {
  name: string;
  process: ProcessId;
}

export interface BrickRecord {
  process: ProcessId;
  /** The slot that cannot be computed. */
  slot: Slot;
  status: number;
  reason: string;
}

/** The process was copied from another network. */
export interface ForkRecord {
  process: ProcessId;
  /** What the other network calls itself. */
  from: string;
}

export function encodeEntry({ process, slot, timestamp, id }: EntryHeader): Buffer {
  const json = Buffer.from(JSON.stringify({ p: process, s: slot, t: timestamp, i: id }));
  const header = Buffer.allocUnsafe(2 + json.byteLength);
  header.writeUInt16LE(json.byteLength, 0);
  json.copy(header, 2);
  return header;
}

/** The header, and how many bytes it took. */
export function decodeEntry(payload: Buffer): EntryHeader & { bytes: number } {
  const bytes = 2 + payload.readUInt16LE(0);
  const { p, s, t, i } = JSON.parse(payload.toString('utf8', 2, bytes)) as { p: string; s: number; t: number; i: string };
  return { process: p, slot: s, timestamp: t, id: i, bytes };
}

export function encodeJson(record: AliasRecord | BrickRecord | ForkRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

export function decodeJson<T extends AliasRecord | BrickRecord | ForkRecord>(payload: Buffer): T {
  return JSON.parse(payload.toString('utf8')) as T;
}
