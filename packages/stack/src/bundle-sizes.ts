import { readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Bundle, Release } from '@beamline/bundler';
import { analyse, baselineOf, parseBaseline, printBaseline, type Analysis, type MeasuredBundle, type SizesBaseline } from '@beamline/bundler/analysis';
import { Fault } from '@beamline/core';
import type { BeamlineConfig } from './config.ts';

export interface SizesContext {
  config: BeamlineConfig;
  root: string;
}

export interface AnalyseOptions {
  /** Only these roles. @default all */
  roles?: readonly string[];
  /** Also measure the readable print: builds each role once more. @default false */
  readable?: boolean;
}

/** Says where the bytes of Lua bundles are. With `readable`, `layouts` keeps the second build the same program. */
export async function analyseBundles(
  { config, root }: SizesContext, bundles: readonly Bundle[], { readable = false }: AnalyseOptions = {}, layouts: Release['roles'] = {},
): Promise<Analysis> {
  const { buildRole, describeRole, readSourceGraph } = await import('@beamline/bundler');
  const { plugins = [] } = config;
  const measured: MeasuredBundle[] = [];
  for (const bundle of bundles) {
    const { role, target } = bundle;
    if (target !== 'lua') continue;
    const entry = config.roles[role]?.entry ?? '';
    const layout = layouts[role]?.layout ?? (await describeRole({ role, entry: resolve(root, entry), root, define: {}, plugins })).layout;
    const raw = readable ? await buildRole({ role, entry, target, root, plugins, minify: false, lint: 'off', layout }) : undefined;
    measured.push({ bundle, graph: readSourceGraph({ entry, root, target, plugins }), layout, ...(raw && { raw }) });
  }
  return analyse(measured);
}

/** Builds roles as they are now and analyses them; keeps nothing. @throws Fault `stack/unknown-role`, and the bundler's */
export async function sizesOf(context: SizesContext, options: AnalyseOptions = {}): Promise<Analysis> {
  const { config, root } = context;
  const { buildRole } = await import('@beamline/bundler');
  const bundles: Bundle[] = [];
  for (const role of options.roles ?? Object.keys(config.roles)) {
    const source = config.roles[role];
    if (source === undefined) throw new Fault('stack/unknown-role', `the config has no role ${role}`, { hint: `It has ${Object.keys(config.roles).join(', ')}.` });
    bundles.push(await buildRole({ role, entry: source.entry, target: 'lua', root, plugins: config.plugins ?? [], lint: 'off' }));
  }
  return analyseBundles(context, bundles, options);
}

/** Where the accepted sizes are kept. */
export function baselineFile({ config, root }: SizesContext): string {
  return resolve(root, config.budgets?.baseline ?? 'sizes.lock.json');
}

/** `undefined` when there is none yet. @throws Fault `bundler/bad-sizes` */
export async function readBaseline(file: string): Promise<SizesBaseline | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseBaseline(text, file);
}

export async function writeBaseline(file: string, analysis: Analysis): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, printBaseline(baselineOf(analysis)), { flush: true });
  await rename(draft, file);
}

/** Whether budgets need more than each bundle's own size. */
export function hasSizeBudgets({ budgets }: BeamlineConfig): boolean {
  return [budgets?.roles, budgets?.systems, budgets?.modules].some((each) => each !== undefined && Object.keys(each).length > 0);
}

/** Names of budgets that measure growth. */
export function growthBudgets({ budgets }: BeamlineConfig): string[] {
  return (['roles', 'systems', 'modules'] as const).flatMap((kind) => Object.entries(budgets?.[kind] ?? {})
    .filter(([, { maxGrowthPercent }]) => maxGrowthPercent !== undefined).map(([name]) => `budgets.${kind}.${name}`));
}
