import { assertTrusted } from '@beamline/bundler/release';
import { describeError, Fault, type Address, type Clock, type Logger } from '@beamline/core';
import { emptyState, type EnvironmentState } from '@beamline/deployer';
import { createFsEnvironmentStore, createFsLock } from '@beamline/deployer/fs';
import { createOperator } from '@beamline/kernel/operator';
import { createCollector, createMeter } from '@beamline/metrics';
import { formatRef, parseRef } from '@beamline/persistence';
import { createFsDrillLedger, createFsLedger, createFsStore } from '@beamline/persistence/fs';
import { createAnchors } from '../anchor/anchors.ts';
import { openArweave } from '../anchor/open-arweave.ts';
import type { Backup } from '../backup/backup.ts';
import { backupIncomplete } from '../backup/backup-created.ts';
import type { BeamlineConfig, EnvironmentConfig } from '../config.ts';
import { connect } from '../network/connect.ts';
import { verifyProcess } from '../integrity/verify-process.ts';
import { findRelease, type ReleaseShelf } from '../release-shelf.ts';
import type { StateFolder } from '../state-folder.ts';
import { protectionPolicy } from '../protection/protection-policy.ts';
import { createProtection } from '../protection/protection.ts';
import { createScheduledPrune } from '../protection/scheduled-prune.ts';
import { createWorlds } from '../worlds/create-worlds.ts';
import { createFileTimeline } from '../timeline/file-timeline.ts';
import { chooseInstances } from './choose-instances.ts';
import { createDeploying } from './deploying.ts';
import type { Environment } from './environment.ts';
import { explainProcess } from './explain-process.ts';
import { once } from './once.ts';
import { recordMessages } from './record-messages.ts';
import { releaseSizes } from './release-sizes.ts';
import { recordOf, restoreInstance, type RestoreReport } from './restore-instance.ts';
import { createSnapshotCatalogue } from './snapshot-catalogue.ts';
import { instanceRefs, statusReport } from './status-report.ts';
import { takeSnapshots } from './take-snapshots.ts';

export interface CreateEnvironmentOptions {
  name: string;
  game: string;
  config: EnvironmentConfig;
  probes: Pick<BeamlineConfig, 'checks' | 'smoke' | 'analysis'>;
  root: string;
  /** Where `env:` references are looked up. */
  env: Readonly<Record<string, string | undefined>>;
  folder: StateFolder;
  releases: ReleaseShelf;
  /** Addresses that a release must be signed by one of. @default none: it need not be signed */
  signers?: readonly Address[] | undefined;
  clock: Clock;
  logger: Logger;
  /** Its backups; `undefined` when the config has no stores for them. */
  backup: () => Backup | undefined;
}

/** Between looks at what is due: each costs a few reads. */
const PROTECT_EVERY_MS = 2_000;

export function createEnvironment({ name, game, config, probes, root, env, folder, releases, signers, clock, logger, backup }: CreateEnvironmentOptions): Environment {
  const events = createFileTimeline({ path: folder.events, clock });
  const environments = createFsEnvironmentStore({ root: folder.root });
  const lock = createFsLock({ root: folder.root });
  const store = createFsStore({ root: folder.snapshots });
  const catalogue = createSnapshotCatalogue(store, events);
  const ledger = createFsDrillLedger({ root: folder.drills });
  const meter = createMeter({ clock });

  const state = async (): Promise<EnvironmentState> => (await environments.read(name)) ?? emptyState(name, game);
  const instances = async () => instanceRefs(await state());

  const open = once(async () => {
    const connection = await connect({
      environment: name, config, root, dir: folder.network, clock, logger,
      onRestart: () => void events.publish({ kind: 'note', level: 'warning', text: 'The local network ended by itself and was started again' }),
    });
    const { network, signer } = connection;
    return {
      connection,
      operator: createOperator({ network, signer, clock, environment: name }),
      collector: createCollector({ network, instances, clock, meter, logger, intervalMs: config.sampleMs ?? 1_000 }),
    };
  });

  /** For operations that must not meet a deployment. */
  async function alone<T>(purpose: string, work: (state: EnvironmentState) => Promise<T>): Promise<T> {
    const lease = await lock.acquire(name, purpose, clock.now());
    try {
      const current = await state();
      if (current.running !== undefined) {
        throw new Fault('deployer/unfinished', `deployment ${current.running} of ${name} has not ended`, { hint: `Finish it first: beamline deploy ${name} --resume` });
      }
      return await work(current);
    } finally {
      await lease.release();
    }
  }

  const snapshot: Environment['snapshot'] = async (selection = {}, signal) => {
    const { operator } = await open();
    const current = await state();
    const chosen = chooseInstances(current, selection);
    return takeSnapshots({ operator, store, events, clock, state: current, instances: chosen }, signal);
  };

  const protection = once(async () => {
    const { connection: { network }, operator, collector } = await open();
    return createProtection({
      network, operator, store, ledger, events, clock, meter, state, policy: protectionPolicy(config.recovery),
      code: (release, role) => releases.lua(release, role),
      snapshot: (instance, signal) => snapshot({ instance }, signal),
      stores: async () => (await backup()?.openStores()) ?? [{ name: 'local', store: createFsStore({ root: folder.snapshots }) }],
      async backUp(signal) {
        const created = await backup()?.create({ snapshot: false }, signal);
        if (created?.complete === false) throw backupIncomplete(name, created);
      },
      messagesPerSecond: (instance) => collector.latest().find(({ id }) => id === instance)?.messagesPerSecond ?? 0,
    });
  });

  const restoreTo = async (current: EnvironmentState, instance: string, ref: string | undefined, signal?: AbortSignal): Promise<RestoreReport> => {
    const { connection, operator } = await open();
    const { release: id, role } = recordOf(current, instance);
    return restoreInstance({
      connection, operator, environments, store, events, clock, state: current, instance, release: await releases.read(id), code: await releases.lua(id, role),
      ...(ref === undefined ? {} : { snapshot: parseRef(ref) }),
    }, signal);
  };
  const { close: closeDeploying, ...deploying } = createDeploying({
    environment: name, game, config, probes, root, env, folder, releases, signers, environments, lock, store, events, clock, logger, state, open, alone, restoreTo,
  });

  const connection = async () => (await open()).connection;
  const arweave = once(() => openArweave({ environment: name, config, root, clock, connection }));
  const worlds = createWorlds({
    state, alone, events, clock, game,
    snapshot: async (instance, signal) => formatRef((await snapshot({ instance }, signal))[0]!.ref),
    async parts() {
      const { connection: { network }, operator } = await open();
      return { network, operator, store, releases };
    },
  });

  return {
    name,
    events,
    state,
    anchors: createAnchors({
      environment: name, game, store, ledger: createFsLedger({ root: folder.anchors }), events, clock, releases, state, connection, arweave,
    }),
    worlds,

    async parts() {
      const { connection, operator } = await open();
      return { network: connection.network, url: connection.url, operator, store, networkPid: connection.pid };
    },

    ...deploying,

    async status() {
      const { connection: { network, url }, collector } = await open();
      const [samples, current] = [await collector.sample(), await state()];
      const node = await network.node().catch(() => ({ address: '', build: 'does not answer' }));
      const version = current.release === undefined ? '' : (await releases.read(current.release)).version;
      return statusReport({
        state: current, version, node: { url, ...node }, samples, snapshots: await catalogue.list(current), events: events.list(), at: clock.now(),
      });
    },

    async bundleSizes() {
      const { release, previousRelease } = await state();
      if (release === undefined) return undefined;
      return releaseSizes(await releases.read(release), previousRelease === undefined ? undefined : await releases.read(previousRelease).catch(() => undefined));
    },

    rates: () => open.result()?.collector.history() ?? [],
    prometheusText: () => meter.prometheusText(),

    snapshot,
    recovery: async (signal) => (await protection()).status(signal),

    async drill(instance, options, signal) {
      recordOf(await state(), instance);
      return (await protection()).drill(instance, options, signal);
    },

    async protect(signal) {
      if (config.recovery === undefined) return;
      const { pass } = await protection();
      const pruneWhenDue = createScheduledPrune({ keep: config.backup?.keep ?? {}, clock, events, prune: async (stop) => (await backup()?.prune({}, stop)) ?? [] });
      while (!signal.aborted) {
        try {
          await pass(signal);
          // As `pass` does, it waits for the end of a deployment, which may need what is there.
          if ((await state()).running === undefined) await pruneWhenDue(signal);
        } catch (error) {
          logger.warn('protection failed', { error: describeError(error) });
        }
        await clock.sleep(PROTECT_EVERY_MS, signal).catch(() => undefined);
      }
    },

    restore: (instance, { snapshot: ref } = {}, signal) => alone(`restore of ${instance}`, (current) => restoreTo(current, instance, ref, signal)),

    async verifyProcess(process, { release: named, cwd = root } = {}, signal) {
      const wanted = named ?? (await state()).release;
      if (wanted === undefined) {
        throw new Fault('stack/no-release', `no release is known to run in ${name}`, { hint: 'Name what to compare with: --release <id or folder>.' });
      }
      const release = await findRelease(releases, wanted, cwd);
      assertTrusted(release, signers);
      const { connection: { network }, operator } = await open();
      return verifyProcess({ network, operator, process, release, releases }, signal);
    },

    async explain(instance, { slot } = {}, signal) {
      const current = await state();
      const { process, role, release } = recordOf(current, instance);
      const { connection: { network } } = await open();
      const ran = [release, ...[current.release, current.previousRelease].filter((id) => id !== undefined)];
      return explainProcess({ network, releases }, { process, role, ran, ...(slot !== undefined && { slot }) }, signal);
    },

    async *record(selection = {}, signal) {
      const { connection: { network } } = await open();
      const current = await state();
      yield* recordMessages({ network, state: current, selection }, signal);
    },

    async resolve(instance) {
      const { connection } = await open();
      return connection.network.resolve(recordOf(await state(), instance).alias);
    },

    async close() {
      await closeDeploying();
      events.close();
      await open.result()?.connection.close();
    },
  };
}
