import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { aosChunk } from '@beamline/ao/legacynet';
import type { Bundle, Bundler, LintMode, MigrationSpec, Release, ReleaseBuild, WorldLock } from '@beamline/bundler';
import { signRelease, writeRelease } from '@beamline/bundler/release';
import { checkBudgets, type Analysis, type SizesBaseline } from '@beamline/bundler/analysis';
import type { ShrinkingVerdict } from '@beamline/bundler/verify';
import { Fault, type Clock } from '@beamline/core';
import { lockMigrations, type LockedMigration } from '@beamline/persistence';
import { analyseBundles, baselineFile, growthBudgets, hasSizeBudgets, readBaseline, writeBaseline } from './bundle-sizes.ts';
import type { BeamlineConfig, SecretReference } from './config.ts';
import { signerOf } from './integrity/signing.ts';
import { sourceFacts } from './integrity/source-facts.ts';
import { messagesFile, recordedMessages, verifyBundles } from './verify-bundles.ts';

export interface BundleOptions {
  /** Called as each bundle is done. */
  onBundle?: (bundle: Bundle) => void;
  /** Take the sources' layout for meant even where it needs a migration that the config does not have. @default false */
  acceptLayout?: boolean;
  /** Leave the lock file as it is, and the judgement of the layout to whoever deploys. @default false */
  provisional?: boolean;
  /** What becomes of code that would not behave the same on every engine. @default 'warn' */
  lint?: LintMode;
  /** Say where the bytes are; builds each role once more, for the readable sizes. @default false */
  analyse?: boolean;
  /** Keep today's sizes as those that growth is measured against; growth is not checked. @default false */
  acceptSizes?: boolean;
  /**
   * Replay the messages of this file, relative to the working folder, on each bundle and on the same without shrinking, and
   * demand that nothing differs; `true` for the config's file. Builds each role once more. @default false
   */
  verify?: string | boolean;
  /** Signs the release: a reference to a wallet, `file:` or `env:`. @default the config's `signing.signer`, or nobody */
  signer?: SecretReference;
  /** Compare with these sizes, by file relative to the working folder. @default the config's `budgets.baseline` */
  baseline?: string;
}

export interface BuiltRelease {
  release: Release;
  /** Folder it was written to. */
  path: string;
  warnings: readonly string[];
  /** With `analyse`, `acceptSizes` or budgets that need it. */
  sizes?: Analysis;
  /** What it was compared with. */
  baseline?: SizesBaseline;
  /** With `verify`: what was replayed, by role. */
  verified?: readonly ShrinkingVerdict[];
}

export interface BundleContext {
  config: BeamlineConfig;
  root: string;
  /** Where releases are kept. */
  releases: string;
  /** Opened when first needed: a second of compilers that no other command needs. */
  bundler: () => Promise<Bundler>;
  clock: Clock;
}

/**
 * Builds every role and keeps the release. New ids go into the lock file, which belongs into version control.
 * @throws Fault `stack/layout-changed`, `stack/bad-lock`, `bundler/over-budget`, `bundler/grew`, `bundler/bad-sizes`, `bundler/bad-messages`,
 * `bundler/shrinking-differs`, `persistence/bad-migration`, `persistence/migration-changed`, those of `loadSigner`, and the bundler's
 */
export async function bundle({ config, root, releases, bundler }: BundleContext, options: BundleOptions = {}): Promise<BuiltRelease> {
  const { onBundle, acceptLayout = false, provisional = false, lint = 'warn' } = options;
  const { game, version, roles, migrations = [], plugins = [], budgets = {}, lock: lockName = 'world.lock' } = config;
  const lockFile = resolve(root, lockName);
  const lock = await readLock(lockFile);
  const warnings: string[] = [];
  const bundles: Bundle[] = [];
  const baseline = await earlierSizes({ config, root }, options);
  const recorded = await recordedMessages({ config, root }, options.verify);
  const released = lockMigrations(migrations, lock?.migrations as readonly LockedMigration[] | undefined, { accept: acceptLayout });

  const signer = await signerOf({ config, root }, options.signer); // before a build takes its time
  const build = await (await bundler()).buildRelease({
    game, version, root, lint, plugins, environments: Object.keys(config.environments), aosChunk, ...await sourceFacts(root, ownFiles({ config, root }, releases)), migrations: migrations as unknown as readonly MigrationSpec[],
    // Only what was asked for: the bundler would build JavaScript too.
    roles: Object.fromEntries(Object.entries(roles).map(([role, source]) => [role, { targets: ['lua'], ...source }])),
    ...(lock && { lock }),
    onBundle: (built) => {
      bundles.push(built);
      warnings.push(...budgetWarnings(built, budgets));
      onBundle?.(built);
    },
  });
  if (!acceptLayout && !provisional) assertMeant(build, config, lockName);
  const { sizes, warnings: unmeasured } = await checkSizes({ config, root }, options, bundles, build.release, baseline);
  const verified = recorded && await verifyBundles({ config, root }, bundles, build.release.roles, recorded);
  warnings.push(...(verified?.warnings ?? []));
  const release = signer ? await signRelease(build.release, signer) : build.release;
  const path = await writeRelease(releases, release);
  const newLock = released.length === 0 ? build.lock : { ...build.lock, migrations: released };
  if (!provisional && JSON.stringify(newLock) !== JSON.stringify(lock)) await writeLock(lockFile, newLock);
  if (options.acceptSizes && sizes) await writeBaseline(baselineFile({ config, root }), sizes);
  return { release, path, warnings: [...build.warnings, ...warnings, ...unmeasured], ...(sizes && { sizes }), ...(baseline && { baseline }), ...(verified && { verified: verified.verdicts }) };
}

/** What Beamline itself writes into the game's folder, relative to it. */
function ownFiles(context: Pick<BundleContext, 'config' | 'root'>, releases: string): string[] {
  const { config: { lock = 'world.lock' }, root } = context;
  return [lock, baselineFile(context), messagesFile(context), dirname(releases)].map((path) => relative(root, resolve(root, path)));
}

/** What growth is measured against: read before a build takes its time. @throws Fault `bundler/bad-sizes` */
async function earlierSizes(
  context: Pick<BundleContext, 'config' | 'root'>, { analyse = false, acceptSizes = false, baseline: asked }: BundleOptions,
): Promise<SizesBaseline | undefined> {
  if (asked !== undefined) {
    const found = await readBaseline(resolve(asked));
    if (found) return found;
    throw new Fault('bundler/bad-sizes', `there is no ${resolve(asked)}`, { hint: 'beamline bundle --accept-sizes writes one.', details: { file: resolve(asked) } });
  }
  // Sizes that are about to be replaced need not be readable.
  return acceptSizes || !(analyse || hasSizeBudgets(context.config)) ? undefined : readBaseline(baselineFile(context));
}

/** Before anything is written: what exceeds a budget leaves no release behind. */
async function checkSizes(
  context: Pick<BundleContext, 'config' | 'root'>, { analyse = false, acceptSizes = false }: BundleOptions, bundles: readonly Bundle[], release: Release,
  baseline: SizesBaseline | undefined,
): Promise<Pick<BuiltRelease, 'sizes' | 'warnings'>> {
  const { config } = context;
  if (!analyse && !acceptSizes && baseline === undefined && !hasSizeBudgets(config)) return { warnings: [] };
  const sizes = await analyseBundles(context, bundles, { readable: analyse }, release.roles);
  checkBudgets(sizes, config.budgets ?? {}, acceptSizes ? undefined : baseline);
  const [growing] = growthBudgets(config);
  const unmeasured = growing !== undefined && baseline === undefined && !acceptSizes;
  return { sizes, warnings: unmeasured ? [`${growing}: no growth is measured before beamline bundle --accept-sizes has written ${baselineFile(context)}`] : [] };
}

function budgetWarnings({ role, target, bytes, modules }: Bundle, { bundleBytes, warnBytes = 102_400 }: NonNullable<BeamlineConfig['budgets']>): string[] {
  if (target !== 'lua') return [];
  if (bundleBytes !== undefined && bytes > bundleBytes) {
    const largest = modules.slice(0, 5).map(({ path, bytes: size }) => `  ${size} ${path}`);
    throw new Fault('bundler/over-budget', [`the bundle of ${role} has ${bytes} bytes, budgets.bundleBytes allows ${bundleBytes}`, ...largest].join('\n'), {
      hint: `Make it smaller (beamline why ${role} <module> says what a module is there for), or raise the budget.`,
    });
  }
  return bytes > warnBytes ? [`${role}: ${bytes} bytes, more than budgets.warnBytes (${warnBytes})`] : [];
}

/** What was added needs no decision; anything else loses or moves data, so somebody must have thought of it. */
function assertMeant({ changes }: ReleaseBuild, { migrations = [] }: BeamlineConfig, lockName: string): void {
  const unmeant = Object.entries(changes).flatMap(([role, list]) =>
    (migrations.some(({ from }) => from.role === role) ? [] : list.filter(({ kind }) => !kind.endsWith('-added'))
      .map(({ kind, component, field }) => `${role}: ${[component, field].filter(Boolean).join('.')} ${kind.replaceAll('-', ' ')}`)));
  if (unmeant.length === 0) return;
  throw new Fault('stack/layout-changed', `the layout differs from ${lockName}:\n${unmeant.join('\n')}`, {
    hint: 'Add a migration to `migrations` in beamline.config.ts (beamline migration stub writes one), or say that no live state has the old layout: beamline bundle --accept-layout.',
  });
}

/** @throws Fault `stack/bad-lock` */
export async function readLock(file: string): Promise<WorldLock | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const lock = JSON.parse(text) as WorldLock;
    if (lock.format === 1) return lock;
  } catch { /* said below */ }
  throw new Fault('stack/bad-lock', `${file} is not a lock file of this version`, {
    hint: 'Take it from version control: ids of components must not be invented again.', details: { file },
  });
}

async function writeLock(file: string, lock: WorldLock): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(lock, null, 2)}\n`, { flush: true });
  await rename(draft, file);
}
