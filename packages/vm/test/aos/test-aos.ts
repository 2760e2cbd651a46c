import { readFile } from 'node:fs/promises';
import { loadAosModule, type AosEnvironment, type AosMessage, type AosModule } from '@beamline/vm';
import { describeMissingAos, fetchAosForTests, TEST_AOS } from '@beamline/vm/testing';

const CACHE = new URL('../../../../node_modules/.cache/beamline', import.meta.url).pathname;

/** A pinned module, or the name under which its tests say that they did not run. */
export async function testAos(kind: keyof typeof TEST_AOS = 'wasm32'): Promise<{ bytes?: Buffer; aos?: AosModule; missing?: string }> {
  const wanted = TEST_AOS[kind];
  const path = await fetchAosForTests(CACHE, wanted);
  if (path === undefined) return { missing: describeMissingAos(wanted, CACHE) };
  const bytes = await readFile(path);
  return { bytes, aos: loadAosModule(bytes, wanted.sha256) };
}

export const OWNER = 'o'.repeat(43);
export const PROCESS = 'p'.repeat(43);
export const environment: AosEnvironment = {
  Process: { Id: PROCESS, Owner: OWNER, Tags: [{ name: 'Authority', value: 'a'.repeat(43) }, { name: 'Module', value: 'm'.repeat(43) }] },
  Module: { Id: 'm'.repeat(43), Owner: OWNER, Tags: [] },
};

export function message(slot: number, tags: Record<string, string>, data = '', from = OWNER): AosMessage {
  return {
    Id: slot === 0 ? PROCESS : `message-${slot}`, From: from, Owner: from, Target: PROCESS, Module: 'm'.repeat(43), Anchor: '', Data: data,
    Tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
    Timestamp: 1_700_000_000_000 + 1_000 * slot, 'Block-Height': 1_000, Nonce: slot, Epoch: 0, 'Hash-Chain': 'x', Cron: false,
  };
}

export const spawned = message(0, { Type: 'Process', 'Data-Protocol': 'ao' }, '1984');
export const evaluate = (slot: number, code: string) => message(slot, { Action: 'Eval' }, code);
