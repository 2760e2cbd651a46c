import { hash } from 'node:crypto';
import { Fault, type AoMap, type ProcessId, type Slot } from '@beamline/core';

/**
 * One process after one slot:
 * ```
 * offset  size  what, little-endian
 * 0       4     magic "BLs1"
 * 4       4     length of the JSON, n
 * 8       32    SHA-256 of the JSON
 * 40      n     JSON: SnapshotHead
 * 40+n    …     the VM's image, with its own checksum; `imageSum` in the JSON ties the two
 * ```
 */
export interface SnapshotHead {
  version: 1;
  process: ProcessId;
  slot: Slot;
  /** Of the slot: the same history and no other leads to it. */
  hashChain: string;
  /** SHA-256 of the code the VM was loaded from. */
  bundle: string;
  /** The public state and the results after the slot. */
  state: AoMap;
  results?: AoMap;
}

export interface Snapshot extends SnapshotHead {
  image: Uint8Array;
}

const MAGIC = 0x31734c42;
const FIXED_BYTES = 40;

export function encodeSnapshot({ image, ...head }: Snapshot): Buffer[] {
  const json = Buffer.from(JSON.stringify({ ...head, imageSum: hash('sha256', image, 'hex') }));
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt32LE(MAGIC, 0);
  fixed.writeUInt32LE(json.byteLength, 4);
  fixed.set(hash('sha256', json, 'buffer'), 8);
  return [fixed, json, Buffer.from(image.buffer, image.byteOffset, image.byteLength)];
}

/** @throws Fault `ao/snapshot-damaged` for any byte that differs. */
export function decodeSnapshot(bytes: Buffer): Snapshot {
  const end = bytes.length < FIXED_BYTES ? 0 : FIXED_BYTES + bytes.readUInt32LE(4);
  const json = bytes.subarray(FIXED_BYTES, end);
  if (end === 0 || bytes.readUInt32LE(0) !== MAGIC || !hash('sha256', json, 'buffer').equals(bytes.subarray(8, FIXED_BYTES))) throw damaged();
  const { imageSum, ...head } = JSON.parse(json.toString('utf8')) as SnapshotHead & { imageSum: string };
  const image = bytes.subarray(end);
  if (head.version !== 1 || hash('sha256', image, 'hex') !== imageSum) throw damaged();
  return { ...head, image };
}

function damaged(): Fault {
  return new Fault('ao/snapshot-damaged', 'the snapshot of a process is damaged or of an unknown version', {
    hint: 'It is passed over: an older one or the schedule gives the same state.',
  });
}
