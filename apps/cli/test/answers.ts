import type { Bundle, DeploymentPlan, DeploymentReport, Stack, StatusReport } from '@beamline/stack';

export const RELEASE = 'b81e02d9'.repeat(8);

export const plan: DeploymentPlan = {
  version: 1, id: 'd1', game: 'arena', environment: 'local', to: RELEASE, toVersion: '1.0.0', createdAt: 0, strategy: 'blue-green',
  instances: [{ instance: 'world-0', action: 'create', role: 'world', shard: 0, alias: 'arena-world-0-local', layout: { verdict: 'new' }, because: 'no process serves it yet' }],
  changes: [], reverse: { impossible: 'first' }, links: [], basis: {}, steps: ['spawn world-0'], expectedMessages: 3, expectedPauseMs: 120,
};

export const report = (changes: Partial<DeploymentReport> = {}): DeploymentReport => ({
  version: 1, id: 'd1', strategy: 'blue-green', outcome: 'complete', to: RELEASE, startedAt: 0, endedAt: 1_500,
  instances: { 'world-0': { green: 'p', writePauseMs: 62, deliveredAfterMs: 70, heldMessages: 3, redelivered: 0 } }, ...changes,
});

export const status = (changes: Partial<StatusReport> = {}): StatusReport => ({
  version: 1, game: 'arena', environment: 'local', release: { id: RELEASE, version: '1.0.0' }, health: 'healthy',
  node: { url: 'http://127.0.0.1:1', address: 'a', build: 'b' }, at: 0, instances: [], deployments: [], snapshots: [], ...changes,
});

const built: Bundle = {
  role: 'world', target: 'lua', code: 'return 1', map: '{}', sha256: 'ab', bytes: 51_200, gzipBytes: 12_800,
  modules: [{ path: 'src/world.ts', bytes: 30_000 }], warnings: [],
};

export const bundle: Stack['bundle'] = async (options) => {
  options?.onBundle?.(built);
  const release = { format: 1, id: RELEASE, game: 'arena', version: '1.0.0', roles: {}, migrations: [], toolchain: {}, files: {} } as const;
  return { release, path: '/game/.beamline/releases/b81e', warnings: ['world: heavy'] };
};
