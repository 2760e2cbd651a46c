import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launchLocalNetwork, networkStatus, stopNetwork } from '@beamline/ao/local';
import { Fault, type AoNetwork, type Clock } from '@beamline/core';
import { formatRef, writeImage, type SnapshotStore } from '@beamline/persistence';
import type { Environment } from '../environment/environment.ts';
import type { ReleaseShelf } from '../release-shelf.ts';
import { createWorldSource } from '../worlds/world-source.ts';
import { listPreviews, previewFolder, readPreview, writePreview } from './preview-file.ts';
import type { Preview, PreviewOptions, PreviewReport, Previews } from './previews.ts';

export interface PreviewsContext {
  /** `<state>/previews` */
  root: string;
  releases: ReleaseShelf;
  clock: Clock;
  /** The environment whose worlds are copied: what it runs, how its schedules are read, what snapshots there are. */
  source(name: string): { environment: Environment; network(): Promise<AoNetwork>; store: SnapshotStore };
  /** The preview as an environment. `bare`: without the game's checks, smoke tests and conditions. */
  open(name: string, bare: boolean): Environment;
  isConfigured(name: string): boolean;
  /** Closes the preview's environment where it is open. */
  forget(name: string): Promise<void>;
}

const DAY_MS = 86_400_000;

export function createPreviews({ root, releases, clock, source, open, isConfigured, forget }: PreviewsContext): Previews {
  const networkOf = (name: string): string => join(previewFolder(root, name), name, 'network');

  async function down(name: string): Promise<void> {
    if (readPreview(root, name) === undefined) {
      throw new Fault('stack/unknown-preview', `there is no preview ${name}`, { hint: 'beamline preview list shows what there is.' });
    }
    await forget(name);
    await stopNetwork({ dir: networkOf(name), clock });
    await rm(previewFolder(root, name), { recursive: true, force: true });
  }

  /** The environment's release on a network of its own, with its worlds as their schedules say that they are. */
  async function copyWorlds({ name, from, base }: Preview, signal?: AbortSignal): Promise<PreviewReport['worlds']> {
    const { environment, network, store } = source(from);
    const copy = open(name, true);
    try {
      const first = await copy.swap(await copy.plan(base, { strategy: 'blue-green' }, signal), signal);
      if (first.outcome !== 'complete') throw failed(name, `the release that ${from} runs did not start: ${first.reason ?? first.outcome}`);
      const state = await environment.state();
      const worlds = createWorldSource({ network: await network(), store, releases, clock, state });
      const { store: own } = await copy.parts();
      const copied: { instance: string; slot: number; root: string }[] = [];
      for (const [instance, { process, role }] of Object.entries(state.instances)) {
        const { image } = await worlds.world(instance, { kind: 'now' }, signal);
        const { ref } = await writeImage({ store: own, image, game: state.game, role, process, takenAt: clock.now() });
        const { root: merkle } = await copy.restore(instance, { snapshot: formatRef(ref) }, signal);
        copied.push({ instance, slot: image.slot, root: merkle });
      }
      return copied;
    } finally {
      await copy.close();
    }
  }

  async function up({ name, from, release, forMs = DAY_MS, replace = false }: PreviewOptions, signal?: AbortSignal): Promise<PreviewReport> {
    previewFolder(root, name);
    if (isConfigured(name)) throw new Fault('stack/bad-name', `${name} is an environment of the config`, { hint: 'Give the preview a name of its own.' });
    if (readPreview(root, name) !== undefined) {
      if (!replace) throw new Fault('stack/preview-exists', `there is a preview ${name} already`, { hint: `Take it down (beamline preview down ${name}), or say --replace.` });
      await down(name);
    }
    const { release: base } = await source(from).environment.state();
    if (base === undefined) throw new Fault('stack/no-release', `nothing is deployed to ${from}: there are no worlds to copy`);
    await releases.read(release); // before anything is started

    const createdAt = clock.now();
    const planned: Preview = { version: 1, name, from, base, release, createdAt, expiresAt: createdAt + forMs };
    await writePreview(root, planned); // so that whatever is left behind is found
    const { url } = await launchLocalNetwork({ dir: networkOf(name), detached: true });
    const preview: Preview = { ...planned, url };
    await writePreview(root, preview);
    const worlds = await copyWorlds(preview, signal);
    if (release === base) return { preview, worlds };
    const environment = open(name, false);
    const plan = await environment.plan(release, {}, signal);
    return { preview, worlds, plan, deployment: await environment.deploy(plan, signal) };
  }

  return {
    up,
    down,
    async list() {
      const now = clock.now();
      return Promise.all((await listPreviews(root)).map(async (preview) => ({
        ...preview, running: (await networkStatus(networkOf(preview.name), clock)).running, expired: preview.expiresAt <= now,
      })));
    },
    async prune() {
      const over = (await listPreviews(root)).filter(({ expiresAt }) => expiresAt <= clock.now()).map(({ name }) => name);
      for (const name of over) await down(name);
      return over;
    },
  };
}

const failed = (name: string, why: string): Fault =>
  new Fault('stack/preview-failed', `preview ${name} did not come up: ${why}`, { hint: `beamline preview down ${name} removes what is left of it.` });
