import type { EnvironmentState, Speaker } from '@beamline/deployer';
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

/** What each running instance says to others and takes from them, likewise. */
export async function spokenBy({ instances }: EnvironmentState, releases: Pick<ReleaseShelf, 'read'>): Promise<Record<string, Speaker>> {
  const found: Record<string, Speaker> = {};
  for (const [instance, { release, role }] of Object.entries(instances)) {
    const { clients, messages } = (await releases.read(release).catch(() => undefined))?.roles[role] ?? {};
    found[instance] = { ...(clients && { actions: clients.actions }), ...(messages && { messages }) };
  }
  return found;
}
