import { u32, u8 } from '@beamline/ecs';
import { migration, widen } from '@beamline/persistence';
import { defineConfig } from '@beamline/stack';
import v3 from './beamline.v3.config.ts';

/** Takes them with 255. */
export default defineConfig({
  ...v3, version: '4.0.0', lock: 'world.v4.lock',
  migrations: [migration({ id: 1, name: 'bytes', from: { role: 'board' }, steps: [widen('Score', 'points', { from: u32, to: u8, onMisfit: 'clamp' })] })],
});
