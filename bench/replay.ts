import { fileURLToPath } from 'node:url';
import { buildRole } from '@beamline/bundler';
import type { AoMap } from '@beamline/core';
import { createVm, replay, type ReplayEntry } from '@beamline/vm';
import { snapshotRequest, worldSchedule } from './world-schedule.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Replays a schedule of arena's world, made as it is read, and what metering and roots add to it. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 5_000 : 100_000;
  const { code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: ROOT });
  const open = (metered: boolean) => createVm({ code, metered, base: { process: worldSchedule(0).next().value!['body'] as AoMap } });
  const rootAt = [messages / 2, messages];
  const look = ({ slot, timestamp }: ReplayEntry) => snapshotRequest(slot, timestamp);

  const vm = await open(false);
  const started = performance.now();
  const plain = await replay(vm, entries(messages), { rootAt, look });
  const plainMs = performance.now() - started;
  const memory = await vm.memory();
  const looked = performance.now();
  await vm.peek(look({ slot: messages, timestamp: 1_700_000_000_000 + messages * 10, req: {} }));
  const lookMs = performance.now() - looked;
  await vm.close();

  const meteredVm = await open(true);
  const count = messages / 5;
  const again = performance.now();
  const metered = await replay(meteredVm, entries(count));
  const meteredMs = performance.now() - again;
  await meteredVm.close();
  if (plain.failure !== undefined || plain.applied !== messages + 1) throw new Error(`replay stopped after slot ${plain.slot}`);

  const systems = Object.entries(metered.cost!.systems).map(([name, instructions]) => [`${name}InstructionsPerMessage`, instructions / count] as const);
  return Object.fromEntries(Object.entries({
    replayMessages: plain.applied,
    replayPerSecond: plain.applied / plainMs * 1_000,
    replayInLuaMicros: plain.ms / plain.applied * 1_000,
    lookMs,
    meteredVsPlain: (meteredMs / count) / (plainMs / messages),
    instructionsPerMessage: metered.cost!.instructions / count,
    ...Object.fromEntries(systems),
    luaMb: memory.luaBytes / 2 ** 20,
    wasmMb: memory.wasmBytes / 2 ** 20,
    imageMb: memory.imageBytes / 2 ** 20,
  }).map(([name, value]) => [name, Number(value.toPrecision(3))]));
}

function* entries(messages: number): Generator<ReplayEntry> {
  for (const req of worldSchedule(messages)) yield { slot: req['slot'] as number, timestamp: req['timestamp'] as number, req };
}
