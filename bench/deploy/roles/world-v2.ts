import { defineRole } from '@beamline/kernel';
import arena from '../../../apps/arena/src/v2/world.ts';
import { landscape } from './scenery.ts';

export default defineRole({ ...arena, init: landscape });
