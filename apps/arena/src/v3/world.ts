import type { Role } from '@beamline/kernel';
import world from '../v2/world.ts';
import { move } from './move.ts';

/** Version 3 is wrong on purpose: it builds, starts, keeps the layout and stays healthy, but see move.ts. */
export default { ...world, actions: { ...world.actions, Move: move } } satisfies Role;
