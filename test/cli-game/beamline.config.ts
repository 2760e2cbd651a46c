import { defineConfig } from '@beamline/stack';

export default defineConfig({
  game: 'scores',
  version: '1.0.0',
  roles: { board: { entry: 'v1.ts' } },
  environments: { local: { network: { kind: 'local' }, bakeMs: 50, sampleMs: 100 } },
});
