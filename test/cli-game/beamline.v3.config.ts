import { u32, u8 } from '@beamline/ecs';
import { migration, widen } from '@beamline/persistence';
import { defineConfig } from '@beamline/stack';
import v1 from './beamline.config.ts';

/** Refuses players with more than 255 points. */
export default defineConfig({
  ...v1, version: '3.0.0', roles: { board: { entry: 'v3.ts' } }, lock: 'world.v3.lock',
  migrations: [migration({ id: 1, name: 'bytes', from: { role: 'board' }, steps: [widen('Score', 'points', { from: u32, to: u8 })] })],
});
