import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { startLocalNetwork, type LocalLimits, type LocalNetwork } from '@beamline/ao/local';
import { describeMissingAos, fetchAosForTests, TEST_AOS } from '@beamline/vm/testing';

export const CACHE = new URL('../../../../node_modules/.cache/beamline', import.meta.url).pathname;

/** The path of the pinned aos module; `undefined` when it cannot be fetched. */
export const aosPath = await fetchAosForTests(CACHE, TEST_AOS.wasm32);
export const aosFile = { path: aosPath ?? '', sha256: TEST_AOS.wasm32.sha256 };
export const hasAos = aosPath !== undefined;

/** A test that needs aos; where it cannot be had, its name says that it did not run and how it would. */
export function aosIt(name: string, run: () => Promise<void> | void, timeoutMs?: number): void {
  if (hasAos) it(name, async () => run(), timeoutMs);
  else it(`${describeMissingAos(TEST_AOS.wasm32, CACHE)} — ${name}`, () => undefined);
}

export const newFolder = () => mkdtemp(join(tmpdir(), 'beamline-aos-'));

export function startWithAos(dir: string, limits?: LocalLimits): Promise<LocalNetwork> {
  return startLocalNetwork({ dir, clock: systemClock, aos: aosFile, ...(limits ? { limits } : {}) });
}
