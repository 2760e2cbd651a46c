import { defineConfig } from '@beamline/stack';

/** Version 1, where the journey starts. */
export default defineConfig({
  game: 'arena',
  version: '1.0.0',
  roles: {
    world: { entry: 'src/v1/world.ts', targets: ['lua', 'js'] },
    battle: { entry: 'src/v1/battle.ts', shards: 2, dependsOn: ['world'], targets: ['lua', 'js'] },
    market: { entry: 'src/shared/market/market.lua', dependsOn: ['world'] },
  },
  // Each version under way has its own: in a real repository both are called world.lock, one a commit later.
  lock: 'world.v1.lock',
  environments: {
    local: { network: { kind: 'local' } },
  },
});
