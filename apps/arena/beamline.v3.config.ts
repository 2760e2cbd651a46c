import { defineConfig } from '@beamline/stack';
import { skillsAndStamina } from './src/v2/migration.ts';

/** Version 3, broken on purpose: only a smoke test notices. It shows that a deployment takes itself back. */
export default defineConfig({
  game: 'arena',
  version: '3.0.0',
  roles: {
    world: { entry: 'src/v3/world.ts', targets: ['lua', 'js'] },
    battle: { entry: 'src/v2/battle.ts', shards: 2, dependsOn: ['world'], targets: ['lua', 'js'] },
    market: { entry: 'src/shared/market/market.lua', dependsOn: ['world'] },
  },
  migrations: [skillsAndStamina],
  environments: {
    local: { network: { kind: 'local' } },
  },
});
