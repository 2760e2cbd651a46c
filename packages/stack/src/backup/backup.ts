import type { FaultCode, ProcessId } from '@beamline/core';
import type { Collected, NamedStore, RetentionReason, VerifyReport } from '@beamline/persistence';

/** What one `create` came to. */
export interface BackupCreated {
  /** Each snapshot brought to the stores: in which it is whole now, and what went wrong in the others. */
  snapshots: readonly { ref: string; instance: string; stores: readonly string[]; failed: readonly StoreFailure[] }[];
  /** Stores that hold the environment's state, journals and releases as of now. */
  files: readonly string[];
  failed: readonly StoreFailure[];
  /** Bytes added to all stores together. */
  bytes: number;
  /** Whether every snapshot, and the files, are in as many stores as the policy asks for. */
  complete: boolean;
}

export interface StoreFailure {
  store: string;
  code: FaultCode;
  message: string;
}

export interface BackedUp {
  ref: string;
  instance: string;
  process: ProcessId;
  slot: number;
  /** ms; 0: its manifest doesn't say. */
  takenAt: number;
  /** What its last restore drill said; absent when it was never drilled. */
  drill?: 'good' | 'bad';
  /** Which list it; `local` is the environment's own. */
  stores: readonly string[];
}

export interface BackupPruned {
  store: string;
  kept: number;
  dropped: readonly string[];
  /** Why each stays or goes. */
  why: Readonly<Record<string, RetentionReason>>;
  collected?: Collected;
}

export interface ArchiveWritten {
  path: string;
  sizeBytes: number;
  snapshots: number;
  encrypted: boolean;
}

/** Backups of one environment. `local` names its own snapshot store in reports. */
export interface Backup {
  /** The stores of the config, opened anew: what they read, they read from the medium. */
  openStores(): Promise<readonly NamedStore[]>;
  /**
   * Takes a snapshot of every instance (unless told not to) and brings to every store what is newer than the newest there,
   * then the environment's files. A store that fails does not keep the others from theirs. Safe to repeat.
   */
  create(options?: { snapshot?: boolean }, signal?: AbortSignal): Promise<BackupCreated>;
  /** Newest first. A store that does not answer is named in `failed`. */
  list(): Promise<{ snapshots: readonly BackedUp[]; failed: readonly StoreFailure[] }>;
  verify(options?: { full?: boolean; repair?: boolean }, signal?: AbortSignal): Promise<VerifyReport>;
  /** Deletes what the policy does not keep and collects; the newest of each process that a drill proved stays whatever the policy says. @param local also in the environment's own store */
  prune(options?: { dryRun?: boolean; local?: boolean }, signal?: AbortSignal): Promise<readonly BackupPruned[]>;
  /** Brings snapshots back into the environment's own store: those named, else the newest of each process. */
  fetch(options?: { refs?: readonly string[] }, signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes the environment into one file: the newest snapshot of each instance, or all, from wherever they are whole. */
  archive(path: string, options?: { all?: boolean }, signal?: AbortSignal): Promise<ArchiveWritten>;
  /** Unpacks an archive into a folder that does not exist; it serves as a state folder. Resolves to the number of files. */
  extract(path: string, folder: string, options?: { salvage?: boolean }, signal?: AbortSignal): Promise<number>;
  /** Brings all snapshots of an archive into the environment's own store, or none. Resolves to those it did not have. */
  import(path: string, signal?: AbortSignal): Promise<readonly string[]>;
}
