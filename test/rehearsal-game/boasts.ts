import { defineRole } from '@beamline/kernel';
import { dig, give, hunger, join, look, NEVER, Player, walk, Well } from './game.ts';

/** Answers one coin more than there is. */
export default defineRole({
  name: 'world', tick: 'every-message', components: [Player, Well], systems: [hunger(10)],
  actions: { Join: join, Walk: walk(1), Look: look(1), Give: give(0), Dig: dig(NEVER) },
});
