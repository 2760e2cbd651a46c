import { createWorld, setNow, type World } from '@beamline/ecs';
import { createHeld, type Held } from './held.ts';
import { createOperationLog, type OperationLog } from './operation-log.ts';
import type { Phase } from './phase.ts';
import type { Role } from './role.ts';
import type { Upgrade } from './take-over.ts';
import { attachKernelTables, type KernelTables } from './tables.ts';

/** What the bundler knows and the role does not. */
export interface Build {
  /** Hash of the layout: a restore must name the same one. */
  layout: string;
  /** SHA-256 of the bundle; shown in health. */
  bundle?: string;
  /** JavaScript hosts: hears of each system before and after it ran, to time it. */
  onSystem?: (name: string, edge: 'start' | 'end') => void;
}

/** What has happened since this process began. Not part of the world: replicas and successors start anew. */
export interface Counters {
  /** Messages that used up their number or id here, whatever the game said. */
  applied: number;
  ok: number;
  duplicates: number;
  refused: number;
  errors: number;
  forwarded: number;
  sent: number;
  operations: number;
}

export function count(kernel: Kernel, what: keyof Counters, by: number): void {
  const { counters } = kernel;
  counters[what] = counters[what] + by;
}

/** A world being restored, beside the one that runs. @short */
export interface Staged {
  readonly world: World;
  readonly tables: KernelTables;
}

/** One process from the inside. @short */
export interface Kernel {
  role: Role;
  build: Build;
  world: World;
  tables: KernelTables;
  started: boolean;
  /** This process's id. */
  id: string;
  owner: string;
  /** Nodes whose word on `from-process` counts. */
  authorities: readonly string[];
  environment: string;
  release: string;
  shard: string;
  seed: number;
  phase: Phase;
  /** Whether the world was filled, by `init` or by a restore. */
  filled: boolean;
  /** Slot after which nothing was applied; -1 when not frozen. */
  fence: number;
  successor: string;
  /** Predecessors whose forwards are taken at their word. */
  accepts: Record<string, boolean>;
  readonly held: Held;
  readonly operations: OperationLog;
  staged: Staged | undefined;
  upgrade: Upgrade | undefined;
  /** Digest of the code that runs, once it was upgraded; '' for the code that the process was spawned with. */
  code: string;
  slot: number;
  timestamp: number;
  /** Page texts that this slot's answer carries. */
  chunks: string[];
  digest: string;
  digestSlot: number;
  lastError: string;
  readonly counters: Counters;
}

export function createKernel(role: Role, build: Build): Kernel {
  const world = createWorld(role.components);
  return {
    role, build, world, tables: attachKernelTables(world, ''), started: false,
    id: '', owner: '', authorities: [], environment: '', release: '', shard: '', seed: 0,
    phase: 'standby', filled: false, fence: -1, successor: '', accepts: {},
    held: createHeld(), operations: createOperationLog(), staged: undefined, upgrade: undefined, code: '',
    slot: -1, timestamp: 0, chunks: [], digest: '', digestSlot: -1, lastError: '',
    counters: { applied: 0, ok: 0, duplicates: 0, refused: 0, errors: 0, forwarded: 0, sent: 0, operations: 0 },
  };
}

/** An empty world of a role, as at slot 0. */
export function emptyWorld({ seed, id, slot, timestamp }: Kernel, role: Role): Staged {
  const world = createWorld(role.components, { seed });
  const tables = attachKernelTables(world, id);
  world.slot = slot;
  setNow(world, timestamp);
  return { world, tables };
}
