import type { BackupConfig, BackupStoreConfig } from './backup-config.ts';

const KINDS = ['fs', 's3', 'arweave'] as const;

/** The names stores are known by: their own, or their kind with a number from the second on. */
export function storeNames(stores: readonly BackupStoreConfig[]): string[] {
  const seen: Record<string, number> = {};
  return stores.map((store) => {
    if (store.name !== undefined) return store.name;
    const kind = KINDS.find((each) => each in store) ?? 'fs';
    seen[kind] = (seen[kind] ?? 0) + 1;
    return seen[kind] === 1 ? kind : `${kind}-${seen[kind]}`;
  });
}

/** What the schema cannot say of one environment's backup. `at`: its path in the config. */
export function backupProblems({ stores, write = 'all', encryption }: BackupConfig, at: string): string[] {
  const problems = stores.flatMap((store, n) =>
    (KINDS.filter((kind) => kind in store).length === 1 ? [] : [`${at}.stores[${n}]: must have exactly one of ${KINDS.join(', ')}`]));
  stores.forEach((store, n) => {
    if (!('arweave' in store) || encryption !== undefined || store.arweave.public === true) return;
    problems.push(`${at}.stores[${n}].arweave: everybody can read what lies on Arweave: set encryption, or public: true`);
  });
  const names = storeNames(stores);
  names.forEach((name, n) => {
    if (names.indexOf(name) < n) problems.push(`${at}.stores[${n}].name: ${name} names another store already`);
    if (name === 'local') problems.push(`${at}.stores[${n}].name: local is the environment's own store`);
  });
  if (write !== 'all' && write > stores.length) problems.push(`${at}.write: there are only ${stores.length} stores`);
  return problems;
}
