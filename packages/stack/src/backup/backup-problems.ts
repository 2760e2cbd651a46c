import type { BackupConfig, BackupStoreConfig } from './backup-config.ts';

/** The names stores are known by: their own, or their kind with a number from the second on. */
export function storeNames(stores: readonly BackupStoreConfig[]): string[] {
  const seen: Record<string, number> = {};
  return stores.map((store) => {
    if (store.name !== undefined) return store.name;
    const kind = 's3' in store ? 's3' : 'fs';
    seen[kind] = (seen[kind] ?? 0) + 1;
    return seen[kind] === 1 ? kind : `${kind}-${seen[kind]}`;
  });
}

/** What the schema cannot say of one environment's backup. `at`: its path in the config. */
export function backupProblems({ stores, write = 'all' }: BackupConfig, at: string): string[] {
  const problems = stores.flatMap((store, n) =>
    (Number('fs' in store) + Number('s3' in store) === 1 ? [] : [`${at}.stores[${n}]: must have exactly one of fs, s3`]));
  const names = storeNames(stores);
  names.forEach((name, n) => {
    if (names.indexOf(name) < n) problems.push(`${at}.stores[${n}].name: ${name} names another store already`);
    if (name === 'local') problems.push(`${at}.stores[${n}].name: local is the environment's own store`);
  });
  if (write !== 'all' && write > stores.length) problems.push(`${at}.write: there are only ${stores.length} stores`);
  return problems;
}
