import { defineConfig } from '@beamline/stack';
import v1 from './beamline.config.ts';

export default defineConfig({ ...v1, version: '2.0.0', roles: { board: { entry: 'v2.ts' } } });
