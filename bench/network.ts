import { measureClient } from './network/client.ts';
import { measureCrowd } from './network/crowd.ts';
import { measureCryptography } from './network/cryptography.ts';
import { measureFaults } from './network/faults.ts';
import { measureOneProcess } from './network/one-process.ts';
import { replayWorld } from './replay-world.ts';
import { rounded } from './rounded.ts';

/** The local network and its client, one part after the other; each has a network of its own, in a process of its own. */
export async function run({ quick = false }: { quick?: boolean } = {}): Promise<Record<string, number>> {
  const { applied, perSecond } = await replayWorld({ messages: quick ? 5_000 : 100_000 });
  return rounded({
    ...(await measureOneProcess({ quick })),
    ...(await measureClient({ quick })),
    ...(await measureCrowd({ quick })),
    replayMessages: applied,
    replayPerSecond: perSecond,
    ...(await measureFaults({ messages: quick ? 2_000 : 100_000 })),
    ...(await measureCryptography()),
  });
}
