import type { AoMap, AoValue, MessageId, Slot, Tag } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import type { LocalNode } from '../node.ts';
import type { LocalProcess } from '../process.ts';

/** @throws Fault with status 404 */
export function processOf(node: LocalNode, id: string | null | undefined): LocalProcess {
  const process = node.process(id ?? '');
  if (!process) throw refusal(404, 'ao/unknown-process', `process ${(id ?? '').slice(0, 80)} is not on this node`);
  return process;
}

/** Finds slots by message id; each process's schedule is read once. */
export function createSlotIndex() {
  const known = new WeakMap<LocalProcess, { next: Slot; slots: Map<MessageId, Slot> }>();
  return (process: LocalProcess, message: MessageId): Slot | undefined => {
    let index = known.get(process);
    if (!index) known.set(process, (index = { next: 0, slots: new Map() }));
    for (; index.next <= process.schedule.last(); index.next++) {
      const id = process.schedule.entry(index.next)!.id;
      // Sent twice to HyperBEAM's routes it has two slots; the first is the one that counts here.
      if (!index.slots.has(id)) index.slots.set(id, index.next);
    }
    return index.slots.get(message);
  };
}

const OWN_KEYS = new Set(['commitments', 'data', 'target']);

/** The tags of a message: as its signer wrote them, or the keys of one that a process sent. */
export function tagsOf(message: AoMap): Tag[] {
  for (const commitment of Object.values(mapOf(message['commitments']))) {
    const tags = mapOf(commitment)['original-tags'];
    if (Array.isArray(tags)) return tags.map((tag) => ({ name: String(mapOf(tag)['name']), value: String(mapOf(tag)['value']) }));
  }
  return Object.entries(message)
    .filter(([key, value]) => !OWN_KEYS.has(key) && typeof value !== 'object')
    .map(([key, value]) => ({ name: titleCase(key), value: String(value) }));
}

/** Who signed: a client, or the node for what a process sent. */
export function signerOf(message: AoMap): { id: string; address: string; key: string; signature: string } {
  for (const [id, commitment] of Object.entries(mapOf(message['commitments']))) {
    const { committer, keyid = '', signature = '' } = mapOf(commitment);
    if (typeof committer === 'string') return { id, address: committer, key: String(keyid).replace('publickey:', ''), signature: String(signature) };
  }
  return { id: '', address: '', key: '', signature: '' };
}

export function mapOf(value: AoValue | undefined): AoMap {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** `from-process` is `From-Process` on legacynet. */
export function titleCase(key: string): string {
  return key.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}
