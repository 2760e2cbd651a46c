import type { AoNetwork, Clock } from '@beamline/core';

/** Somebody who looks at the game all the time. */
export interface Reader {
  reads: number;
  failures: number;
  stop(): Promise<void>;
}

const EVERY_MS = 50;

/** Reads a public key of whoever serves each alias in turn; a read fails that throws or finds nothing. */
export function startReader(network: AoNetwork, aliases: readonly string[], clock: Clock): Reader {
  const reader = { reads: 0, failures: 0, stop };
  let going = true;
  const looking = (async () => {
    for (let n = 0; going; n += 1) {
      reader.reads += 1;
      try {
        const process = await network.resolve(aliases[n % aliases.length]!);
        if (process === undefined || (await network.read(process, 'health')) === undefined) reader.failures += 1;
      } catch {
        reader.failures += 1;
      }
      await clock.sleep(EVERY_MS);
    }
  })();
  async function stop(): Promise<void> {
    going = false;
    await looking;
  }
  return reader;
}
