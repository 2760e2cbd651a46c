import { defineConfig } from '@beamline/stack';
import allowed from './beamline.allowed.config.ts';

/** Another release, which has not run yet. */
export default defineConfig({ ...allowed, version: '2.1.0' });
