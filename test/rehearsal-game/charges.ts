import { defineRole } from '@beamline/kernel';
import { dig, give, hunger, join, look, NEVER, Player, walk, Well } from './game.ts';

/** Keeps a coin of each gift, and says so to the receiver. */
export default defineRole({
  name: 'world', tick: 'every-message', components: [Player, Well], systems: [hunger(10)],
  actions: { Join: join, Walk: walk(1), Look: look(0), Give: give(1), Dig: dig(NEVER) },
});
