import type { MemoryImage } from '../memory-image.ts';
import type { Program } from '../program.ts';
import type { Entry, Failure } from '../worker-protocol.ts';
import { openAosInstance, type AosInstance } from './aos-instance.ts';
import type { AosModule } from './aos-module.ts';

/** One process of an aos module. */
export interface AosProgramOptions {
  aos: AosModule;
  /** JSON that every message is handled with: the process and its module. */
  environment: Entry;
  memoryLimitBytes: number;
}

/** What a module gives for a message, before it is known to have gone well. */
interface Handled {
  ok: boolean;
  response?: unknown;
}

/**
 * An aos process as the pool runs programs. An answer that names an error undoes the message, as legacynet's compute
 * unit keeps the memory from before it; a reply is the JSON of what was answered.
 */
export function openAosProgram({ aos, environment, memoryLimitBytes }: AosProgramOptions, image?: MemoryImage, log: readonly Entry[] = []): Program {
  const instance = openAosInstance(aos, memoryLimitBytes, image);
  for (const entry of log) instance.handle(entry, environment);
  return {
    apply: (entry) => applyMessage(instance, entry, environment),
    memory: () => instance.memory(),
    addresses: () => ({ L: 0, scratch: 0, scratchSize: 0 }),
    // What Lua holds inside is known to the module alone.
    bytesInUse: () => instance.memory().length,
  };
}

function applyMessage(instance: AosInstance, entry: Entry, environment: Entry): { reply: Entry } | { failure: Failure } {
  const failed = (reason: Failure['reason'], message: string): { failure: Failure } =>
    (instance.memoryDenied() && /not enough memory|aborted/.test(message)
      ? { failure: { reason: 'memory', status: 500, message: 'the memory limit is reached' } }
      : { failure: { reason, status: reason === 'error' ? 400 : 500, message } });
  let reply: Entry;
  let handled: Handled;
  try {
    reply = instance.handle(entry, environment);
    handled = JSON.parse(Buffer.from(reply).toString('utf8')) as Handled;
  } catch (error) {
    return failed('crash', error instanceof Error ? error.message : String(error));
  }
  if (!handled.ok) return failed('error', textOf(handled.response));
  const { Error: error } = (handled.response ?? {}) as { Error?: unknown };
  return error === undefined || error === '' || error === false ? { reply } : failed('error', textOf(error));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? 'the module gave no reason');
}
