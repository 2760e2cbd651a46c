import { createCallQueue } from '../call-queue.ts';
import { encodeImage } from '../pool/image-bytes.ts';
import type { PooledHost } from '../pool/pooled-host.ts';
import type { Failed } from '../vm.ts';
import type { RunResult } from '../worker-host.ts';
import type { VmMemory } from '../worker-protocol.ts';
import { decodeAosResult, encodeAos, type AosEnvironment, type AosMessage, type AosResult } from './aos-message.ts';
import type { AosModule } from './aos-module.ts';

export interface AosVmOptions {
  aos: AosModule;
  environment: AosEnvironment;
  /** Of the whole WebAssembly memory; aos' own begins with 68 MB, of which it touches two. @default 512 MiB */
  memoryLimitBytes?: number;
  /** What `AosVm.image` gave for the same module and environment: continues there instead of starting. */
  image?: Uint8Array;
}

/** A message that failed (`error` with what aos says about it, or a limit) changed nothing. */
export type AosHandled = { ok: true; result: AosResult; /** Inside the worker. */ ms: number } | Failed;

/** One aos process in a thread that may be shared. Calls queue: they run in the order in which they were made. */
export interface AosVm {
  handle(message: AosMessage): Promise<AosHandled>;
  /** Like `handle` for each, with one hop to the worker; goes on after failures, as a compute unit does. */
  handleAll(messages: readonly AosMessage[]): Promise<AosHandled[]>;
  /** Like `handle`, and undoes it: a dry run. */
  peek(message: AosMessage): Promise<AosHandled>;
  /** The process as it is after the calls made so far, about 2 MB. Carries its own checksum. */
  image(): Promise<Uint8Array<ArrayBuffer>>;
  memory(): Promise<VmMemory>;
  /** Idempotent. Calls still queued fail with `vm/closed`. */
  close(): Promise<void>;
}

const BATCH = 256;

/** Calls queue in front of a host, which takes one job at a time. `name` is what its images are tied to. */
export function aosVmOver(host: PooledHost, name: Uint8Array): AosVm {
  const { queued, close } = createCallQueue();

  const handleAll = async (messages: readonly AosMessage[]): Promise<AosHandled[]> => {
    const entries = messages.map(encodeAos);
    return queued(async () => {
      const done: AosHandled[] = [];
      while (done.length < entries.length) done.push(...handled(await host.run(entries.slice(done.length, done.length + BATCH))));
      return done;
    });
  };

  return {
    handleAll,
    handle: async (message) => (await handleAll([message]))[0]!,
    async peek(message) {
      const entry = encodeAos(message);
      return handled(await queued(() => host.peek(entry)))[0]!;
    },
    image: () => queued(async () => encodeImage(await host.image(), name)),
    memory: () => queued(() => host.memory()),
    async close() {
      close();
      await host.close();
    },
  };
}

function handled({ replies, times, failure }: RunResult): AosHandled[] {
  const list: AosHandled[] = replies.map((reply, i) => ({ ok: true, result: decodeAosResult(reply), ms: times[i]! }));
  if (failure !== undefined) list.push({ ok: false, ...failure });
  return list;
}
