import type { AoMap, Id, ProcessId } from '@beamline/core';
import { createAosVm, type Applied, type AosModule, type AosVm, type Computed, type VmPool } from '@beamline/vm';
import { aosMessage, environmentOf } from './aos-request.ts';
import { computedOf } from './aos-results.ts';

/** One aos process behind the calls by which the node runs a Lua program: assignments in, results out. */
export interface AosMachine {
  computeAll(requests: readonly AoMap[]): Promise<Computed[]>;
  /** No message stops it: one that fails leaves the state as it was. */
  apply(requests: readonly AoMap[], after?: Promise<Applied>): Promise<Applied>;
  /** Computes a message that aos sees as read-only, and undoes it. */
  peek(request: AoMap): Promise<Computed>;
  image(): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export interface AosMachineOptions {
  id: ProcessId;
  /** The process message. */
  body: AoMap;
  /** The module's id and message. */
  moduleId: Id;
  module: AoMap;
  aos: AosModule;
  memoryLimitBytes: number;
  image?: Uint8Array;
}

/** In a thread of the pool. @throws Fault `vm/bad-option`, `vm/bad-image` */
export async function openAosMachine(pool: VmPool, { id, body, moduleId, module, ...options }: AosMachineOptions): Promise<AosMachine> {
  return machineOver(await pool.openAos({ ...options, environment: environmentOf(id, body, moduleId, module) }), moduleId);
}

/** In a thread of its own. */
export async function openAosCopy({ id, body, moduleId, module, timeLimitMs, ...options }: AosMachineOptions & { timeLimitMs: number }): Promise<AosMachine> {
  return machineOver(await createAosVm({ ...options, timeLimitMs, environment: environmentOf(id, body, moduleId, module) }), moduleId);
}

function machineOver(vm: AosVm, moduleId: Id): AosMachine {
  return {
    computeAll: async (requests) => (await vm.handleAll(requests.map((request) => aosMessage(request, moduleId)))).map(computedOf),
    async apply(requests) {
      const handled = await vm.handleAll(requests.map((request) => aosMessage(request, moduleId)));
      return { applied: handled.length, ms: handled.reduce((sum, one) => sum + (one.ok ? one.ms : 0), 0) };
    },
    peek: async (request) => computedOf(await vm.peek(aosMessage(request, moduleId, true))),
    image: () => vm.image(),
    close: () => vm.close(),
  };
}
