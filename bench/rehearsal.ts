import { rehearseArena } from './rehearsal-of-arena.ts';
import { rounded } from './rounded.ts';

/** A rehearsal of arena's world off the network, in a whole and under chaos. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 5_000 : 40_000;
  const plain = await rehearseArena({ messages });
  const wild = await rehearseArena({ messages, chaos: 1 });
  const [world] = plain.report.instances;
  return rounded({
    rehearsalMessages: world!.messages,
    rehearsalPerSecond: plain.perSecond,
    chaosPerSecond: wild.perSecond,
    differences: world!.differences.length,
    instructionsPerMessage: world!.cost.message.new ?? 0,
  });
}
