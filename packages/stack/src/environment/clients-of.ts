import type { EnvironmentState } from '@beamline/deployer';
import type { ClientContract } from '@beamline/persistence';
import type { ReleaseShelf } from '../release-shelf.ts';

/** What clients of each running instance send and read, as far as the releases on the shelf still say. */
export async function clientsOf({ instances }: EnvironmentState, releases: Pick<ReleaseShelf, 'read'>): Promise<Record<string, ClientContract>> {
  const found: Record<string, ClientContract> = {};
  for (const [instance, { release, role }] of Object.entries(instances)) {
    const clients = (await releases.read(release).catch(() => undefined))?.roles[role]?.clients;
    if (clients !== undefined) found[instance] = clients;
  }
  return found;
}
