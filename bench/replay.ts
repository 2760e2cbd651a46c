import { look, openReplayed, replayWorld } from './replay-world.ts';
import { rounded } from './rounded.ts';

/** Replays a schedule of arena's world, and what metering and a look at the state add to it. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 5_000 : 100_000;
  const { vm, replayed, perSecond } = await openReplayed({ messages });
  const memory = await vm.memory();
  const looked = performance.now();
  await vm.peek(look({ slot: messages, timestamp: 1_700_000_000_000 + messages * 10 }));
  const lookMs = performance.now() - looked;
  await vm.close();

  const count = messages / 5;
  const metered = await replayWorld({ messages: count, metered: true });
  const { instructions, systems } = metered.replayed.cost!;
  return rounded({
    replayMessages: replayed.applied,
    replayPerSecond: perSecond,
    replayInLuaMicros: (replayed.ms / replayed.applied) * 1_000,
    lookMs,
    meteredVsPlain: perSecond / metered.perSecond,
    instructionsPerMessage: instructions / count,
    ...Object.fromEntries(Object.entries(systems).map(([name, spent]) => [`${name}InstructionsPerMessage`, spent / count])),
    luaMb: memory.luaBytes / 2 ** 20,
    wasmMb: memory.wasmBytes / 2 ** 20,
    imageMb: memory.imageBytes / 2 ** 20,
  });
}
