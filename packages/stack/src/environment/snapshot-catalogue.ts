import type { ProcessId } from '@beamline/core';
import type { EnvironmentState } from '@beamline/deployer';
import { formatRef, readManifest, type SnapshotRef, type SnapshotStore } from '@beamline/persistence';
import type { SnapshotStatus } from '../status.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** More than a person looks through. */
const LISTED = 50;

type Described = Pick<SnapshotStatus, 'root' | 'pages'>;

export interface SnapshotCatalogue {
  /** Newest first: what is in the store, with what the timeline remembers about each. */
  list(state: EnvironmentState): Promise<readonly SnapshotStatus[]>;
}

/** A manifest never changes, so each is read once; a store that grew costs one listing a call. */
export function createSnapshotCatalogue(store: SnapshotStore, events: Timeline): SnapshotCatalogue {
  const known = new Map<string, Described>();

  /** A damaged one is no snapshot anybody could use; `restore` says why when asked for it. */
  async function describe(ref: SnapshotRef): Promise<Described | undefined> {
    const text = formatRef(ref);
    const before = known.get(text);
    if (before !== undefined) return before;
    const manifest = await readManifest(store, ref).catch(() => undefined);
    if (manifest === undefined) return undefined;
    const described = { root: manifest.root, pages: manifest.tables.reduce((sum, { pages }) => sum + pages.length, 0) };
    known.set(text, described);
    return described;
  }

  return {
    async list(state) {
      const instanceOf = instancesByProcess(state);
      const taken = new Map(events.list({ limit: Infinity }).flatMap((event) => (event.kind === 'snapshot' ? [[event.ref, event]] : [])));
      const found: SnapshotStatus[] = [];
      for await (const ref of store.list()) {
        const described = await describe(ref);
        if (described === undefined) continue;
        const told = taken.get(formatRef(ref));
        found.push({
          instance: instanceOf.get(ref.process) ?? told?.instance ?? 'unknown', process: ref.process, slot: ref.slot, ref: formatRef(ref), ...described,
          at: told?.at ?? 0, bytesAdded: told?.bytes ?? 0, pagesReused: told?.pagesReused ?? 0,
        });
      }
      return found.sort((a, b) => b.at - a.at || b.slot - a.slot).slice(0, LISTED);
    },
  };
}

/** Also of processes that served before. */
export function instancesByProcess({ instances, history }: EnvironmentState): ReadonlyMap<ProcessId, string> {
  const found = new Map<ProcessId, string>();
  for (const report of history) {
    for (const [instance, { blue, green }] of Object.entries({ ...report.instances, ...report.reverse })) {
      if (blue !== undefined) found.set(blue, instance);
      found.set(green, instance);
    }
  }
  for (const [instance, { process }] of Object.entries(instances)) found.set(process, instance);
  return found;
}
