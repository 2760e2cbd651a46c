import { Fault, type AoMap, type AoNetwork, type AoValue, type Assignment, type Clock, type Output, type ProcessId, type SignedItem, type Signer, type Slot } from '@beamline/core';
import { baseOf, createOperator, definitionIn, mapOf, ownerMessage, ownerOf, type Definition, type Operator } from '@beamline/kernel/operator';
import { createVm, type LuaProfile, type Vm } from '@beamline/vm';
import { receiveImage } from '../receive-tables.ts';
import type { WorldImage } from '../world-image.ts';
import type { ReplicaOptions } from './replica.ts';

export interface OfflineProcessOptions extends ReplicaOptions {
  /** Slot 0 of the process it stands in for. */
  genesis: Assignment;
  clock: Clock;
  /** See `createVm`, for these two. @default 'lua@5.3a' */
  profile?: LuaProfile;
  /** @default false */
  metered?: boolean;
}

/** A throw-away copy of a process in standby: the same bundle, owner and environment, off the network, its state empty. */
export interface OfflineProcess {
  process: ProcessId;
  operator: Operator;
  /** Its program, for whoever feeds it more than operations; the operator knows nothing of that. */
  vm: Vm;
  /** The process message it was opened with. */
  definition: Definition;
  /** Its state now. */
  image(signal?: AbortSignal): Promise<WorldImage>;
  close(): Promise<void>;
}

/**
 * Opens one. Its operator is the real one: what works here is what a recovery does on a network, without a network.
 * @throws Fault `vm/…` when the bundle does not load, `persistence/replica-failed` when it does not start.
 */
export async function openOfflineProcess({ genesis, clock, code, chunkName = 'offline.lua', ...limits }: OfflineProcessOptions): Promise<OfflineProcess> {
  const { process } = genesis;
  const definition: Definition = { ...definitionIn(genesis.req), 'beamline-phase': 'standby' };
  const vm = await createVm({ code, chunkName, ...limits, base: baseOf(definition) });
  const base: AoMap = {};
  const results: AoMap[] = [];

  /** What it cannot compute would have bricked a process. */
  async function compute(req: AoMap): Promise<Slot> {
    const slot = results.length;
    const computed = await vm.compute({ ...req, slot });
    if (!computed.ok) {
      throw new Fault('persistence/replica-failed', `the offline copy of ${process} failed at its slot ${slot} (${computed.reason}): ${computed.message}`, {
        hint: 'A bundle from Beamline never fails: give the bundle that the process runs.',
        details: { process, slot, reason: computed.reason },
      });
    }
    Object.assign(base, computed.changed);
    for (const key of computed.removed) delete base[key];
    results.push(computed.results ?? {});
    return slot;
  }

  const outputAt = (slot: Slot): Output => mapOf(results[slot]?.['output']) as Output;
  const network: Pick<AoNetwork, 'kind' | 'node' | 'signMessage' | 'send' | 'result' | 'resultText' | 'read'> = {
    kind: 'offline',
    node: async () => ({ address: String(definition['authority'] ?? ''), build: 'offline' }),
    signMessage: async (signer, { target, tags, data }) => {
      const named = Object.fromEntries(tags.map(({ name, value }) => [name.toLowerCase(), value]));
      const raw = new TextEncoder().encode(JSON.stringify({ tags: named, data: typeof data === 'string' ? data : new TextDecoder().decode(data) }));
      return { id: crypto.randomUUID(), owner: signer.address, target, raw };
    },
    async send({ raw }: SignedItem) {
      const { tags, data } = JSON.parse(new TextDecoder().decode(raw)) as { tags: Record<string, string>; data: string };
      const slot = await compute(ownerMessage(definition, { slot: results.length, timestamp: clock.now(), tags, data }));
      return { outcome: 'computed', slot, output: outputAt(slot) };
    },
    result: async (_process, slot) => outputAt(slot),
    resultText: async (_process, slot, path) => textAt(results[slot], path.split('/')),
    read: async (_process, path) => path.split('/').reduce<AoValue | undefined>((value, key) => mapOf(value)[key], base),
  };
  const owner: Signer = { address: ownerOf(definition), type: 1, publicKey: new Uint8Array(), sign: async () => new Uint8Array() };
  const environment = definition['beamline-environment'];
  const operator = createOperator({ network: network as AoNetwork, signer: owner, clock, ...(environment === undefined ? {} : { environment: String(environment) }) });

  try {
    await compute({ ...genesis.req, body: definition });
  } catch (error) {
    await vm.close();
    throw error;
  }
  return {
    process,
    operator,
    vm,
    definition,
    async image(signal) {
      const reply = await operator.snapshot(process, {}, signal);
      return receiveImage(reply.index, reply.pages(signal));
    },
    close: () => vm.close(),
  };
}

function textAt(results: AoMap | undefined, path: readonly string[]): string {
  return String(path.reduce<AoValue | undefined>((value, key) => mapOf(value)[key], results ?? {}) ?? '');
}
