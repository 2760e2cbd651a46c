import { defineConfig } from '@beamline/stack';
import v1 from './beamline.config.ts';

/** Points count twice, and nobody said that they may. */
export default defineConfig({
  ...v1, version: '2.0.0', roles: { board: { entry: 'v2.ts' } },
  environments: { local: { ...v1.environments.local, rehearsal: { messages: 20 } } },
});
