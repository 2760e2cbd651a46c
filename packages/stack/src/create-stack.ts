import { dirname, join, resolve } from 'node:path';
import { Fault, silentLogger, systemClock, type Clock, type Logger } from '@beamline/core';
import type { Backup } from './backup/backup.ts';
import { createBackup } from './backup/create-backup.ts';
import { createFsStore } from '@beamline/persistence/fs';
import type { Analysis } from '@beamline/bundler/analysis';
import { bundle, type BuiltRelease, type BundleOptions } from './bundle.ts';
import { sizesOf, type AnalyseOptions } from './bundle-sizes.ts';
import type { BeamlineConfig, EnvironmentConfig } from './config.ts';
import { draftMigrations, type DraftOptions, type MigrationDraft } from './draft-migrations.ts';
import { once } from './environment/once.ts';
import { createEnvironment } from './environment/create-environment.ts';
import type { Environment } from './environment/environment.ts';
import { lintGame, type LintOptions, type LintReport } from './lint-game.ts';
import type { LoadedConfig } from './load-config.ts';
import { nearest } from './nearest.ts';
import { distantNetwork } from './network/distant-network.ts';
import { localPlace, type LocalPlace } from './network/local-place.ts';
import { createPreviews } from './preview/create-previews.ts';
import { previewConfig } from './preview/preview-config.ts';
import { readPreview } from './preview/preview-file.ts';
import type { Previews } from './preview/previews.ts';
import { createReleaseShelf, type ReleaseShelf } from './release-shelf.ts';
import { protectionPolicy } from './protection/protection-policy.ts';
import type { ProtectionPolicy } from './protection/recovery-status.ts';
import { readSecret } from './secret.ts';
import { stateFolder, type StateFolder } from './state-folder.ts';
import { validateConfig } from './validate-config.ts';
import { messagesFile } from './verify-bundles.ts';
import { watchBundles, type WatchedBuild } from './watch-bundles.ts';

export interface StackOverrides {
  /** Folder that the config's relative paths start from. @default the config file's, or the working folder */
  root?: string;
  /** Folder of everything Beamline keeps. @default the config's `state`, or `<root>/.beamline` */
  state?: string;
  /** Run instead of the config's. */
  probes?: Pick<BeamlineConfig, 'checks' | 'smoke' | 'analysis'>;
  clock?: Clock;
  logger?: Logger;
  /** Where `env:` references are looked up. @default none */
  env?: Readonly<Record<string, string | undefined>>;
}

/** All packages, introduced to each other for one game. */
export interface Stack {
  readonly config: BeamlineConfig;
  readonly releases: ReleaseShelf;
  /** Where recorded messages are kept: what `record` writes and `bundle` verifies with. */
  readonly messagesFile: string;
  /** Builds the sources as they are now. */
  bundle(options?: BundleOptions): Promise<BuiltRelease>;
  /** Builds, then builds again whenever the sources or the config's file change, until aborted. Environments stay as they were opened. */
  watch(options: BundleOptions, signal: AbortSignal): AsyncGenerator<WatchedBuild>;
  /** What of the sources would not behave the same on every engine; mends what is safe to mend when asked. */
  lint(options?: LintOptions): Promise<LintReport>;
  /** Builds roles and says where their bytes are. Writes nothing. @throws Fault `stack/unknown-role` */
  sizes(options?: AnalyseOptions): Promise<Analysis>;
  /** Drafts of the migrations that the sources need, compared with the lock file. Writes nothing. */
  draftMigrations(options?: DraftOptions): Promise<readonly MigrationDraft[]>;
  /** The same object for the same name. @throws Fault `stack/unknown-environment` */
  environment(name: string): Environment;
  /** Backups of an environment. @throws Fault `stack/unknown-environment` */
  backup(environment: string): Backup;
  /** Environments for a while, with worlds of others. */
  readonly previews: Previews;
  /** Where a local network is kept; of the only environment that has one, when none is named. @throws Fault `stack/no-local-network` */
  localNetwork(environment?: string): LocalPlace;
  /** The recovery time that the config asks for, and how often it is to be proved. @throws Fault `stack/unknown-environment` */
  recoveryPolicy(environment: string): ProtectionPolicy;
  /** The bearer token of an environment's server; `undefined` when it has none. @throws Fault `stack/no-secret` */
  token(environment: string): Promise<string | undefined>;
  /** Closes every environment. */
  close(): Promise<void>;
}

/** @throws Fault `stack/bad-config` */
export function createStack(source: BeamlineConfig | LoadedConfig, overrides: StackOverrides = {}): Stack {
  const config = validateConfig('config' in source ? source.config : source);
  const root = resolve(overrides.root ?? ('config' in source ? source.root : '.'));
  const { clock = systemClock, logger = silentLogger, env = {}, state = config.state } = overrides;
  const folderOf = (environment: string) =>
    stateFolder({ root, environment, state, snapshots: config.environments[environment]?.snapshots });
  const releases = createReleaseShelf(folderOf('').releases);
  const bundler = once(async () => (await import('@beamline/bundler')).createBundler({ cacheDir: folderOf('').cache }));
  const building = { config, root, releases: folderOf('').releases, bundler, clock };
  const open = new Map<string, Environment>();
  const backups = new Map<string, Backup>();

  const previewsRoot = join(dirname(folderOf('').releases), 'previews');
  const isPreview = (name: string): boolean => config.environments[name] === undefined && readPreview(previewsRoot, name) !== undefined;
  const placeOf = (name: string): StateFolder => (isPreview(name) ? stateFolder({ root, environment: name, state: join(previewsRoot, name) }) : folderOf(name));
  const configOf = (name: string): EnvironmentConfig => {
    const found = config.environments[name] ?? previewConfig(config, readPreview(previewsRoot, name));
    if (found !== undefined) return found;
    const known = Object.keys(config.environments);
    throw new Fault('stack/unknown-environment', `there is no environment ${name}`, {
      hint: nearest(name, known) === undefined ? `The config has ${known.join(', ')}.` : `Did you mean ${nearest(name, known)}?`,
    });
  };

  const backupOf = (name: string): Backup => {
    const backup = backups.get(name) ?? createBackup({
      game: config.game, config: configOf(name).backup, environment: environmentOf(name), folder: placeOf(name), places: { root, env }, clock,
    });
    backups.set(name, backup);
    return backup;
  };

  const openEnvironment = (name: string, probes = overrides.probes ?? config): Environment => createEnvironment({
    name, game: config.game, config: configOf(name), probes, root, env, folder: placeOf(name), releases, signers: config.signing?.signers, clock, logger,
    backup: () => (configOf(name).backup === undefined ? undefined : backupOf(name)),
  });
  const environmentOf = (name: string): Environment => {
    const environment = open.get(name) ?? openEnvironment(name);
    open.set(name, environment);
    return environment;
  };

  const previews = createPreviews({
    root: previewsRoot, releases, clock,
    async forget(name) {
      const environment = open.get(name);
      open.delete(name);
      await environment?.close();
    },
    isConfigured: (name) => config.environments[name] !== undefined,
    open: (name, bare) => (bare ? openEnvironment(name, {}) : environmentOf(name)),
    source(name) {
      const { network } = configOf(name);
      const environment = environmentOf(name);
      return {
        environment, store: createFsStore({ root: folderOf(name).snapshots }),
        network: async () => (network.kind === 'local' ? (await environment.parts()).network : distantNetwork(network, clock).network),
      };
    },
  });

  return {
    config,
    releases,
    messagesFile: messagesFile({ config, root }),
    bundle: (options) => bundle(building, options),
    watch: (options, signal) => watchBundles({ ...building, ...('config' in source && { source }) }, options, signal),
    lint: (options) => lintGame({ config, root }, options),
    sizes: (options) => sizesOf({ config, root }, options),
    draftMigrations: (options) => draftMigrations({ config, root }, options),
    environment: environmentOf,
    backup: backupOf,
    previews,
    localNetwork: (name) => (name !== undefined && isPreview(name) ? { environment: name, dir: placeOf(name).network } : localPlace(config, root, (each) => folderOf(each).network, name)),
    recoveryPolicy: (name) => protectionPolicy(configOf(name).recovery),
    async token(name) {
      const reference = configOf(name).serve?.token;
      return reference === undefined ? undefined : readSecret(reference, { root, env });
    },
    async close() {
      const results = await Promise.allSettled([...[...open.values()].map((environment) => environment.close()), bundler.result()?.close()]);
      open.clear();
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}
