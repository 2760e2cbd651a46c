import type { AoMap, AoValue, ProcessId, SignedItem, Signer, Tag } from '@beamline/core';
import { createItem } from '../../ans104/create.ts';
import { mapOf } from '../legacy/scheduled.ts';

/** Who sends. */
export interface Sender {
  process: ProcessId;
  /** The module it runs. */
  module: string;
}

const SET_HERE = new Set(['Data-Protocol', 'Type', 'From-Process', 'From-Module', 'Assignments']);

/**
 * A message on its way, as legacynet's messenger unit writes it: the process's own tags, then who sent it, under the
 * node's ANS-104 signature, which is what receivers trust.
 * @throws Fault `ao/bad-item` for what cannot be an item
 */
export function messageItem(entry: AoMap, { process, module }: Sender, node: Signer): Promise<SignedItem> {
  const tags = tagsOfEntry(entry).filter(({ name }) => !SET_HERE.has(name));
  return createItem(node, {
    target: String(entry['Target']),
    tags: [...tags, ...list({ 'Data-Protocol': 'ao', Type: 'Message', 'From-Process': process, 'From-Module': module })],
    data: String(entry['Data'] ?? ''),
  });
}

/** A process that another one spawns: the node signs it. @throws Fault `ao/bad-item` */
export function spawnItem(entry: AoMap, { process }: Sender, node: Signer): Promise<SignedItem> {
  const tags = tagsOfEntry(entry).filter(({ name }) => name !== 'From-Process' && name !== 'Scheduler');
  const authority = tags.some(({ name }) => name === 'Authority') ? [] : list({ Authority: node.address });
  const data = entry['Data'] === undefined || entry['Data'] === '' ? ' ' : String(entry['Data']);
  return createItem(node, { tags: [...tags, ...authority, ...list({ Scheduler: node.address, 'From-Process': process })], data });
}

/** Tells the spawning process the id of the new one, under the reference it chose. */
export function spawnedEntry(entry: AoMap, spawned: ProcessId, { process }: Sender): AoMap {
  const kept = tagsOfEntry(entry).filter(({ name }) => !SET_HERE.has(name) && !['Variant', 'Module', 'Action'].includes(name));
  return { Target: process, Data: '', Tags: [...kept, ...list({ Variant: 'ao.TN.1', Process: spawned, Action: 'Spawned' })].map((tag) => ({ ...tag })) };
}

function tagsOfEntry(entry: AoMap): Tag[] {
  const tags: AoValue[] = Array.isArray(entry['Tags']) ? entry['Tags'] : [];
  return tags.map(mapOf).map(({ name, value }) => ({ name: String(name), value: String(value ?? '') }));
}

function list(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([name, value]) => ({ name, value }));
}
