import { Fault, type AoMap, type AoNetwork, type Assignment, type Output, type SignedItem, type Signer } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createProcess, type Role } from '@beamline/kernel';
import { createOperator } from '@beamline/kernel/operator';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';

export const NODE = testId('node');
export const owner: Signer = { address: testId('owner'), type: 3, publicKey: new Uint8Array(), sign: async () => new Uint8Array() };

interface Hosted {
  compute: ReturnType<typeof createProcess>;
  base: AoMap;
  schedule: Assignment[];
  results: AoMap[];
}

/**
 * A node in memory whose processes are real kernels in JavaScript: enough of `AoNetwork` for an operator, with every
 * send counted and one that can be made to fail.
 */
export function createKernelNode() {
  const clock = createManualClock(1_000_000);
  const hosted = new Map<string, Hosted>();
  let items = 0;
  let sends = 0;
  let failAt = Infinity;
  const find = (process: string): Hosted => {
    const found = hosted.get(process);
    if (found === undefined) throw new Fault('ao/unknown-process', process);
    return found;
  };

  function deliver(process: string, req: AoMap, message: string, committer: string): number {
    const { compute, base, schedule, results } = find(process);
    const slot = schedule.length;
    schedule.push({ process, slot, timestamp: clock.now(), message, committer, req: { ...req, slot } });
    compute(base, { ...req, slot });
    results.push(structuredClone(base['results']) as AoMap);
    return slot;
  }

  function say(process: string, from: string, tags: Record<string, string>, data = ''): Output {
    items += 1;
    const id = testId(`item-${items}`);
    const slot = deliver(process, clientRequest({ id, process, slot: 0, timestamp: clock.now(), tags, data, committer: from }), id, from);
    return find(process).results[slot]!['output'] as Output;
  }

  const network = {
    kind: 'memory',
    node: async () => ({ address: NODE, build: 'memory' }),
    async signMessage(signer, { target, tags, data }) {
      items += 1;
      const spec = { tags: Object.fromEntries(tags.map(({ name, value }) => [name.toLowerCase(), value])), data: String(data) };
      return { id: testId(`item-${items}`), owner: signer.address, target, raw: new TextEncoder().encode(JSON.stringify(spec)) };
    },
    async send({ id, owner: from, target, raw }: SignedItem) {
      sends += 1;
      if (sends >= failAt) throw new Fault('ao/unreachable', 'the node is gone', { retryable: true });
      const { tags, data } = JSON.parse(new TextDecoder().decode(raw)) as { tags: Record<string, string>; data: string };
      const slot = deliver(target, clientRequest({ id, process: target, slot: 0, timestamp: clock.now(), tags, data, committer: from }), id, from);
      return { outcome: 'computed', slot, output: find(target).results[slot]!['output'] as Output };
    },
    result: async (process, slot) => find(process).results[slot]!['output'] as Output,
    async resultText(process, slot, path) {
      const chunk = (find(process).results[slot]!['chunks'] as AoMap)[path.replace('chunks/', '')];
      return String(chunk);
    },
    read: async (process, path) => structuredClone(find(process).base[path]),
    async *schedule(process, { from = 0, to = Infinity } = {}) {
      for (const assignment of find(process).schedule) if (assignment.slot >= from && assignment.slot <= to) yield assignment;
    },
  } as Partial<AoNetwork> as AoNetwork;

  return {
    clock, network, say,
    operator: createOperator({ network, signer: owner, clock }),
    /** The n-th send from now, and all after it, fail. */
    failFrom(n: number) {
      sends = 0;
      failAt = n;
    },
    spawn(role: Role, { name, layout, phase = 'active' }: { name: string; layout: string; phase?: 'active' | 'standby' }): string {
      const id = testId(name);
      hosted.set(id, { compute: createProcess(role, { layout }), base: {}, schedule: [], results: [] });
      const tags = { 'beamline-phase': phase, 'beamline-seed': '5' };
      deliver(id, processRequest({ id, process: id, slot: 0, timestamp: clock.now(), committer: owner.address, authority: NODE, tags }), id, owner.address);
      return id;
    },
  };
}

export type KernelNode = ReturnType<typeof createKernelNode>;
