import { Fault, isFault, type Clock } from '@beamline/core';
import { emptyState, type EnvironmentState } from '@beamline/deployer';
import { createFsEnvironmentStore } from '@beamline/deployer/fs';
import {
  archiveSnapshots, copySnapshot, formatRef, importArchive, parseRef, prune, readStoredManifest, replicated, verdicts, verifyStores, type DrillReport, type NamedStore, type SnapshotRef,
} from '@beamline/persistence';
import { createFsDrillLedger, createFsStore, extractArchive, openArchiveFile, writeArchiveFile } from '@beamline/persistence/fs';
import type { Environment } from '../environment/environment.ts';
import { instancesByProcess } from '../environment/snapshot-catalogue.ts';
import { once } from '../environment/once.ts';
import type { SecretPlaces } from '../secret.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Backup, BackedUp, BackupPruned, StoreFailure } from './backup.ts';
import { backupCreated, neededStores, type StoreOutcome } from './backup-created.ts';
import { copyNewer, refsByProcess, storeFailure, type NewerCopied } from './copy-newer.ts';
import type { BackupConfig } from './backup-config.ts';
import { environmentFiles, placeInState } from './environment-files.ts';
import { newestRecord, pruneRecords, putRecord } from './environment-record.ts';
import { backupKeys, openBackupStores } from './open-backup-stores.ts';

export interface CreateBackupOptions {
  game: string;
  /** Absent: archives only. */
  config: BackupConfig | undefined;
  environment: Environment;
  folder: StateFolder;
  places: SecretPlaces;
  clock: Clock;
}

/** Nothing is opened before a method needs it. @throws Fault `stack/no-backup` from methods that need stores */
export function createBackup({ game, config, environment, folder, places, clock }: CreateBackupOptions): Backup {
  const { name } = environment;
  const local: NamedStore = { name: 'local', store: createFsStore({ root: folder.snapshots }) };
  const environments = createFsEnvironmentStore({ root: folder.root });
  const ledger = createFsDrillLedger({ root: folder.drills });
  const state = async (): Promise<EnvironmentState> => (await environments.read(name)) ?? emptyState(name, game);
  const keys = async () => (config === undefined ? undefined : backupKeys(config, places));
  const openStores = async () => {
    if (config === undefined) throw noBackup(name);
    return openBackupStores({ config, clock, ...places });
  };
  const stores = once(openStores);

  /** Every store that is configured, the environment's own first. */
  const everywhere = async (): Promise<NamedStore[]> => [local, ...(config === undefined ? [] : await stores())];

  return {
    openStores,

    async create({ snapshot = true } = {}, signal) {
      const targets = await stores(); // a missing key or secret is found before anything is taken
      if (snapshot) await environment.snapshot({}, signal);
      const current = await state();
      const entries = current.revision === 0 ? [] : await environmentFiles(folder, current);
      const outcomes = await Promise.all(targets.map(async ({ name: target, store, bucket }): Promise<StoreOutcome> => {
        let copied: NewerCopied = { copies: [], bytes: 0 };
        try {
          copied = await copyNewer(local, { name: target, store }, signal);
          return { name: target, ...copied, bytes: copied.bytes + await putRecord(bucket, entries, clock.now()) };
        } catch (error) {
          return { name: target, ...copied, failed: storeFailure(target, error) };
        }
      }));
      return backupCreated(outcomes, { needed: neededStores(config, targets.length), instanceOf: instancesByProcess(current) });
    },

    async list() {
      const instanceOf = instancesByProcess(await state());
      const drilled = verdicts(await ledger.list());
      const [found, failed] = [new Map<string, BackedUp & { stores: string[] }>(), [] as StoreFailure[]];
      for (const { name: storeName, store } of await everywhere()) {
        try {
          for await (const ref of store.list()) {
            const text = formatRef(ref);
            const before = found.get(text);
            if (before !== undefined) {
              before.stores.push(storeName);
              continue;
            }
            const takenAt = await readStoredManifest(store, ref).then((manifest) => manifest.takenAt ?? 0, ifDamaged(0));
            const drill = drilled.get(text)?.outcome;
            found.set(text, { ref: text, ...(drill && { drill }), instance: instanceOf.get(ref.process) ?? 'unknown', process: ref.process, slot: ref.slot, takenAt, stores: [storeName] });
          }
        } catch (error) {
          failed.push(storeFailure(storeName, error));
        }
      }
      return { snapshots: [...found.values()].sort((a, b) => b.takenAt - a.takenAt || b.slot - a.slot), failed };
    },

    async verify(options = {}, signal) {
      return verifyStores({ stores: await everywhere(), ...options }, signal);
    },

    async prune({ dryRun = false, local: own = false } = {}, signal) {
      const targets = await stores();
      const instanceOf = instancesByProcess(await state());
      const pinned = newestProved(await ledger.list());
      const pruned: BackupPruned[] = [];
      for (const { name: storeName, store } of own ? [local, ...targets] : targets) {
        const { keep, drop, why, collected } = await prune({
          store, policy: config?.keep ?? {}, now: clock.now(), dryRun, pinned, seriesOf: ({ process }) => instanceOf.get(process) ?? process,
        }, signal);
        pruned.push({
          store: storeName, kept: keep.length, dropped: drop.map(({ ref }) => formatRef(ref)), ...(collected && { collected }),
          why: Object.fromEntries([...why].map(([{ ref }, reason]) => [formatRef(ref), reason])),
        });
      }
      if (!dryRun) for (const { bucket } of targets) await pruneRecords(bucket);
      return pruned;
    },

    async fetch({ refs } = {}, signal) {
      const from = await stores();
      const wanted = refs?.map(parseRef) ?? [...(await refsByProcess(replicated({ stores: from, write: 1 }))).values()].flatMap((each) => each.slice(-1));
      for (const ref of wanted) await copySnapshot({ ref, to: local, from, thorough: true }, signal);
      return wanted.map(formatRef);
    },

    async archive(path, { all = false } = {}, signal) {
      const store = replicated({ stores: await everywhere(), write: 1 });
      const current = await state();
      const byProcess = await refsByProcess(store);
      const serving = new Set(Object.values(current.instances).map(({ process }) => process));
      const refs = [...byProcess].flatMap(([process, each]) => (all ? each : serving.has(process) || serving.size === 0 ? each.slice(-1) : []));
      const files = current.revision > 0 ? await environmentFiles(folder, current) : await recordedFiles();
      if (refs.length === 0 && files.length === 0) throw new Fault('stack/nothing-to-archive', `${name} has neither state nor snapshots`, { hint: `Take a snapshot first: beamline snapshot ${name}` });
      const ring = await keys();
      const sizeBytes = await writeArchiveFile({ path, bytes: archiveSnapshots({ store, refs, files }, signal), ...(ring && { keys: ring }) });
      return { path, sizeBytes, snapshots: refs.length, encrypted: ring !== undefined };
    },

    async extract(path, target, { salvage = false } = {}, signal) {
      const archive = await open(path, salvage);
      return extractArchive({ archive, folder: target, place: (entry) => placeInState(entry, name) }, signal).finally(() => archive.close());
    },

    async import(path, signal) {
      const archive = await open(path, false);
      const { added } = await importArchive({ archive, store: local.store }, signal).finally(() => archive.close());
      return added.map(formatRef);
    },
  };

  async function open(path: string, salvage: boolean) {
    const ring = await keys();
    return openArchiveFile(path, { salvage, ...(ring && { keys: ring }) });
  }

  /** On a machine that lost its state folder: what the stores remember of it. */
  async function recordedFiles() {
    for (const { bucket } of config === undefined ? [] : await stores()) {
      const files = await newestRecord(bucket).catch(ifDamaged(undefined));
      if (files !== undefined) return files;
    }
    return [];
  }
}

/** What one would recover from, of each process. */
function newestProved(drills: readonly DrillReport[]): SnapshotRef[] {
  const good = [...verdicts(drills).values()].filter(({ outcome }) => outcome === 'good').sort((a, b) => a.slot - b.slot);
  return [...new Map(good.map(({ process, ref }) => [process, parseRef(ref)])).values()];
}

function ifDamaged<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isFault(error) && !error.retryable) return instead;
    throw error;
  };
}

function noBackup(name: string): Fault {
  return new Fault('stack/no-backup', `environment ${name} has no backup stores`, {
    hint: `Add them to the config: environments.${name}.backup: { stores: [{ fs: './backups' }] }`,
  });
}
