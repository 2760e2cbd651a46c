import type { AoMap, AoValue } from '@beamline/core';

export interface AosTag {
  name: string;
  value: string;
}

/** A message as legacynet's compute unit gives it to a module. */
export interface AosMessage {
  Id: string;
  /** The wallet that signed, or the process that sent. */
  From: string;
  /** The wallet that signed; of what a process sends, the authority that vouches for it. */
  Owner: string;
  Target: string;
  Tags: readonly AosTag[];
  /** Text; what is no Unicode arrives as U+FFFD, as it does there. */
  Data: string;
  /** Milliseconds since 1970: the only time a process knows. */
  Timestamp: number;
  'Block-Height': number;
  /** Its slot. */
  Nonce?: number;
  Module?: string;
  Anchor?: string;
  Epoch?: number;
  'Hash-Chain'?: string;
  Cron?: boolean;
  /** Of a dry run. */
  'Read-Only'?: boolean;
}

/** What a process can read about itself. The first message must be the process's own, with its id and owner. */
export interface AosEnvironment {
  Process: { Id: string; Owner: string; Tags: readonly AosTag[] };
  Module: { Id: string; Owner: string; Tags: readonly AosTag[] };
}

/** What a process answers. */
export interface AosResult {
  Output: AoValue;
  Messages: readonly AoMap[];
  Spawns: readonly AoMap[];
  Assignments: readonly AoMap[];
}

/** JSON in UTF-8, which holds no byte 0. */
export function encodeAos(value: AosMessage | AosEnvironment): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part))));
}

export function decodeAosResult(reply: Uint8Array): AosResult {
  const { response } = JSON.parse(Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString('utf8')) as { response?: Partial<AosResult> };
  const list = (given: unknown): AoMap[] => (Array.isArray(given) ? given as AoMap[] : []);
  const { Output = '', Messages, Spawns, Assignments } = response ?? {};
  return { Output, Messages: list(Messages), Spawns: list(Spawns), Assignments: list(Assignments) };
}
