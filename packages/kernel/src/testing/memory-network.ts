import {
  Fault, type AoMap, type AoNetwork, type AoValue, type Assignment, type Clock, type ItemSpec, type Output, type ProcessId,
  type SignedItem, type Signer, type Slot,
} from '@beamline/core';
import type { Compute } from '../hosts/raw.ts';
import { createMemoryProcess, type MemoryProcess } from './memory-process.ts';
import { clientRequest, processRequest, pushedRequest, testId } from './request.ts';

export interface MemoryNetworkOptions {
  clock: Clock;
  /** What `signModule`'s source stands for: a new process of that bundle per call. */
  bundles: Readonly<Record<string, () => Compute>>;
  /** Loses a push between processes on its way. The sender's slot keeps it for `redeliver`. @default never */
  losesPush?: (target: ProcessId, tags: AoMap) => boolean;
}

/** An `AoNetwork` in memory whose processes are kernels in JavaScript: unsigned, instant, for tests of what operates them. */
export interface MemoryNetwork extends AoNetwork {
  /** Schedules an item again, as anybody can on a real node. */
  post(item: SignedItem): Output;
  process(id: ProcessId): MemoryProcess;
}

const NODE = testId('node');

interface Unsigned {
  owner: string;
  tags: AoMap;
  data: string;
}

export function createMemoryNetwork({ clock, bundles, losesPush = () => false }: MemoryNetworkOptions): MemoryNetwork {
  const items = new Map<string, Unsigned>();
  const processes = new Map<ProcessId, MemoryProcess>();
  const aliases = new Map<string, ProcessId>();
  let count = 0;

  const find = (id: ProcessId): MemoryProcess => {
    const found = processes.get(id);
    if (found === undefined) throw new Fault('ao/unknown-process', `no process ${id}`);
    return found;
  };

  function sign(signer: Signer, kind: string, { tags, data, target }: ItemSpec): SignedItem {
    const id = testId(`${kind}${(count += 1)}`);
    const lower = Object.fromEntries(tags.map(({ name, value }) => [name.toLowerCase(), value]));
    items.set(id, { owner: signer.address, tags: lower, data: typeof data === 'string' ? data : new TextDecoder().decode(data) });
    return { id, owner: signer.address, target: target ?? '', raw: new TextEncoder().encode(id) };
  }

  function schedule(target: ProcessId, message: string, committer: string, request: (slot: Slot) => AoMap): Slot {
    const process = find(target);
    const slot = process.append({ message, committer, timestamp: clock.now(), request });
    push(target, process.outbox(slot));
    return slot;
  }

  function push(source: ProcessId, outbox: readonly AoMap[]): void {
    for (const { target, data, ...tags } of outbox) {
      if (!processes.has(target as string) || losesPush(target as string, tags)) continue;
      const id = testId(`push${(count += 1)}`);
      const spec = { id, process: target as string, timestamp: clock.now(), tags, ...(data === undefined ? {} : { data: data as string }) };
      schedule(target as string, id, NODE, (slot) => pushedRequest({ ...spec, slot, committer: NODE, fromProcess: source }));
    }
  }

  function post(item: SignedItem): Slot {
    const { owner, tags, data } = items.get(item.id)!;
    const spec = { id: item.id, process: item.target, timestamp: clock.now(), tags, data, committer: owner };
    return schedule(item.target, item.id, owner, (slot) => clientRequest({ ...spec, slot }));
  }

  return {
    kind: 'memory',
    process: find,
    post: (item) => find(item.target).result(post(item)),
    node: async () => ({ address: NODE, build: 'memory' }),
    signMessage: async (signer, spec) => sign(signer, 'item', spec),
    signModule: async (signer, source) => sign(signer, `module-${source}-`, { tags: [], data: source }),
    signProcess: async (signer, { module, ...spec }) =>
      sign(signer, 'process', { ...spec, tags: [...spec.tags, { name: 'Module', value: module }] }),
    async spawn(item) {
      const { owner, tags, data } = items.get(item.id)!;
      if (processes.has(item.id) || tags['module'] === undefined) return item.id;
      const bundle = bundles[items.get(tags['module'] as string)!.data]!;
      const process = createMemoryProcess(item.id, bundle());
      processes.set(item.id, process);
      const spec = { id: item.id, process: item.id, slot: 0, timestamp: clock.now(), tags, data, committer: owner, authority: NODE };
      process.append({ message: item.id, committer: owner, timestamp: spec.timestamp, request: () => processRequest(spec) });
      return item.id;
    },
    async send(item) {
      const process = find(item.target);
      const slot = process.slotOf(item.id) ?? post(item);
      if (process.bricked) return { outcome: 'scheduled', slot, detail: 'bricked' };
      return { outcome: 'computed', slot, output: process.result(slot) };
    },
    result: async (id, slot) => find(id).result(slot),
    resultText: async (id, slot, path) => find(id).resultText(slot, path),
    read: async (id, path) => path.split('/').reduce<AoValue | undefined>((at, key) => (at as AoMap | undefined)?.[key], find(id).base),
    slots: async (id) => find(id).slots(),
    async *schedule(id, { from = 0, to = Infinity } = {}) {
      for (const assignment of [...find(id).assignments] as Assignment[]) {
        if (assignment.slot >= from && assignment.slot <= to) yield assignment;
      }
    },
    redeliver: async (id, slot) => push(id, find(id).outbox(slot)),
    resolve: async (alias) => aliases.get(alias),
    setAlias: async (alias, id) => void aliases.set(alias, id),
  };
}
