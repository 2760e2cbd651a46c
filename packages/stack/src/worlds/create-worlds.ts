import { Fault, type Clock } from '@beamline/core';
import type { EnvironmentState } from '@beamline/deployer';
import { canonicalJson, textDigest } from '@beamline/ecs';
import {
  decodeEntityFile, diffWorlds, editProcess, entityView, exportEntities, formatRef, imageRoot, importEntities, migrateImage, planImport, readManifest, restoreEntities, sidesOf, tableNamed,
  type ImportPlan, type ImportTarget, type ProcessUpgraded, type RestorePreview, type SnapshotRef, type SnapshotStore, type TableSummary, type WorldImage,
} from '@beamline/persistence';
import type { Timeline } from '../timeline/timeline.ts';
import { parseMoment } from './moment.ts';
import { createWorldSource, type WorldSource, type WorldSourceOptions } from './world-source.ts';
import type { Worlds } from './worlds.ts';

export interface CreateWorldsOptions {
  /** Connects when first needed. */
  parts: () => Promise<Required<Omit<WorldSourceOptions, 'state' | 'clock'>>>;
  state: () => Promise<EnvironmentState>;
  /** Under the environment's lock. */
  alone: <T>(purpose: string, work: (state: EnvironmentState) => Promise<T>) => Promise<T>;
  /** Stores the state of an instance; resolves to the snapshot's name. */
  snapshot: (instance: string, signal?: AbortSignal) => Promise<string>;
  events: Timeline;
  clock: Clock;
  game: string;
}

export function createWorlds({ parts, state, alone, snapshot, events, clock, game }: CreateWorldsOptions): Worlds {
  const source = async (current?: EnvironmentState): Promise<WorldSource> => createWorldSource({ ...await parts(), clock, state: current ?? await state() });
  const moment = (text: string) => parseMoment(text, clock.now());

  /**
   * Changes the running world of an instance. It is stored before, so that the edit can be taken back, and after, so that
   * it need not be computed again when the process is lost.
   */
  async function edit(
    worlds: WorldSource, instance: string, name: string, change: (image: WorldImage) => WorldImage, signal?: AbortSignal,
  ): Promise<{ edited: ProcessUpgraded; before: string }> {
    const { operator, releases } = await parts();
    const { process, release, role } = worlds.record(instance);
    const before = await snapshot(instance, signal);
    const edited = await editProcess({ operator, clock, process, code: await releases.lua(release, role), name, edit: change }, signal);
    const text = edited.changed ? `${instance}: ${name} at slot ${edited.fence}, writes waited ${Math.round(edited.pauseMs)} ms` : `${instance}: ${name} was done before`;
    events.publish({ kind: 'note', level: 'info', text });
    if (edited.changed) await snapshot(instance, signal);
    return { edited, before };
  }

  return {
    async report(instance, at, entity, signal) {
      const { image, process, ref, replayed } = await (await source()).world(instance, moment(at), signal);
      const view = entity === undefined ? {} : entityView(image, entity);
      return {
        instance, process, slot: image.slot, root: imageRoot(image), layout: image.layout, replayed,
        entities: (tableNamed(image, '$entities')?.data[1] as readonly number[] | undefined)?.reduce((sum, alive) => sum + alive, 0) ?? 0,
        rows: Object.fromEntries(image.tables.map(({ name, rows }) => [name, rows])),
        ...(ref === undefined ? {} : { ref: formatRef(ref) }),
        ...(Object.keys(view).length === 0 ? {} : { entity: view }),
      };
    },

    async diff(instance, { from, to, tables, entity }, signal) {
      const worlds = await source();
      const { store } = await parts();
      const { role } = worlds.record(instance);
      const sides = await Promise.all([from, to].map(async (text) => await worlds.stored(instance, moment(text)) ?? (await worlds.world(instance, moment(text), signal)).image));
      const [older, newer] = await Promise.all(sides.map((side) => layoutOf(store, side)));
      const migrate = older === newer ? {} : { migrate: await worlds.way(older!, newer!, role) };
      const summary: Record<string, TableSummary> = {};
      const [a, b] = await sidesOf({ store, from: sides[0]!, to: sides[1]!, ...migrate });
      return { summary, changes: diffWorlds(a, b, { summary, ...(tables === undefined ? {} : { tables }), ...(entity === undefined ? {} : { entity }) }) };
    },

    async export(instance, { selection, follow, at = 'now' }, signal) {
      const worlds = await source();
      const { image, process, role } = await worlds.world(instance, moment(at), signal);
      const layout = await worlds.layout(image.layout, role);
      const { bytes, file } = exportEntities({ image, layout, game, role, process, selection, ...(follow === undefined ? {} : { follow }) });
      return {
        bytes, id: file.id, slot: file.slot, entities: file.entities.length, outside: file.outside.length,
        rows: Object.fromEntries(file.tables.map(({ name, rows }) => [name, rows])),
      };
    },

    async import(instance, bytes, { preview = false, ...options } = {}, signal) {
      const file = decodeEntityFile(bytes);
      const targetOf = async (worlds: WorldSource): Promise<Omit<ImportTarget, 'image'>> => {
        const { role, layout } = worlds.record(instance);
        return { layout, game, role, migrations: await worlds.migrations(role) };
      };
      if (preview) {
        const worlds = await source();
        const { image } = await worlds.world(instance, { kind: 'now' }, signal);
        return { plan: planImport({ ...await targetOf(worlds), image }, file, options) };
      }
      return alone(`import into ${instance}`, async (current) => {
        const worlds = await source(current);
        const target = await targetOf(worlds);
        let plan: ImportPlan | undefined;
        const done = await edit(worlds, instance, `import/${file.id}`, (image) => {
          const { image: after, plan: made } = importEntities({ ...target, image }, file, options);
          plan = made;
          return after;
        }, signal);
        return { plan: plan!, ...done };
      });
    },

    async restore(instance, { preview = false, at, selection, follow }, signal) {
      const prepare = async (worlds: WorldSource) => {
        const { layout, layoutHash, role } = worlds.record(instance);
        const found = await worlds.world(instance, moment(at), signal);
        if (found.role !== role) throw new Fault('stack/other-role', `that world is of role ${found.role}, ${instance} has role ${role}`);
        const { migrations } = await worlds.way(found.image.layout, layoutHash, role);
        const then = migrateImage(found.image, migrations, layout);
        return (now: WorldImage) => restoreEntities({ now, then, selection, ...(follow === undefined ? {} : { follow }) });
      };
      if (preview) {
        const worlds = await source();
        const restore = await prepare(worlds);
        return { plan: restore((await worlds.world(instance, { kind: 'now' }, signal)).image).preview };
      }
      return alone(`restore in ${instance}`, async (current) => {
        const worlds = await source(current);
        const restore = await prepare(worlds);
        let plan: RestorePreview | undefined;
        const done = await edit(worlds, instance, `restore/${textDigest(canonicalJson({ at, selection }))}`, (image) => {
          const { image: after, preview: made } = restore(image);
          plan = made;
          return after;
        }, signal);
        return { plan: plan!, ...done };
      });
    },
  };
}

async function layoutOf(store: SnapshotStore, side: SnapshotRef | WorldImage): Promise<string> {
  return 'tables' in side ? side.layout : (await readManifest(store, side)).layout;
}
