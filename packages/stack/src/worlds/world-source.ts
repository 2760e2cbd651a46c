import { Fault, type AoMap, type AoNetwork, type Assignment, type Clock, type ProcessId, type Slot } from '@beamline/core';
import type { EnvironmentState, InstanceId, InstanceRecord } from '@beamline/deployer';
import { layoutHash, type Layout } from '@beamline/ecs';
import type { Operator } from '@beamline/kernel/operator';
import { layoutVerdict, processImage, readImage, readManifest, worldAt, type Migration, type SnapshotRef, type SnapshotStore, type WorldImage } from '@beamline/persistence';
import { recordOf } from '../environment/restore-instance.ts';
import type { ReleaseShelf } from '../release-shelf.ts';
import type { Moment } from './moment.ts';
import { servedBefore } from './served-before.ts';

export interface WorldSourceOptions {
  network: AoNetwork;
  /** Without it a world as it is now is computed from its schedule, which takes no keys. */
  operator?: Operator;
  store: SnapshotStore;
  releases: ReleaseShelf;
  clock: Clock;
  state: EnvironmentState;
}

/** A world at a moment, and where it was found. */
export interface FoundWorld {
  image: WorldImage;
  process: ProcessId;
  role: string;
  /** The stored snapshot it is, or was computed from. */
  ref?: SnapshotRef;
  /** Slots computed again on top of it. */
  replayed: number;
}

/** Finds worlds of an environment's instances in time. */
export interface WorldSource {
  record(instance: InstanceId): InstanceRecord;
  /** @throws Fault `stack/unknown-instance`, `stack/before-time`, and those of `worldAt` and `readImage` */
  world(instance: InstanceId, moment: Moment, signal?: AbortSignal): Promise<FoundWorld>;
  /** The layout with this hash. @throws Fault `stack/unknown-layout` */
  layout(hash: string, role: string): Promise<Layout>;
  /** The stored snapshot of exactly this moment, if there is one. */
  stored(instance: InstanceId, moment: Moment): Promise<SnapshotRef | undefined>;
  /** The role's chain in the release that runs. */
  migrations(role: string): Promise<readonly Migration[]>;
  /** From one layout, by hash, to another. @throws Fault `stack/unknown-layout`, `stack/no-way` */
  way(from: string, to: string, role: string): Promise<{ migrations: readonly Migration[]; to: Layout }>;
}

export function createWorldSource({ network, operator, store, releases, clock, state }: WorldSourceOptions): WorldSource {
  /** What a process was spawned with, by its first message. */
  async function genesisOf(process: ProcessId, signal?: AbortSignal): Promise<Assignment> {
    for await (const assignment of network.schedule(process, { from: 0, to: 0 }, signal)) return assignment;
    throw new Fault('persistence/no-schedule', `process ${process} has no schedule on this network`);
  }

  async function codeOf(process: ProcessId, role: string, signal?: AbortSignal): Promise<string> {
    const release = String(((await genesisOf(process, signal)).req['body'] as AoMap)['beamline-release'] ?? '');
    return releases.lua(release, role);
  }

  async function at(process: ProcessId, role: string, slot: Slot, signal?: AbortSignal): Promise<FoundWorld> {
    const { image, ref, replayed } = await worldAt({ network, store, clock, process, slot, bundle: { code: await codeOf(process, role, signal) } }, signal);
    return { image, process, role, replayed, ...(ref === undefined ? {} : { ref }) };
  }

  /** Of the processes that served one after another, the one that did then, and its last slot up to then. */
  async function slotAt(instance: InstanceId, time: number, signal?: AbortSignal): Promise<{ process: ProcessId; slot: Slot }> {
    for (const process of servedBefore(state, instance)) {
      if ((await genesisOf(process, signal)).timestamp > time) continue;
      let slot = 0;
      for await (const assignment of network.schedule(process, {}, signal)) {
        if (assignment.timestamp > time) break;
        slot = assignment.slot;
      }
      return { process, slot };
    }
    throw new Fault('stack/before-time', `no process that is known to have served ${instance} is that old`, { hint: 'Name a later time, or a snapshot: beamline status lists them.' });
  }

  const source: WorldSource = {
    record: (instance) => recordOf(state, instance),

    async world(instance, moment, signal) {
      const { process, role } = recordOf(state, instance);
      switch (moment.kind) {
        case 'now':
          if (operator === undefined) return at(process, role, (await network.slots(process)).computed, signal);
          return { image: await processImage({ operator, process }, signal), process, role, replayed: 0 };
        case 'slot': return at(process, role, moment.slot, signal);
        case 'time': {
          const found = await slotAt(instance, moment.at, signal);
          return at(found.process, role, found.slot, signal);
        }
        case 'snapshot': {
          const manifest = await readManifest(store, moment.ref);
          return { image: await readImage(store, moment.ref), process: manifest.process, role: manifest.role, ref: moment.ref, replayed: 0 };
        }
      }
    },

    async layout(hash, role) {
      const ids = new Set([state.release, state.previousRelease, ...state.history.flatMap(({ from, to }) => [to, from])].filter((id) => id !== undefined));
      const running = Object.values(state.instances).map(({ layout }) => layout).find((layout) => layoutHash(layout) === hash);
      if (running !== undefined) return running;
      for (const id of ids) {
        const released = (await releases.read(id).catch(() => undefined))?.roles[role];
        if (released?.layoutHash === hash) return released.layout;
      }
      throw new Fault('stack/unknown-layout', `no release here has the layout ${hash} for role ${role}`, { hint: 'Copy the release that ran then into the releases folder.' });
    },

    async stored(instance, moment) {
      if (moment.kind === 'snapshot') return moment.ref;
      if (moment.kind !== 'slot') return undefined;
      for await (const ref of store.list(recordOf(state, instance).process)) if (ref.slot === moment.slot) return ref;
      return undefined;
    },

    async migrations(role) {
      if (state.release === undefined) return [];
      return ((await releases.read(state.release)).migrations as readonly object[] as readonly Migration[]).filter(({ from }) => from.role === role);
    },

    async way(from, to, role) {
      const [before, after] = [await source.layout(from, role), await source.layout(to, role)];
      const { verdict, migrations, reasons } = layoutVerdict(before, after, await source.migrations(role), { role });
      if (verdict !== 'FORBIDDEN') return { migrations, to: after };
      throw new Fault('stack/no-way', `no migration leads from one layout to the other: ${reasons.join('; ')}`, { hint: 'Name the older world first.' });
    },
  };
  return source;
}
