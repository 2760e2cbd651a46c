import { createHash } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { Id, ProcessId, Slot } from '@beamline/core';
import type { Entity } from '@beamline/ecs';

/*
 * A proof that an entity has a component with certain values in the world that has a root. All integers little-endian:
 *
 *   size    field
 *   4       magic "BLPF"
 *   1       version, 1
 *   1 + n   process: u8 length, ASCII
 *   1 + n   anchor: u8 length, ASCII; length 0 when the root was not anchored yet
 *   8       u64  slot
 *   32      root
 *   4       u32  entity
 *   4       u32  number of tables of the world
 *   4       u32  place of the component's table among them, in ascending order of name
 *   4 + n   u32 length, the table's header: UTF-8 of JSON [name, rows, [[column, kind], …]]
 *   4       u32  number of the page that holds the entity's row
 *   1 + 32n u8 count, hashes beside the way from the page to the root of its table, the lowest first
 *   1 + 32n u8 count, hashes beside the way from the table to the root of the world, the lowest first
 *   32      SHA-256 of everything so far
 *   …       canonical bytes of the page, to the end
 *
 * Every byte of the page and the header is bound by the root (image-root.ts), every other by the SHA-256, so no bit can
 * change unnoticed; what the first part claims (process, slot) is true when the anchor says the same.
 */

export interface ProofContent {
  process: ProcessId;
  anchor?: Id;
  slot: Slot;
  /** Hex. */
  root: string;
  entity: Entity;
  tables: number;
  table: number;
  header: Uint8Array;
  page: number;
  inTable: readonly Uint8Array[];
  inWorld: readonly Uint8Array[];
  pageBytes: Uint8Array;
}

export function encodeProof(proof: ProofContent): Uint8Array {
  const { process, anchor = '', slot, root, entity, tables, table, header, page, inTable, inWorld, pageBytes } = proof;
  const slotBytes = Buffer.alloc(8);
  slotBytes.writeBigUInt64LE(BigInt(slot));
  const head = Buffer.concat([
    Buffer.from('BLPF\x01'), short(process), short(anchor), slotBytes, Buffer.from(root, 'hex'), u32(entity),
    u32(tables), u32(table), u32(header.length), header, u32(page), hashes(inTable), hashes(inWorld),
  ]);
  return new Uint8Array(Buffer.concat([head, createHash('sha256').update(head).digest(), pageBytes]));
}

function short(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'ascii')]);
}

function hashes(path: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(path.length), ...path]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export type ProofClaims = Required<Pick<ProofContent, 'process' | 'anchor' | 'slot' | 'root' | 'entity'>>;

/**
 * What a file says of itself, unproved: where to look for the root it must be checked against.
 * @throws Fault `persistence/not-a-proof`
 */
export function readProofClaims(file: Uint8Array): ProofClaims {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  try {
    if (bytes.toString('latin1', 0, 5) !== 'BLPF\x01') throw new RangeError('another format');
    const processEnd = 6 + bytes.readUInt8(5);
    const anchorEnd = processEnd + 1 + bytes.readUInt8(processEnd);
    const slot = Number(bytes.readBigUInt64LE(anchorEnd));
    const entity = bytes.readUInt32LE(anchorEnd + 40);
    return {
      process: bytes.toString('ascii', 6, processEnd), anchor: bytes.toString('ascii', processEnd + 1, anchorEnd),
      slot, root: bytes.toString('hex', anchorEnd + 8, anchorEnd + 40), entity,
    };
  } catch (cause) {
    throw new Fault('persistence/not-a-proof', 'the file is no proof that this version can read', {
      hint: 'Proofs are made by `beamline prove`, and are binary: a transfer as text destroys them.', cause,
    });
  }
}
