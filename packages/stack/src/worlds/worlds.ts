import type { InstanceId } from '@beamline/deployer';
import type {
  DiffSummary, EntityView, Follow, ImportOptions, ImportPlan, ProcessUpgraded, RestorePreview, Selection, WorldChange,
} from '@beamline/persistence';

/** Moments are written as `parseMoment` reads them: `now`, `@1204`, a snapshot, a time. */
export interface DiffRequest {
  from: string;
  to: string;
  tables?: readonly string[];
  entity?: number;
}

export interface WorldDiff {
  /** One row of the world at a time; may be read once. */
  changes: AsyncIterable<WorldChange>;
  /** By table; complete when `changes` was read to its end. */
  summary: DiffSummary;
}

/** A world at a moment, in numbers. */
export interface WorldReport {
  instance: InstanceId;
  process: string;
  slot: number;
  /** SHA-256 Merkle root, hex. */
  root: string;
  layout: string;
  entities: number;
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
  /** The snapshot it is or was computed from, and slots computed on top of it. */
  ref?: string;
  replayed: number;
  /** Of an entity that was asked for; absent when it is not alive then. */
  entity?: EntityView;
}

export interface ExportRequest {
  selection: Selection;
  follow?: Follow;
  /** @default 'now' */
  at?: string;
}

export interface ExportedEntities {
  bytes: Uint8Array;
  id: string;
  slot: number;
  entities: number;
  /** Alive there, referred to, left out. */
  outside: number;
  rows: Readonly<Record<string, number>>;
}

export interface RestoreRequest {
  selection: Selection;
  follow?: Follow;
  /** The moment they come back from. */
  at: string;
}

/** What was done, or, with `edited` absent, what would be. */
export interface EditOutcome<Plan> {
  plan: Plan;
  edited?: ProcessUpgraded;
  /** The world as it was before, to go back to. */
  before?: string;
}

/** What is in an environment's worlds, now and then. Reading disturbs nobody; changes take the environment's lock. */
export interface Worlds {
  /** Everything the instance was at a moment. */
  report(instance: InstanceId, at: string, entity?: number, signal?: AbortSignal): Promise<WorldReport>;
  /** Across a layout change, the older world is migrated first. */
  diff(instance: InstanceId, request: DiffRequest, signal?: AbortSignal): Promise<WorldDiff>;
  export(instance: InstanceId, request: ExportRequest, signal?: AbortSignal): Promise<ExportedEntities>;
  /** Puts a file's entities into the running world, at one message boundary. `preview`: only looks. */
  import(instance: InstanceId, file: Uint8Array, options?: ImportOptions & { preview?: boolean }, signal?: AbortSignal): Promise<EditOutcome<ImportPlan>>;
  /** Puts entities of the running world back as they were. `preview`: only looks. */
  restore(instance: InstanceId, request: RestoreRequest & { preview?: boolean }, signal?: AbortSignal): Promise<EditOutcome<RestorePreview>>;
}
