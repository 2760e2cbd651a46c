import { createHash, randomUUID } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { Id } from '@beamline/core';
import type { Arweave, VerifiedItem } from '../anchor/arweave.ts';

export interface MemoryArweave extends Arweave {
  /** Blocks on top of everything uploaded so far. */
  mine(blocks: number): void;
  /** As if it had never been uploaded. */
  lose(id: Id): void;
  /** The n-th call from now, and all after it, fail; an upload that fails has arrived. */
  failFrom(n: number): void;
  /** Uploads since the beginning, repeated ones included. */
  uploads(): readonly Id[];
}

const FINAL = 3;

/** Arweave in this process's memory. Signatures are not computed: an item is what `sign` returned, or it is refused. */
export function createMemoryArweave(): MemoryArweave {
  const signed = new Map<Id, VerifiedItem>();
  const kept = new Map<Id, VerifiedItem & { height: number }>();
  const uploads: Id[] = [];
  let height = 0;
  let calls = 0;
  let failAt = Infinity;

  const step = (): void => {
    calls += 1;
    if (calls >= failAt) throw new Fault('ao/unreachable', 'the gateway is gone', { retryable: true });
  };

  return {
    mine: (blocks) => { height += blocks; },
    lose: (id) => { kept.delete(id); },
    failFrom(n) {
      calls = 0;
      failAt = n;
    },
    uploads: () => [...uploads],

    async sign(signer, { tags, data }) {
      const id = createHash('sha256').update(randomUUID()).digest('base64url');
      const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
      signed.set(id, { id, owner: signer.address, tags: tags.map((tag) => ({ ...tag })), data: bytes });
      return { id, owner: signer.address, target: '', raw: new TextEncoder().encode(id) };
    },
    async upload({ id, raw }) {
      const item = signed.get(id);
      if (item === undefined || new TextDecoder().decode(raw) !== id) throw new Fault('ao/rejected', `item ${id} is not what was signed`);
      uploads.push(id);
      if (!kept.has(id)) kept.set(id, { ...item, height: height + 1 });
      step();
    },
    async status(id) {
      step();
      const item = kept.get(id);
      if (item === undefined) return { state: 'unknown' };
      const confirmations = height - item.height + 1;
      if (confirmations < 1) return { state: 'pending' };
      return { state: confirmations >= FINAL ? 'final' : 'confirmed', height: item.height, confirmations };
    },
    async item(id) {
      step();
      const item = kept.get(id);
      return item && { id, owner: item.owner, tags: item.tags, data: item.data.slice() };
    },
    async bytes(id, length) {
      step();
      return kept.get(id)?.data.slice(0, length);
    },
    async *find({ ids, owners, tags = [] }) {
      step();
      for (const { id, owner, tags: own, data } of [...kept.values()].reverse()) {
        const answers = (ids?.includes(id) ?? true) && (owners?.includes(owner) ?? true) &&
          tags.every(({ name, values }) => own.some((tag) => tag.name === name && values.includes(tag.value)));
        if (answers) yield { id, owner, tags: own, sizeBytes: data.length };
      }
    },
  };
}
