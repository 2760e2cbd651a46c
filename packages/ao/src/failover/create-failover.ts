import { Fault, isFault, type Clock } from '@beamline/core';
import type { AoNetwork, Assignment, ProcessId, SignedItem, Slot } from '@beamline/core';
import { createHomes } from './homes.ts';

export interface FailoverOptions {
  /** Nodes in order of preference. The first takes new processes and knows the names. At least one. */
  networks: readonly AoNetwork[];
  clock: Clock;
  /** How long a read waits for a node that is behind what this client has written or read. @default 5_000 */
  catchUpMs?: number;
}

const LOOK_EVERY_MS = 100;

/**
 * Several nodes as one network. A process lives on one node, which alone schedules its messages: writes go there or
 * fail, for another node would start a second history. Reads go there first and fail over to any node that holds the
 * process at least up to the newest slot this client knows of (read your writes; monotonic reads). Names live on the
 * first node: another may hold an older one.
 * @throws Fault `ao/no-node` without networks.
 */
export function createFailover({ networks, clock, catchUpMs = 5_000 }: FailoverOptions): AoNetwork {
  const [first] = networks;
  if (!first) throw new Fault('ao/no-node', 'failover needs at least one network');
  const homes = createHomes(networks);
  const seen = new Map<ProcessId, Slot>();
  const signedOn = new WeakMap<SignedItem, AoNetwork>();

  const note = (process: ProcessId, slot: Slot): void => void seen.set(process, Math.max(slot, seen.get(process) ?? -1));

  /** Waits until the node has computed what this client knows of; `false` when it does not in time. */
  const isUpToDate = async (network: AoNetwork, process: ProcessId, atLeast: Slot, signal?: AbortSignal): Promise<boolean> => {
    for (const end = clock.now() + catchUpMs; ; ) {
      const { computed } = await network.slots(process, signal);
      if (computed >= atLeast) return true;
      if (clock.now() >= end) return false;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  };

  /** @param atLeast the slot another node must have computed; what this client has seen by default. */
  const reading = async <T>(process: ProcessId, read: (network: AoNetwork) => Promise<T>, signal?: AbortSignal, atLeast?: Slot): Promise<T> => {
    const home = await homes.holder(process, signal);
    try {
      return await read(home);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNodeDown(error)) throw error;
      for (const other of networks) {
        if (other === home) continue;
        try {
          if (await isUpToDate(other, process, atLeast ?? seen.get(process) ?? -1, signal)) return await read(other);
        } catch (failure) {
          signal?.throwIfAborted();
          if (!isNodeDown(failure) && !isFault(failure, 'ao/unknown-process')) throw failure;
        }
      }
      throw error; // what the node says where the process lives
    }
  };

  /** Signing needs a node's address; the item then belongs there. */
  const signedBy = async (network: AoNetwork, item: Promise<SignedItem>): Promise<SignedItem> => {
    signedOn.set(await item, network);
    return item;
  };

  return {
    kind: `failover(${networks.map(({ kind }) => kind).join(', ')})`,
    node: (signal) => first.node(signal),
    signMessage: async (signer, spec) => {
      const network = homes.known(spec.target) ?? first;
      return signedBy(network, network.signMessage(signer, spec));
    },
    signModule: (signer, source, signal) => signedBy(first, first.signModule(signer, source, signal)),
    signProcess: async (signer, spec, signal) => {
      const network = homes.known(spec.module) ?? first; // a process needs its module beside it
      return signedBy(network, network.signProcess(signer, spec, signal));
    },
    async send(item, signal) {
      const delivery = await (await homes.of(item.target, signal)).send(item, signal);
      note(item.target, delivery.slot);
      return delivery;
    },
    async spawn(item, signal) {
      const network = signedOn.get(item) ?? (await homes.of(item.id, signal).catch((error: unknown) => {
        if (isFault(error, 'ao/unknown-process')) return first;
        throw error;
      }));
      const process = await network.spawn(item, signal);
      homes.remember(process, network);
      return process;
    },
    result: (process, slot, signal) => reading(process, (network) => network.result(process, slot, signal), signal, slot),
    resultText: (process, slot, path, signal) => reading(process, (network) => network.resultText(process, slot, path, signal), signal, slot),
    read: (process, path, signal) => reading(process, (network) => network.read(process, path, signal), signal),
    async slots(process, signal) {
      const slots = await reading(process, (network) => network.slots(process, signal), signal);
      note(process, slots.computed);
      return slots;
    },
    async *schedule(process, { from = 0, ...range } = {}, signal) {
      let next = from;
      // A node that goes away in between is followed by another, from the slot reached.
      for (let isOver = false; !isOver; ) {
        const open = (network: AoNetwork) => network.schedule(process, { from: next, ...range }, signal)[Symbol.asyncIterator]();
        const start = async (network: AoNetwork): Promise<{ step: IteratorResult<Assignment>; rest: AsyncIterator<Assignment> }> => {
          const rest = open(network);
          return { step: await rest.next(), rest };
        };
        const { step: begin, rest } = await reading(process, start, signal);
        try {
          for (let step = begin; !step.done; step = await rest.next()) {
            yield step.value;
            next = step.value.slot + 1;
          }
          isOver = true;
        } catch (error) {
          if (!isNodeDown(error)) throw error;
        } finally {
          await rest.return?.();
        }
      }
    },
    redeliver: async (process, slot, signal) => (await homes.of(process, signal)).redeliver(process, slot, signal),
    resolve: (alias, signal) => first.resolve(alias, signal),
    setAlias: (alias, process, operator, signal) => first.setAlias(alias, process, operator, signal),
  };
}

/** Another node may answer; any other Fault is about the question. */
export function isNodeDown(error: unknown): boolean {
  return isFault(error, 'ao/unreachable') || isFault(error, 'ao/unavailable') || isFault(error, 'ao/bad-answer');
}
