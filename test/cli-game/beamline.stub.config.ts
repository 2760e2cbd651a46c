import { defineConfig } from '@beamline/stack';
import v1 from './beamline.config.ts';

/** New sources, and no migration yet. */
export default defineConfig({ ...v1, version: '3.0.0', roles: { board: { entry: 'v3.ts' } } });
