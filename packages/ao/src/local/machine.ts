import { hash } from 'node:crypto';
import type { AoMap, AoValue, ProcessId, Slot } from '@beamline/core';
import type { PooledVm, VmPool } from '@beamline/vm';
import { refusal } from './answer-fault.ts';
import type { LocalLimits } from './limits.ts';
import type { ComputedSlot } from './recent.ts';
import type { Schedule } from './schedule.ts';
import type { SnapshotStore } from './snapshot/snapshot-store.ts';

/** A process's VM, and the slot after which it stands; none when it has run nothing. */
export interface Machine {
  vm: Pick<PooledVm, 'computeAll' | 'close'>;
  at?: ComputedSlot;
  /** Keeps the state as it is after a slot for the next start. Says how many bytes that took. */
  save?(after: ComputedSlot): Promise<number>;
}

export interface MachineOptions {
  id: ProcessId;
  /** The process message. */
  body: AoMap;
  /** The state before slot 0. */
  base: AoMap;
  schedule: Schedule;
  /** The `data` of a message on this node; `undefined` when there is no such message. */
  source(id: string): Promise<AoValue | undefined>;
  limits: Required<LocalLimits>;
  pool: VmPool;
  snapshots: SnapshotStore;
  /** Resolves once everything scheduled so far is on disk. */
  settled(): Promise<void>;
}

/** Starts VMs of one process, each from the newest snapshot at or before a slot; from slot 0 when there is none. */
export function createMachines({ id, body, base, schedule, source, limits, pool, snapshots, settled }: MachineOptions) {
  return async (upTo: Slot): Promise<Machine> => {
    const code = await codeOf(id, body, source);
    const bundle = hash('sha256', code, 'hex');
    const options = { code, chunkName: String(body['module']), base, memoryLimitBytes: limits.memoryBytes };
    const found = await snapshots.newest(id, Math.min(upTo, schedule.last()), (snapshot) =>
      snapshot.bundle === bundle && snapshot.hashChain === schedule.entry(snapshot.slot)?.hashChain);

    const resumed = found && (await pool.open({ ...options, image: found.image }).catch(() => undefined));
    const vm = resumed ?? (await pool.open(options));
    return {
      vm,
      ...(found && resumed ? { at: { slot: found.slot, results: found.results, state: found.state } } : {}),
      async save({ slot, results, state }) {
        const image = await vm.image();
        await settled();
        const hashChain = schedule.entry(slot)?.hashChain ?? '';
        await snapshots.save({ version: 1, process: id, slot, hashChain, bundle, state, ...(results ? { results } : {}), image });
        return image.byteLength;
      },
    };
  };
}

async function codeOf(id: ProcessId, body: AoMap, source: MachineOptions['source']): Promise<string> {
  const sources: string[] = [];
  for (const module of modulesOf(body)) {
    const code = await source(module);
    if (typeof code !== 'string') throw refusal(500, 'ao/unknown-module', `${id} runs module ${module}, which is not on this node`);
    sources.push(code);
  }
  return inOneChunk(sources);
}

/** A list of modules comes as `"<id>", "<id>"` with its type in the tag `ao-types`. */
function modulesOf(body: AoMap): string[] {
  const module = String(body['module'] ?? '');
  if (!/(^|[\s,])module="list"/.test(String(body['ao-types'] ?? ''))) return [module];
  return [...module.matchAll(/"([^"]+)"/g)].map(([, id = '']) => id);
}

/** Several modules share the globals, not the locals, of one VM. */
function inOneChunk(sources: string[]): string {
  return sources.length === 1 ? (sources[0] as string) : sources.map((source) => `(function(...)\n${source}\nend)()`).join(';\n');
}
