import { Fault } from '@beamline/core';
import { migrationHash, type Migration } from './migration.ts';

/** What a lock file remembers of a migration that was released. */
export interface LockedMigration {
  id: number;
  name: string;
  role: string;
  /** `migrationHash`. */
  sha256: string;
}

/**
 * Checks a game's migrations against each other and against those released before, and gives what to remember now.
 * Numbers are unique and grow along the list; what was released never changes, since worlds have gone through it. Old
 * ones may leave the list once no world needs them; the lock remembers them.
 * @throws Fault `persistence/bad-migration` (no number, out of order), `persistence/migration-changed`
 */
export function lockMigrations(
  migrations: readonly Migration[], released: readonly LockedMigration[] = [], { accept = false }: { accept?: boolean } = {},
): LockedMigration[] {
  let last = 0;
  const found = migrations.map((migration): LockedMigration => {
    const { id, name, from } = migration;
    if (id === undefined || !Number.isSafeInteger(id) || id < 1) throw refused(`migration ${name} has no number`, 'Give it the next one: migration({ id, name, from, steps }).');
    if (id <= last) throw refused(`migration ${id} (${name}) stands behind ${last}`, 'Numbers are unique and grow along the list.');
    last = id;
    return { id, name, role: from.role, sha256: migrationHash(migration) };
  });
  for (const one of accept ? [] : found) assertUnchanged(one, released);
  const gone = released.filter(({ id }) => !found.some((one) => one.id === id));
  return [...gone, ...found].sort((a, b) => a.id - b.id);
}

function assertUnchanged(one: LockedMigration, released: readonly LockedMigration[]): void {
  const before = released.find(({ id }) => id === one.id);
  const newest = released.reduce((highest, { id }) => Math.max(highest, id), 0);
  if (before === undefined && one.id < newest) {
    throw refused(`migration ${one.id} (${one.name}) is new, and ${newest} was released before it`, `Worlds have gone past it. Number it ${newest + 1}.`);
  }
  if (before === undefined || before.sha256 === one.sha256) return;
  throw new Fault('persistence/migration-changed', `migration ${one.id} (${one.name}) is not what it was when it was released`, {
    hint: 'Worlds have gone through it: take it back from version control, and put the change into a migration of its own. If no live state has seen it: beamline bundle --accept-layout.',
    details: { id: one.id, released: before.sha256, found: one.sha256 },
  });
}

function refused(message: string, hint: string): Fault {
  return new Fault('persistence/bad-migration', message, { hint });
}
