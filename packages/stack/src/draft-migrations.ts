import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { lockLayout, type Layout, type LayoutLock } from '@beamline/ecs';
import { layoutChanges, migrationStub, type LayoutDifference, type LockedMigration } from '@beamline/persistence';
import { readLock } from './bundle.ts';
import type { BeamlineConfig } from './config.ts';

export interface DraftOptions {
  /** Only this role. @default all whose layout changed */
  role?: string;
  /** Kebab-case; also the name of the exported constant. @default `<role>-<number>` */
  name?: string;
}

/** The beginning of a migration, to be finished by whoever knows what the change means. */
export interface MigrationDraft {
  id: number;
  role: string;
  /** TypeScript that compiles. */
  source: string;
  changes: readonly LayoutDifference[];
}

/**
 * Drafts migrations from what the lock file knows to what the sources say; empty when nothing needs one.
 * @throws Fault `stack/bad-lock`, `stack/unknown-role`, and the bundler's
 */
export async function draftMigrations(
  { config, root }: { config: BeamlineConfig; root: string }, { role: only, name }: DraftOptions = {},
): Promise<MigrationDraft[]> {
  const lock = await readLock(resolve(root, config.lock ?? 'world.lock'));
  if (only !== undefined && config.roles[only] === undefined) {
    throw new Fault('stack/unknown-role', `the config has no role ${only}`, { hint: `It has ${Object.keys(config.roles).join(', ')}.` });
  }
  const known = [...(config.migrations ?? []).map(({ id = 0 }) => id), ...((lock?.migrations ?? []) as readonly LockedMigration[]).map(({ id }) => id)];
  let id = Math.max(0, ...known);
  const { describeRole } = await import('@beamline/bundler');
  const drafts: MigrationDraft[] = [];
  for (const [role, { entry }] of Object.entries(config.roles)) {
    const locked = lock?.roles[role];
    if (locked === undefined || (only !== undefined && role !== only)) continue;
    const { layout } = await describeRole({ role, entry: resolve(root, entry), root, define: {}, plugins: config.plugins ?? [] });
    const [from, to] = [layoutOfLock(locked), lockLayout(locked, layout).layout];
    const changes = layoutChanges(from, to).changes.filter(({ verdict }) => verdict !== 'SAFE');
    if (changes.length === 0) continue;
    id += 1;
    drafts.push({ id, role, source: migrationStub({ id, name: name ?? `${role}-${id}`, role, from, to }), changes });
  }
  return drafts;
}

/** What worlds have now: everything in the lock that was not given up. */
function layoutOfLock({ components }: LayoutLock): Layout {
  return {
    format: 1,
    components: components.filter(({ retired }) => !retired).map(({ id, name, fields }) => ({
      id, name, fields: fields.filter(({ retired }) => !retired).map(({ id: field, name: called, type, length, scale }) => ({ id: field, name: called, type, length, scale })),
    })),
  };
}
