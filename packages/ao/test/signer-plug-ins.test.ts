import { constants, generateKeyPairSync, hash, privateDecrypt, publicEncrypt, sign as rsaSign, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeError, systemClock, type Signer } from '@beamline/core';
import { arweaveSigner, createFailover, createHyperbeam, createWallet, ethereumSigner, loadSigner, type ArweaveJwk } from '@beamline/ao';
import { createItem } from '../src/ans104/create.ts';
import { parseItem } from '../src/ans104/parse.ts';
import { verifyItem } from '../src/ans104/verify.ts';
import { createFaultProxy } from '../src/fault-proxy/index.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let folder: string;
let jwk: ArweaveJwk;
beforeAll(async () => {
  local = await openLocal();
  folder = await mkdtemp(join(tmpdir(), 'beamline-plug-ins-'));
  await createWallet(join(folder, 'wallet.json'));
  jwk = JSON.parse(await readFile(join(folder, 'wallet.json'), 'utf8')) as ArweaveJwk;
});
afterAll(async () => {
  await local.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A KMS signs digests of a key that never leaves it, over the network, and may be out of order at any time. */
function kmsSigner(kms: { publicKey: KeyObject; sign(bytes: Uint8Array, digest: string): Promise<Uint8Array> }): Signer {
  const publicKey = Buffer.from(kms.publicKey.export({ format: 'jwk' }).n as string, 'base64url');
  return {
    address: hash('sha256', publicKey, 'base64url'),
    type: 1,
    publicKey,
    sign: (bytes, digest = 'sha256') => kms.sign(bytes, digest),
  };
}

/** A browser wallet knows `personal_sign` and asks a person, who may say no. Two signatures of the same bytes are the same. */
function walletSigner(address: string, publicKey: Uint8Array, personalSign: (bytes: Uint8Array) => Promise<string>): Signer {
  return { address, type: 3, publicKey, sign: async (bytes) => Buffer.from((await personalSign(bytes)).slice(2), 'hex') };
}

function kms() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 });
  expect(privateDecrypt(privateKey, publicEncrypt(publicKey, Buffer.from('x'))).toString()).toBe('x');
  return {
    publicKey,
    sign: async (bytes: Uint8Array, digest: string): Promise<Uint8Array> => {
      await new Promise((resolve) => setImmediate(resolve));
      return rsaSign(digest, bytes, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    },
  };
}

it('signs items and names with a KMS that answers later', async () => {
  const signer = kmsSigner(kms());
  const item = await createItem(signer, { target: 't'.repeat(43), tags: [], data: 'x' });
  expect(await verifyItem(parseItem(item.raw))).toBe(true);
  const process = await local.spawn();
  expect(await local.network.send(await local.network.signMessage(signer, { target: process, tags: [], data: '' }))).toMatchObject({ slot: 1 });
  // The signature over HTTP is right, so the node knows who asks, and refuses.
  await expect(local.network.setAlias('arena', process, signer)).rejects.toMatchObject({ code: 'ao/not-operator' });
});

it('signs items with a browser wallet', async () => {
  const inside = ethereumSigner('c3'.repeat(32));
  const signer = walletSigner(inside.address, inside.publicKey, async (bytes) => `0x${Buffer.from(await inside.sign(bytes)).toString('hex')}`);
  const process = await local.spawn();
  await local.network.send(await local.network.signMessage(signer, { target: process, tags: [], data: '' }));
  for await (const { committer } of local.network.schedule(process, { from: 1 })) expect(committer).toBe(inside.address);
  expect(await local.network.slots(process)).toMatchObject({ scheduled: 1 });
});

it('passes on that somebody would not sign, and sends nothing', async () => {
  const refused = new Error('User rejected the request.');
  const inside = ethereumSigner('c3'.repeat(32));
  const signer = walletSigner(inside.address, inside.publicKey, () => Promise.reject(refused));
  await expect(local.network.signMessage(signer, { target: 't'.repeat(43), tags: [], data: '' })).rejects.toBe(refused);
  await expect(local.network.setAlias('arena', 't'.repeat(43), { ...signer, type: 1 })).rejects.toBe(refused);
});

it('never shows a key: not in signers, networks, items, Faults of all kinds, nor on the wire', async () => {
  const HEX = 'd4'.repeat(32);
  const signers = [ethereumSigner(HEX), arweaveSigner(jwk), await loadSigner(`file:${join(folder, 'wallet.json')}`)];
  const wire: Buffer[] = [];
  const listener = createServer((socket) => void socket.on('data', (bytes) => wire.push(bytes)).on('data', () => socket.end('HTTP/1.1 400 X\r\ncontent-length: 0\r\n\r\n')).on('error', () => undefined));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as { port: number }).port}`;
  const proxy = await createFaultProxy({ target: local.server.url, clock: systemClock, rules: [{ fault: { kind: 'reset' } }] });
  const networks = [url, proxy.url, 'http://127.0.0.1:1'].map((place) => createHyperbeam({ url: place, clock: systemClock, retries: 0 }));
  networks.push(createFailover({ networks: [...networks], clock: systemClock }));
  const shown: string[] = [];
  const show = (value: unknown) => shown.push(inspect(value, { depth: 20, showHidden: true, getters: true }), JSON.stringify(value) ?? '');
  for (const network of networks) {
    show(network);
    for (const signer of signers) {
      show(signer);
      const item = await local.network.signMessage(signer, { target: 't'.repeat(43), tags: [], data: '' });
      show(item);
      const attempts = [
        network.send(item), network.spawn(item), network.setAlias('arena', 't'.repeat(43), signer), network.setAlias('no name', 't'.repeat(43), signer),
        network.signModule(signer, 'x'), network.signMessage(signer, { target: 'bad', tags: [], data: '' }),
      ];
      for (const { status, ...rest } of await Promise.allSettled(attempts)) {
        expect(status).toBe('rejected');
        const { reason } = rest as { reason: Error };
        show(reason);
        shown.push(describeError(reason), String(reason.stack));
      }
    }
  }
  listener.close();
  await proxy.close();
  shown.push(Buffer.concat(wire).toString('latin1'));
  expect(shown.at(-1)).toContain('register'); // the wire was really listened to
  const raw = Buffer.from(jwk.d, 'base64url');
  const secrets = [HEX, HEX.slice(0, 20), jwk.d.slice(0, 24), jwk.d.slice(-24), ...[jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((part) => part!.slice(0, 24)), raw.toString('hex').slice(0, 24), raw.toString('base64').slice(0, 24)];
  for (const secret of secrets) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
});
