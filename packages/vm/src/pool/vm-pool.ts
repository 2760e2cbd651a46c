import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { encodeAos } from '../aos/aos-message.ts';
import { aosVmOver, type AosVm, type AosVmOptions } from '../aos/aos-vm.ts';
import { badOption, loadLuaModule, programSource, vmOver, type Vm, type VmOptions } from '../vm.ts';
import { decodeImage, encodeImage } from './image-bytes.ts';
import { openPooledHost } from './pooled-host.ts';
import { startPoolThread, type PoolThread } from './pool-thread.ts';

export interface VmPoolOptions {
  /** Threads that are shared; more are started only while programs keep them busy for long. @default one for each core, at most 4 */
  threads?: number;
  /** Of each message. @default 5_000 */
  timeLimitMs?: number;
}

export interface PooledVmOptions extends Omit<VmOptions, 'timeLimitMs' | 'metered'> {
  /** What `PooledVm.image` gave for the same code, chunk name and base: continues there instead of loading. */
  image?: Uint8Array;
}

/** As `Vm`, in a thread shared with others. A program that loops delays its neighbours by a quarter of a second. */
export interface PooledVm extends Vm {
  /** The program as it is after the calls made so far: 250 KB and 3 ms for a small one. Carries its own checksum. */
  image(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Many programs in a few threads: each takes 1–2 MB and starts in a few milliseconds. */
export interface VmPool {
  /** @throws Fault as `createVm`, and `vm/bad-image` */
  open(options: PooledVmOptions): Promise<PooledVm>;
  /** A process of an aos module. @throws Fault `vm/bad-option`, `vm/bad-image` */
  openAos(options: AosVmOptions): Promise<AosVm>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

export function createVmPool({ threads = Math.min(4, availableParallelism()), timeLimitMs = 5_000 }: VmPoolOptions = {}): VmPool {
  if (!(timeLimitMs > 0)) throw badOption(`timeLimitMs must be above 0, not ${timeLimitMs}`);
  if (!(threads >= 1)) throw badOption(`threads must be at least 1, not ${threads}`);
  const running = new Map<PoolThread, number>();
  let programs = 0;

  const place = () => {
    const usable = [...running.keys()].filter((thread) => thread.alive() && !thread.stalled());
    for (const thread of running.keys()) if (!thread.alive()) running.delete(thread);
    let [thread] = usable.sort((a, b) => (running.get(a) ?? 0) - (running.get(b) ?? 0));
    if (usable.length < threads && (thread === undefined || (running.get(thread) ?? 0) > 0)) {
      thread = startPoolThread({ module: loadLuaModule() }, timeLimitMs);
      running.set(thread, 0);
    }
    const chosen = thread as PoolThread;
    running.set(chosen, (running.get(chosen) ?? 0) + 1);
    return { thread: chosen, program: ++programs };
  };
  const onLeave = (thread: PoolThread) => {
    const left = (running.get(thread) ?? 1) - 1;
    if (!running.has(thread)) return;
    running.set(thread, left);
    // One that was started beside a stalled one is not needed for good.
    if (left === 0 && running.size > threads) {
      running.delete(thread);
      void thread.close();
    }
  };

  return {
    async open({ code, chunkName = 'module.lua', profile = 'lua@5.3a', memoryLimitBytes = 256 * MIB, base = {}, image }) {
      checkMemoryLimit(memoryLimitBytes);
      const source = programSource(code, chunkName, base);
      const from = image === undefined ? source : { image: decodeImage(image), log: [] };
      const host = await openPooledHost({ place, onLeave, engine: { profile }, memoryLimitBytes, from });
      const vm = vmOver(host);
      const { queued, ...shown } = vm;
      return { ...shown, image: () => queued(async () => encodeImage(await host.image())) };
    },
    async openAos({ aos, environment, memoryLimitBytes = 512 * MIB, image }) {
      checkMemoryLimit(memoryLimitBytes, aos.memoryBytes);
      const encoded = encodeAos(environment);
      const name = createHash('sha256').update(aos.sha256).update(encoded).digest();
      const from = image === undefined ? 'start' : { image: decodeImage(image, name), log: [] };
      return aosVmOver(await openPooledHost({ place, onLeave, engine: { aos, environment: encoded }, memoryLimitBytes, from }), name);
    },
    async close() {
      const all = [...running.keys()];
      running.clear();
      await Promise.all(all.map((thread) => thread.close()));
    },
  };
}

function checkMemoryLimit(bytes: number, least = 16 * MIB): void {
  if (bytes >= least && bytes <= 2048 * MIB) return;
  throw badOption(`memoryLimitBytes must lie between ${Math.ceil(least / MIB)} MiB and 2 GiB, not at ${bytes}`);
}
