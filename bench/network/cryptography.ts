import { generateKeyPairSync } from 'node:crypto';
import { arweaveSigner, type ArweaveJwk } from '@beamline/ao';
import { createItem } from '../../packages/ao/src/ans104/create.ts';
import { parseItem } from '../../packages/ao/src/ans104/parse.ts';
import { verifyItem } from '../../packages/ao/src/ans104/verify.ts';
import { PLAYERS } from './local-bench.ts';

/** What signing and verifying take by themselves: the floor under everything else. */
export async function measureCryptography(): Promise<Record<string, number>> {
  const arweave = arweaveSigner(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey.export({ format: 'jwk' }) as ArweaveJwk);
  const ethereum = PLAYERS[0]!;
  const spec = { target: 'A'.repeat(43), tags: [{ name: 'Action', value: 'Move' }], data: '{"x":1}' };
  const [ofEthereum, ofRsa] = [await createItem(ethereum, spec), await createItem(arweave, spec)];
  const digest = parseItem(ofRsa.raw).digest();
  return {
    ethereumVerifyPerSecond: await perSecond(1_000, () => verifyItem(parseItem(ofEthereum.raw))),
    rsaVerifyPerSecond: await perSecond(1_000, () => verifyItem(parseItem(ofRsa.raw))),
    ethereumSignPerSecond: await perSecond(1_000, () => ethereum.sign(digest)),
    rsaSignPerSecond: await perSecond(100, () => arweave.sign(digest)),
  };
}

async function perSecond(times: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: times }, work));
  return (times * 1000) / (performance.now() - start);
}
