import { Fault } from '@beamline/core';
import type { AoMap, AoNetwork, AoValue, Clock, Delivery, Signer, SignedItem } from '@beamline/core';
import type { Role } from '@beamline/kernel';
import { decodeItem, encodeItem, fakeId, lowerCase } from './fake-item.ts';
import { createFakeProcess, outputOf } from './fake-process.ts';
import type { FakeProcess, FakeSlot } from './fake-process.ts';

export interface FakeNetworkOptions {
  clock: Clock;
  /** What a module's source stands for. */
  bundles: Readonly<Record<string, { role: Role; layout: string }>>;
  /** The node's operator: alone may move aliases. */
  operator: Signer;
}

export interface FakeNetwork extends AoNetwork {
  /** Posts an item as anybody may: it runs as often as it is posted. */
  post(item: SignedItem): Delivery;
  /** A player's message, signed by `from`. */
  say(from: string, process: string, action: string, tags?: Readonly<Record<string, string>>): Delivery;
  processes(): readonly FakeProcess[];
  process(id: string): FakeProcess;
  /** While true, outboxes are computed and not delivered: the pushes are lost. */
  losePushes: boolean;
}

/**
 * A node in memory. Processes run the real kernel in JavaScript; signatures are taken on trust. Like a real node it runs
 * an item as often as it is posted and pushes an outbox as often as asked; like a good client, `send` asks the schedule.
 */
export function createFakeNetwork({ clock, bundles, operator }: FakeNetworkOptions): FakeNetwork {
  const address = operator.address;
  const modules = new Map<string, string>();
  const processes = new Map<string, FakeProcess>();
  const aliases = new Map<string, string>();
  let nonce = 0;

  const processOf = (id: string): FakeProcess => {
    const found = processes.get(id);
    if (found !== undefined) return found;
    throw new Fault('ao/unknown-process', `the fake network does not know process ${id}`, { details: { process: id } });
  };

  const deliver = (from: string, { results }: FakeSlot): string[] => {
    const undelivered: string[] = [];
    for (const entry of Object.values((results['outbox'] ?? {}) as Record<string, AoMap>)) {
      const { target, data = '', ...tags } = entry as Record<string, string>;
      const receiver = processes.get(target ?? '');
      if (receiver === undefined) {
        undelivered.push(target ?? '');
        continue;
      }
      nonce += 1;
      const message = { id: fakeId(`push ${nonce}`), committer: address, pushed: true, tags: { ...tags, 'from-process': from }, data };
      deliver(receiver.id, receiver.receive(message, clock.now()));
    }
    return undelivered;
  };

  const deliveryOf = (slot: FakeSlot, undelivered: string[] = []): Delivery => {
    const at = slot.assignment.slot;
    if (slot.results['output'] === undefined) return { outcome: 'scheduled', slot: at, detail: 'the process is bricked' };
    return { outcome: 'computed', slot: at, output: outputOf(slot), ...(undelivered.length > 0 ? { undelivered } : {}) };
  };

  const network: FakeNetwork = {
    kind: 'fake',
    losePushes: false,
    node: async () => ({ address, build: 'fake' }),

    async signMessage(signer, { target, tags, data }) {
      nonce += 1;
      return encodeItem({ kind: 'message', owner: signer.address, target, tags, data: textOf(data), nonce });
    },
    async signModule(signer, source) {
      nonce += 1;
      return encodeItem({ kind: 'module', owner: signer.address, target: '', tags: [], data: source, nonce });
    },
    async signProcess(signer, { module, tags, data }) {
      nonce += 1;
      const own = [{ name: 'Module', value: module }, { name: 'Authority', value: address }, ...tags];
      return encodeItem({ kind: 'process', owner: signer.address, target: '', tags: own, data: textOf(data), nonce });
    },

    async send(item) {
      const known = processOf(item.target).log.find(({ assignment }) => assignment.message === item.id);
      return known === undefined ? network.post(item) : deliveryOf(known);
    },
    async spawn(item) {
      const { kind, owner, tags, data } = decodeItem(item);
      if (kind === 'module') modules.set(item.id, data);
      else if (!processes.has(item.id)) {
        const known = lowerCase(tags);
        const source = modules.get(known['module'] ?? '');
        const bundle = source === undefined ? undefined : bundles[source];
        if (bundle === undefined) throw new Fault('ao/rejected', `no module ${known['module']}`);
        const genesis = { id: item.id, committer: owner, pushed: false, tags: known, data };
        processes.set(item.id, createFakeProcess(item.id, bundle.role, bundle.layout, genesis, clock.now()));
      }
      return item.id;
    },

    async result(process, slot) {
      const entry = processOf(process).log[slot];
      if (entry === undefined) throw new Fault('ao/rejected', `${process} has no slot ${slot}`);
      return outputOf(entry);
    },
    async resultText(process, slot, path) {
      const text = walk(processOf(process).log[slot]?.results ?? {}, path);
      if (typeof text === 'string') return text;
      throw new Fault('ao/rejected', `${process} has no results/${path} at slot ${slot}`);
    },
    read: async (process, path) => walk(processOf(process).base, path),
    async slots(process) {
      const { log } = processOf(process);
      return { scheduled: log.length - 1, computed: log.findLastIndex(({ results }) => results['output'] !== undefined) };
    },
    async *schedule(process, { from = 0, to = Infinity } = {}) {
      for (const { assignment } of processOf(process).log.slice(from)) {
        if (assignment.slot <= to) yield assignment;
      }
    },
    async redeliver(process, slot) {
      const entry = processOf(process).log[slot];
      if (entry !== undefined && !network.losePushes) deliver(process, entry);
    },
    resolve: async (alias) => aliases.get(alias),
    async setAlias(alias, process, signer) {
      if (signer.address !== address) throw new Fault('ao/not-operator', `${signer.address} does not operate this node`);
      aliases.set(alias, process);
    },

    post(item) {
      const { owner, target, tags, data } = decodeItem(item);
      const process = processOf(target);
      const slot = process.receive({ id: item.id, committer: owner, pushed: false, tags: lowerCase(tags), data }, clock.now());
      return deliveryOf(slot, network.losePushes ? [] : deliver(target, slot));
    },
    say(from, process, action, tags = {}) {
      nonce += 1;
      const said = Object.entries({ Action: action, ...tags }).map(([name, value]) => ({ name, value }));
      return network.post(encodeItem({ kind: 'message', owner: from, target: process, tags: said, data: '', nonce }));
    },
    processes: () => [...processes.values()],
    process: processOf,
  };
  return network;
}

const textOf = (data: string | Uint8Array): string => (typeof data === 'string' ? data : new TextDecoder().decode(data));

function walk(value: AoValue, path: string): AoValue | undefined {
  let at: AoValue | undefined = value;
  for (const part of path.split('/')) {
    if (typeof at !== 'object' || Array.isArray(at)) return undefined;
    at = at[part];
  }
  return at;
}
