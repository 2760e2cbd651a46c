import { Fault } from '@beamline/core';
import type { Address, Id, ProcessId, Slot, Tag } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import { sha256Hex } from '../sha256.ts';
import type { VerifiedItem } from './arweave.ts';

/** What an anchor says of the one before it, and what that one must say of itself. */
export interface PreviousAnchor {
  id: Id;
  process: ProcessId;
  slot: Slot;
  layout: string;
  root: string;
}

/** A root on Arweave: "the world of this process had this root at this slot", signed. Data: its canonical JSON. */
export interface Anchor {
  version: 1;
  game: string;
  role: string;
  process: ProcessId;
  slot: Slot;
  /** Hash of the layout. */
  layout: string;
  /** SHA-256 Merkle root, image-root.ts. */
  root: string;
  /** SHA-256 of the snapshot's manifest. */
  snapshot: string;
  /** Milliseconds since 1970 by the clock of whoever made the anchor; proves nothing, the block's time does. */
  timestamp: number;
  /** Of the code that the process runs. */
  module?: Id;
  release?: string;
  /** Absent in the first of a chain. */
  previous?: PreviousAnchor;
}

export interface VerifiedAnchor {
  id: Id;
  owner: Address;
  anchor: Anchor;
}

export const ANCHOR_TYPE = 'Beamline-Anchor';

export function encodeAnchor(anchor: Anchor): Uint8Array {
  return new TextEncoder().encode(canonicalJson(anchor));
}

/** The anchor once more as tags, so that indexes can find it. Never `Type: Checkpoint`: compute units would load it. */
export function anchorTags(anchor: Anchor): Tag[] {
  const { version, process, slot, timestamp, module, release, root, layout, previous } = anchor;
  const tags: Record<string, string | undefined> = {
    'Data-Protocol': 'ao', Type: ANCHOR_TYPE, 'Schema-Version': String(version), 'Content-Type': 'application/json',
    Process: process, Nonce: String(slot), Timestamp: String(timestamp), Module: module, Release: release,
    'SHA-256': sha256Hex(encodeAnchor(anchor)), Root: root, Layout: layout, Previous: previous?.id,
  };
  return Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

const TEXT = /^[^\p{Cc}]{1,128}$/u;
const ID = /^[\w-]{1,64}$/;
const HASH = /^[0-9a-f]{64}$/;
const isSlot = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads a verified item as an anchor. The data must be canonical, and the tags say the same.
 * @throws Fault `persistence/anchor-version`, `persistence/anchor-damaged`.
 */
export function decodeAnchor({ id, owner, tags, data }: VerifiedItem): VerifiedAnchor {
  const refuse = (how: string): Fault =>
    new Fault('persistence/anchor-damaged', `item ${id} is no anchor: ${how}`, { details: { anchor: id } });
  const tagged = (name: string) => tags.find((tag) => tag.name === name)?.value;
  if (tagged('Type') !== ANCHOR_TYPE) throw refuse(`its type is ${tagged('Type') ?? 'missing'}`);
  const version = tagged('Schema-Version');
  if (version !== '1') {
    throw new Fault('persistence/anchor-version', `anchor ${id} has version ${version ?? 'none'}; this reader knows 1`, {
      hint: 'Upgrade Beamline to the version that wrote the anchor.', details: { anchor: id },
    });
  }
  const anchor = parse(data);
  if (anchor === undefined || !isAnchor(anchor)) throw refuse('its data does not describe one');
  if (Buffer.compare(encodeAnchor(anchor), data) !== 0) throw refuse('its data is not in canonical form');
  const expected = anchorTags(anchor);
  if (tags.length !== expected.length || !expected.every(({ name, value }) => tagged(name) === value)) throw refuse('its tags say something else than its data');
  return { id, owner, anchor };
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;
const matches = (pattern: RegExp): Check => (value) => typeof value === 'string' && pattern.test(value);
const optional = (check: Check): Check => (value) => value === undefined || check(value);

const PREVIOUS: Record<keyof PreviousAnchor, Check> = {
  id: matches(ID), process: matches(ID), slot: isSlot, layout: matches(TEXT), root: matches(HASH),
};
const FIELDS: Record<keyof Anchor, Check> = {
  version: (value) => value === 1, game: matches(TEXT), role: matches(TEXT), process: matches(ID), slot: isSlot, layout: matches(TEXT),
  root: matches(HASH), snapshot: matches(HASH), timestamp: isSlot, module: optional(matches(ID)), release: optional(matches(TEXT)),
  previous: optional((value) => hasExactly(PREVIOUS, value)),
};

function isAnchor(value: unknown): value is Anchor {
  return hasExactly(FIELDS, value);
}

function hasExactly(fields: Readonly<Record<string, Check>>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !Object.keys(value).every((key) => Object.hasOwn(fields, key))) return false;
  return Object.entries(fields).every(([key, check]) => check((value as Record<string, unknown>)[key]));
}
