import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner, loadSigner } from '@beamline/ao';
import { createLegacynet, createNameFile } from '@beamline/ao/legacynet';
import { launchLocalNetwork, startLocalNetwork } from '@beamline/ao/local';
import type { Release, ReleaseBuild } from '@beamline/bundler';
import { systemClock as clock, type AoNetwork, type Signer } from '@beamline/core';
import { createFsEnvironmentStore, createFsJournal, createFsLock } from '@beamline/deployer/fs';
import { emptyState, planDeployment, type DeployableRelease, type DeploymentPlan, type RunnerOptions } from '@beamline/deployer';
import { u16 } from '@beamline/ecs';
import { addComponent, migration, renameField } from '@beamline/persistence';
import { builtRelease } from '../built.ts';

const ranks = migration({
  name: 'ranks', from: { role: 'world' },
  steps: [renameField('Player', 'score', 'points'), addComponent('Rank', { fields: { level: u16 }, on: 'Player', values: { level: 1 } })],
});

const root = import.meta.dirname;
const battle = { entry: 'battle.ts', targets: ['lua'] as const, shards: 2, dependsOn: ['world'] };

const first = { game: 'small', version: '1', root, roles: { world: { entry: 'world-v1.ts', targets: ['lua'] as const }, battle } };
const second = (lock: ReleaseBuild['lock']) => ({
  ...first, version: '2', roles: { ...first.roles, world: { entry: 'world-v2.ts', targets: ['lua'] as const } },
  lock, migrations: [ranks as unknown as Record<string, unknown>],
});

export interface Studio {
  network: AoNetwork;
  url: string;
  v1: Release;
  v2: Release;
  options: RunnerOptions;
  plan(release: DeployableRelease, strategy?: string): Promise<DeploymentPlan>;
  /** kill -9 of the network, which the studio must have `apart`; what it acknowledged is on its disk. @param downMs until it is back at the same address */
  cutPower(downMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Version 2 with room for a flaw (world-flawed.ts), for `rewritten`. */
export async function flawedRelease(): Promise<Release> {
  const { lock } = await builtRelease(first);
  return (await builtRelease({ ...second(lock), roles: { ...second(lock).roles, world: { entry: 'world-flawed.ts', targets: ['lua'] } } })).release;
}

/**
 * The local network, a small game in two releases, and everything a runner needs, in a folder of its own. With `aos`,
 * the path of its module, everything goes through legacynet's units. `apart`: in a process of its own, to be killed.
 */
export async function openStudio({ aos, apart = false }: { aos?: string; apart?: boolean } = {}): Promise<Studio> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-deployer-'));
  const folder = join(dir, 'network');
  let launched = apart ? await launchLocalNetwork({ dir: folder }) : undefined;
  const local = launched === undefined ? await startLocalNetwork({ dir: folder, clock, ...(aos === undefined ? {} : { aos: { path: aos } }) })
    : { url: launched.url, aosModule: undefined, close: async () => launched!.stop() };
  const [mu, cu, su] = ['mu', 'cu', 'su'].map((unit) => `${local.url}/${unit}`) as [string, string, string];
  const network = local.aosModule === undefined ? createHyperbeam({ url: local.url, clock })
    : createLegacynet({ muUrl: mu, cuUrl: cu, suUrl: su, aosModule: local.aosModule, names: createNameFile(join(dir, 'names.json')), clock });
  const { release: v1, lock } = await builtRelease(first);
  const { release: v2 } = await builtRelease(second(lock));
  const releases = [v1, v2];
  const environments = createFsEnvironmentStore({ root: join(dir, 'environments') });

  return {
    network, url: local.url, v1, v2,
    options: {
      network, signer: ethereumSigner('11'.repeat(32)), operator: await loadSigner(`file:${join(dir, 'network', 'operator.json')}`),
      environments, journal: createFsJournal({ root: join(dir, 'journals') }), lock: createFsLock({ root: join(dir, 'environments') }), clock,
      bundles: { lua: async (id, role) => releases.find((release) => release.id === id)!.files[`${role}.lua`]! },
    },
    plan: async (release, strategy = 'blue-green') => planDeployment({
      state: (await environments.read('local')) ?? emptyState('local', 'small'), release, at: clock.now(), strategy,
    }),
    async cutPower(downMs) {
      await launched!.stop('SIGKILL');
      await clock.sleep(downMs);
      launched = await launchLocalNetwork({ dir: folder, port: Number(new URL(local.url).port) });
    },
    async close() {
      await local.close();
      await rm(dir, { recursive: true });
    },
  };
}

export interface Player {
  signer: Signer;
  /** What the network has taken from this player. */
  owed: number;
  seq: Record<string, number>;
  /** Never resolves an alias again once it knows a process. */
  stubborn: boolean;
  known: Record<string, string>;
}

export const players = (count: number): Player[] => Array.from({ length: count }, (_, n) => ({
  signer: ethereumSigner((1000 + n).toString(16).padStart(64, '0')), owed: 0, seq: {}, stubborn: n % 2 === 0, known: {},
}));

/** One signed message; waits for the answer. @returns the outcome. */
export async function play({ network }: Studio, player: Player, instance: string, n: number): Promise<string> {
  const known = player.known[instance];
  const target = player.stubborn && known !== undefined ? known : (await network.resolve(`small-${instance}-local`))!;
  player.known[instance] = target;
  const seq = (player.seq[instance] ?? 0) + 1;
  player.seq[instance] = seq;
  const tags = Object.entries({ Action: instance === 'world-0' ? 'Add' : 'Fight', n: `${n}`, seq: `${seq}` }).map(([name, value]) => ({ name, value }));
  const delivery = await network.send(await network.signMessage(player.signer, { target, tags, data: '' }));
  const outcome = delivery.outcome === 'computed' ? String(delivery.output['outcome']) : delivery.detail;
  if (['ok', 'held', 'forwarded'].includes(outcome)) player.owed += n;
  return outcome;
}

export async function score({ network }: Studio, player: Player): Promise<number> {
  const target = (await network.resolve('small-world-0-local'))!;
  const tags = Object.entries({ Action: 'Score', player: player.signer.address }).map(([name, value]) => ({ name, value }));
  const delivery = await network.send(await network.signMessage(player.signer, { target, tags, data: '' }));
  return delivery.outcome === 'computed' ? Number(delivery.output['data']) : -1;
}
