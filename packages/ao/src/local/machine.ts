import { hash } from 'node:crypto';
import type { AoMap, ProcessId, Slot } from '@beamline/core';
import type { PooledVm, VmPool } from '@beamline/vm';
import { refusal } from './answer-fault.ts';
import { openAosMachine } from './aos/aos-machine.ts';
import { aosModuleOf, isWasmModule } from './aos/aos-modules.ts';
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
  /** A message on this node; `undefined` when there is no such message. */
  message(id: string): Promise<AoMap | undefined>;
  limits: Required<LocalLimits>;
  pool: VmPool;
  snapshots: SnapshotStore;
  /** Resolves once everything scheduled so far is on disk. */
  settled(): Promise<void>;
}

/** Starts VMs of one process, each from the newest snapshot at or before a slot; from slot 0 when there is none. */
export function createMachines({ id, body, base, schedule, message, limits, pool, snapshots, settled }: MachineOptions) {
  return async (upTo: Slot): Promise<Machine> => {
    const { bundle, start } = await programOf({ id, body, base, message, limits, pool });
    const found = await snapshots.newest(id, Math.min(upTo, schedule.last()), (snapshot) =>
      snapshot.bundle === bundle && snapshot.hashChain === schedule.entry(snapshot.slot)?.hashChain);

    const resumed = found && (await start(found.image).catch(() => undefined));
    const vm = resumed ?? (await start());
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

type Running = Pick<PooledVm, 'computeAll' | 'close' | 'image'>;
type ProgramParts = Pick<MachineOptions, 'id' | 'body' | 'base' | 'message' | 'limits' | 'pool'>;

/** What a process runs, the hash of that code, and how to start it: anew, or from an image. */
async function programOf({ id, body, base, message, limits, pool }: ProgramParts): Promise<{ bundle: string; start(image?: Uint8Array): Promise<Running> }> {
  const memoryLimitBytes = limits.memoryBytes;
  const moduleId = String(body['module']);
  const module = await message(moduleId);
  if (isWasmModule(module)) {
    const aos = aosModuleOf(moduleId, module);
    return {
      bundle: aos.sha256,
      start: (image) => openAosMachine(pool, { id, body, moduleId, module, aos, memoryLimitBytes, ...(image ? { image } : {}) }),
    };
  }
  const code = await codeOf(id, body, message);
  return {
    bundle: hash('sha256', code, 'hex'),
    start: (image) => pool.open({ code, chunkName: moduleId, base, memoryLimitBytes, ...(image ? { image } : {}) }),
  };
}

async function codeOf(id: ProcessId, body: AoMap, message: MachineOptions['message']): Promise<string> {
  const sources: string[] = [];
  for (const module of modulesOf(body)) {
    const code = (await message(module))?.['data'];
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
