import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessId, Slot } from '@beamline/core';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot-file.ts';

/** Snapshots of processes: `<dir>/<process>/<slot>.image`. They save time, nothing depends on them. */
export interface SnapshotStore {
  /** Durable when it resolves; older ones but one are deleted then. */
  save(snapshot: Snapshot): Promise<void>;
  /** The newest at or before a slot that is intact and passes the test; damaged ones are passed over. */
  newest(process: ProcessId, upTo: Slot, accept: (snapshot: Snapshot) => boolean): Promise<Snapshot | undefined>;
}

/** A damaged newest one leaves another. */
const KEPT = 2;

export function createSnapshotStore(dir: string): SnapshotStore {
  /** Slots kept of processes saved since the start, newest first. */
  const kept = new Map<ProcessId, Slot[]>();
  const slotsOf = async (process: ProcessId): Promise<Slot[]> => {
    const names = await readdir(join(dir, process)).catch(() => []);
    return names.flatMap((name) => /^(\d+)\.image$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => b - a);
  };

  return {
    async save(snapshot) {
      const folder = join(dir, snapshot.process);
      let slots = kept.get(snapshot.process);
      if (slots === undefined) {
        await mkdir(folder, { recursive: true });
        kept.set(snapshot.process, (slots = await slotsOf(snapshot.process)));
      }
      const path = join(folder, `${snapshot.slot}.image`);
      const file = await open(`${path}.part`, 'w', 0o600);
      try {
        await file.writev(encodeSnapshot(snapshot));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      await syncFolder(folder);
      if (!slots.includes(snapshot.slot)) slots.unshift(snapshot.slot);
      for (const slot of slots.sort((a, b) => b - a).splice(KEPT)) await rm(join(folder, `${slot}.image`), { force: true });
    },

    async newest(process, upTo, accept) {
      for (const slot of await slotsOf(process)) {
        if (slot > upTo) continue;
        const snapshot = await readFile(join(dir, process, `${slot}.image`)).then(decodeSnapshot).catch(() => undefined);
        if (snapshot !== undefined && snapshot.slot === slot && snapshot.process === process && accept(snapshot)) return snapshot;
      }
      return undefined;
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
