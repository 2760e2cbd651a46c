import { defineConfig } from '@beamline/stack';
import { skillsAndStamina } from './src/v2/migration.ts';

/** Version 2, the current one: players run and have stamina, blows strike home. */
export default defineConfig({
  game: 'arena',
  version: '2.0.0',
  roles: {
    world: { entry: 'src/v2/world.ts', targets: ['lua', 'js'] },
    battle: { entry: 'src/v2/battle.ts', shards: 2, dependsOn: ['world'], targets: ['lua', 'js'] },
    market: { entry: 'src/shared/market/market.lua', dependsOn: ['world'] },
  },
  migrations: [skillsAndStamina],
  environments: {
    local: { network: { kind: 'local' } },
  },
});
