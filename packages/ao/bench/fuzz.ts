import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@beamline/core';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { createItem } from '../src/ans104/create.ts';
import { fuzzHttp, fuzzItems } from './fuzz/fuzz.ts';

/**
 * Broken input for the ANS-104 and HTTP surface, by seed. Figures other than counts of inputs have to be 0.
 * @param inputs in all; a tenth goes through sockets. @default 1_000_000, quick 20_000
 */
export async function run({ quick = false, seed = 1, inputs = quick ? 20_000 : 1_000_000 }: { quick?: boolean; seed?: number; inputs?: number } = {}): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-fuzz-'));
  const player = ethereumSigner('42'.repeat(32));
  try {
    const tags = Array.from({ length: 12 }, (_, i) => ({ name: `Tag-${i}`, value: 'v'.repeat(i * 7) }));
    const samples = await Promise.all([[], tags].map((some) => createItem(player, { target: 'A'.repeat(43), tags: some, data: 'some data' })));
    const items = await fuzzItems(samples, Math.ceil(inputs * 0.9), seed);
    const http = await fuzzHttp(dir, async (url) => {
      const network = createHyperbeam({ url, clock: systemClock, retries: 0 });
      const module = await network.spawn(await network.signModule(player, 'function compute(base) base.results = { output = { data = "1" } } return base end'));
      const process = await network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
      const item = await network.signMessage(player, { target: process, tags, data: 'x' });
      return { process, item, slots: async () => (await network.slots(process)).scheduled };
    }, Math.floor(inputs * 0.1), seed);
    for (const crash of [...items.crashes, ...http.crashes].slice(0, 5)) process.stderr.write(`${crash}\n`);
    return {
      fuzzInputs: items.inputs + http.inputs,
      fuzzParsed: items.parsed,
      fuzzCrashes: items.crashes.length + http.crashes.length,
      fuzzAccepted: items.accepted + http.slotsAfter - http.slotsBefore,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
