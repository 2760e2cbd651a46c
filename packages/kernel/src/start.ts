import { readInteger } from './integer.ts';
import { count, emptyWorld, type Kernel } from './kernel.ts';
import { openOutbox } from './outbox.ts';
import { tag } from './message.ts';
import { transact } from './transact.ts';
import { byteAt } from '#target';

/** The process message: who spawned this process, and as what. */
export interface Genesis {
  readonly id: string;
  readonly owner: string;
  readonly authorities: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Slot 0: names the process and makes its world. */
export function start(kernel: Kernel, genesis: Genesis): void {
  kernel.started = true;
  kernel.id = genesis.id;
  kernel.owner = genesis.owner;
  kernel.authorities = genesis.authorities;
  kernel.environment = tag(genesis, 'beamline-environment');
  kernel.release = tag(genesis, 'beamline-release');
  kernel.shard = tag(genesis, 'beamline-shard');
  const seed = readInteger(tag(genesis, 'beamline-seed'));
  kernel.seed = seed ?? seedOf(genesis.id);
  const { world, tables } = emptyWorld(kernel, kernel.role);
  kernel.world = world;
  kernel.tables = tables;
  if (tag(genesis, 'beamline-phase') !== 'standby') {
    kernel.phase = 'active';
    fill(kernel);
  }
}

/** Lets the game fill a new world. A failing `init` leaves it empty and says so in health. */
export function fill(kernel: Kernel): void {
  const { role, world } = kernel;
  const { init } = role;
  kernel.filled = true;
  if (init === undefined) return;
  openOutbox(kernel.tables);
  const error = transact(kernel, () => {
    init(world);
    return true;
  });
  if (error !== undefined) {
    count(kernel, 'errors', 1);
    kernel.lastError = `init: ${error}`;
  }
}

// Any fixed number would do; this one differs from process to process.
function seedOf(id: string): number {
  let seed = 7;
  const size = id.length;
  // beamline-disable-next-line remainder: seed starts at 7 and no byte is negative.
  for (let at = 0; at < size; at++) seed = (seed * 131 + byteAt(id, at)) % 2147483647;
  return seed;
}
