import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataItem, EthereumSigner } from '@dha-team/arbundles';
import { describeError, type Signer } from '@beamline/core';
import { arweaveSigner, createWallet, ethereumSigner, loadSigner, type ArweaveJwk } from '@beamline/ao';
import { createItem } from '../src/ans104/create.ts';
import { parseItem } from '../src/ans104/parse.ts';
import { verifyItem } from '../src/ans104/verify.ts';

let folder: string;
let jwk: ArweaveJwk;
let arweave: Signer;
const HEX = 'a1'.repeat(32);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-signers-'));
  arweave = await createWallet(join(folder, 'wallet.json'));
  jwk = JSON.parse(await readFile(join(folder, 'wallet.json'), 'utf8')) as ArweaveJwk;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const spec = { target: 't'.repeat(42) + 'A', tags: [{ name: 'Action', value: 'Größe' }, { name: 'Empty', value: '' }], data: 'hello' };

it.each(['arweave', 'ethereum'])('signs items that arbundles verifies too, with an id known at once: %s', async (kind) => {
  const signer = kind === 'arweave' ? arweave : ethereumSigner(HEX);
  const item = await createItem(signer, spec);
  const theirs = new DataItem(Buffer.from(item.raw));
  expect(await DataItem.verify(Buffer.from(item.raw))).toBe(true);
  expect(item).toMatchObject({ id: theirs.id, target: spec.target, owner: signer.address });
  const parsed = parseItem(item.raw);
  expect(parsed).toMatchObject({ id: item.id, target: spec.target, tags: theirs.tags });
  expect(parsed.data.toString()).toBe('hello');
  expect(parsed.digest()).toEqual(Buffer.from(await theirs.getSignatureData()));
  expect(await verifyItem(parsed)).toBe(true);
});

it.each(['arweave', 'ethereum'])('gives the same message a new id each time it is signed: %s', async (kind) => {
  const signer = kind === 'arweave' ? arweave : ethereumSigner(HEX);
  expect((await createItem(signer, spec)).id).not.toBe((await createItem(signer, spec)).id);
});

it('signs for Ethereum as wallets do: the address recovers from the signature', async () => {
  const { verifyMessage } = await import('@ethersproject/wallet');
  const signer = ethereumSigner(`0x${HEX}`);
  const bytes = Buffer.from('any bytes');
  expect(verifyMessage(bytes, await signer.sign(bytes))).toBe(signer.address);
  expect(Buffer.from(signer.publicKey)).toEqual(new EthereumSigner(HEX).publicKey);
});

it('signs with a key file that holds d, e and n alone', async () => {
  const { kty, n, e, d } = jwk;
  const bare = arweaveSigner({ kty, n, e, d });
  expect(bare.address).toBe(arweave.address);
  expect(await verifyItem(parseItem((await createItem(bare, spec)).raw))).toBe(true);
});

it.each([
  ['129 tags', { ...spec, tags: Array.from({ length: 129 }, (_, i) => ({ name: `t${i}`, value: '' })) }],
  ['4,097 bytes of tags', { ...spec, tags: [{ name: 'long', value: 'x'.repeat(4090) }] }],
  ['a target that is no id', { ...spec, target: 'arena' }],
  ['a tag without a name', { ...spec, tags: [{ name: '', value: 'x' }] }],
])('refuses to sign %s', async (_, bad) => {
  await expect(createItem(arweave, bad)).rejects.toMatchObject({ code: 'ao/bad-item' });
});

it('creates a wallet once, readable by its owner alone, and keeps it', async () => {
  const path = join(folder, 'deep', 'new.json');
  const [one, two] = await Promise.all([createWallet(path), createWallet(path)]);
  expect(one.address).toBe(two.address);
  expect((await createWallet(path)).address).toBe(one.address);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'deep'))).toEqual(['new.json']);
});

it('loads signers by reference', async () => {
  process.env['BEAMLINE_TEST_KEY'] = `${HEX}\n`;
  expect((await loadSigner('env:BEAMLINE_TEST_KEY')).address).toBe(ethereumSigner(HEX).address);
  process.env['BEAMLINE_TEST_KEY'] = JSON.stringify(jwk);
  expect((await loadSigner('env:BEAMLINE_TEST_KEY')).address).toBe(arweave.address);
  delete process.env['BEAMLINE_TEST_KEY'];
  expect((await loadSigner(`file:${join(folder, 'wallet.json')}`)).address).toBe(arweave.address);
  await expect(loadSigner('env:BEAMLINE_TEST_KEY')).rejects.toMatchObject({ code: 'ao/no-key' });
  await expect(loadSigner('file:/no/such/file')).rejects.toMatchObject({ code: 'ao/no-key' });
  await expect(loadSigner('vault:x')).rejects.toMatchObject({ code: 'ao/bad-reference' });
});

it('never shows a key: not in signers, not in errors', async () => {
  const secrets = [HEX, HEX.slice(0, 16), jwk.d.slice(0, 20), (jwk.p ?? '').slice(0, 20), 'q'.repeat(24)];
  const bad = join(folder, 'bad.json');
  await writeFile(bad, `{"kty":"RSA","d":"${jwk.d}", oops`);
  const small = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) as unknown as ArweaveJwk;
  secrets.push(small.d.slice(0, 20));
  const attempts: (() => unknown)[] = [
    () => loadSigner(`file:${bad}`),
    () => loadSigner(HEX),
    () => loadSigner(JSON.stringify(jwk)),
    () => ethereumSigner(`${HEX}ff`),
    () => ethereumSigner('q'.repeat(24)),
    () => arweaveSigner(small),
    () => arweaveSigner({ ...jwk, e: 'AQAC', p: '', q: '' }),
    () => arweaveSigner({ kty: 'RSA', n: jwk.n, e: jwk.e, d: jwk.d.replace(/^.{20}/, 'A'.repeat(20)) }),
  ];
  const shown = [inspect(arweave, { depth: 9 }), inspect(ethereumSigner(HEX), { depth: 9 }), JSON.stringify(arweave)];
  for (const attempt of attempts) {
    const error = await Promise.resolve().then(attempt).then(() => undefined, (failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'Fault' });
    shown.push(inspect(error, { depth: 9 }), describeError(error), String((error as Error).stack));
  }
  for (const secret of secrets) for (const text of shown) expect(text).not.toContain(secret);
});

it('accepts one form of an Ethereum signature only, so that nobody can give a message a second id', async () => {
  const { createItem } = await import('../src/ans104/create.ts');
  const { parseItem } = await import('../src/ans104/parse.ts');
  const { verifyItem } = await import('../src/ans104/verify.ts');
  const { ethereumSigner } = await import('@beamline/ao');
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  for (let i = 0; i < 8; i++) {
    const { raw } = await createItem(ethereumSigner('42'.repeat(32)), { tags: [], data: `m${i}` });
    expect(await verifyItem(parseItem(raw))).toBe(true);
    const last = raw[66] as number;
    for (const other of [0, 1, last - 27, last === 27 ? 28 : 27, 255]) {
      expect(await verifyItem(parseItem(Uint8Array.from(raw).fill(other, 66, 67)))).toBe(false);
    }
    const mirrored = Buffer.from(raw);
    const s = BigInt(`0x${mirrored.toString('hex', 34, 66)}`);
    mirrored.write((order - s).toString(16).padStart(64, '0'), 34, 'hex');
    for (const end of [27, 28]) expect(await verifyItem(parseItem(mirrored.fill(end, 66, 67)))).toBe(false);
  }
});
