import type { Journal } from '../journal.ts';

/** Keeps entries as JSON text, so that what comes out has been through the same mill as on disk. */
export function createMemoryJournal(): Journal {
  const deployments = new Map<string, string[]>();
  return {
    kind: 'memory',
    async append(deployment, entry) {
      const entries = deployments.get(deployment) ?? [];
      deployments.set(deployment, entries);
      entries.push(JSON.stringify(entry));
    },
    async *read(deployment) {
      for (const entry of [...(deployments.get(deployment) ?? [])]) yield JSON.parse(entry);
    },
    list: async () => [...deployments.keys()].sort(),
  };
}
