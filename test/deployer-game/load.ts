import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { play, score, type Player, type Studio } from './setup.ts';

/** As a player who thinks for a moment: what competes with the deployment for two cores is the network, not the crowd. */
export const THINKS_MS = 20;

/** Players who play until the work is done; what they were promised is in their books. */
export async function underLoad<T>(studio: Studio, crowd: readonly Player[], work: Promise<T>, where = ['world-0', 'battle-0', 'battle-1']): Promise<T> {
  let over = false;
  const done = work.finally(() => { over = true; });
  done.catch(() => undefined); // thrown below
  await Promise.all(crowd.map(async (player, n) => {
    for (let turn = n; !over; turn += 1) {
      await surely(studio, player, where[turn % where.length]!, 1 + (turn % 5));
      if (turn % 4 === 0) await score(studio, player);
      await setTimeout(THINKS_MS);
    }
  }));
  return done;
}

/** What nobody took is said again: a network that is down, a process that is retired. The number is the same, so it counts once. */
async function surely(studio: Studio, player: Player, instance: string, n: number): Promise<void> {
  const seq = player.seq[instance] ?? 0;
  for (;;) {
    const outcome = await play(studio, player, instance, n).catch(() => undefined);
    if (outcome !== undefined && /^(ok|held|forwarded)$/.test(outcome)) return;
    // An attempt whose answer got lost had been taken.
    if (outcome === 'duplicate') {
      player.owed += n;
      return;
    }
    player.seq[instance] = seq;
    delete player.known[instance];
    await setTimeout(20);
  }
}

/** Every player has in the world what it was promised, no more and no less. */
export async function expectBooksToBalance(studio: Studio, crowd: readonly Player[]): Promise<void> {
  // What a battle awarded is on its way to the world when the battle answers.
  for (const player of crowd) await surely(studio, player, 'battle-1', 2);
  for (const player of crowd) expect([player.signer.address, await score(studio, player)]).toEqual([player.signer.address, player.owed]);
}
