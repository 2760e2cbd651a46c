import { Fault, type ProcessId } from '@beamline/core';
import { formatRef } from '@beamline/persistence';
import type { BackupCreated, StoreFailure } from './backup.ts';
import type { BackupConfig } from './backup-config.ts';
import type { NewerCopied } from './copy-newer.ts';

/** What became of one store: its copies, and why it could not be used further. */
export interface StoreOutcome extends NewerCopied {
  name: string;
  failed?: StoreFailure;
}

export function neededStores(config: BackupConfig | undefined, stores: number): number {
  return config?.write === undefined || config.write === 'all' ? stores : config.write;
}

/** A protection that cannot back up must say so. */
export function backupIncomplete(environment: string, { failed, snapshots }: BackupCreated): Fault {
  const reasons = [...failed, ...snapshots.flatMap((snapshot) => snapshot.failed)].map(({ store, code, message }) => `${store}: ${code}: ${message}`);
  return new Fault('stack/backup-incomplete', `not every backup store of ${environment} has everything: ${[...new Set(reasons)].join('; ')}`, {
    hint: `Look at the stores; beamline backup create ${environment} brings what is missing.`,
    retryable: true,
  });
}

/** One report of all stores, in their order. */
export function backupCreated(outcomes: readonly StoreOutcome[], { needed, instanceOf }: { needed: number; instanceOf: ReadonlyMap<ProcessId, string> }): BackupCreated {
  const snapshots = new Map<string, { ref: string; instance: string; stores: string[]; failed: StoreFailure[] }>();
  const done = outcomes.filter(({ failed }) => failed === undefined);
  for (const { name, copies } of outcomes) {
    for (const { ref, failed } of copies) {
      const text = formatRef(ref);
      const entry = snapshots.get(text) ?? { ref: text, instance: instanceOf.get(ref.process) ?? 'unknown', stores: [], failed: [] };
      snapshots.set(text, entry);
      if (failed === undefined) entry.stores.push(name);
      else entry.failed.push(failed);
    }
  }
  return {
    snapshots: [...snapshots.values()],
    files: done.map(({ name }) => name),
    failed: outcomes.flatMap(({ failed }) => failed ?? []),
    bytes: outcomes.reduce((sum, { bytes }) => sum + bytes, 0),
    complete: done.length >= needed && [...snapshots.values()].every(({ stores }) => stores.length >= needed),
  };
}
