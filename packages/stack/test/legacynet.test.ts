import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createWallet, ethereumSigner } from '@beamline/ao';
import { silentLogger, systemClock } from '@beamline/core';
import { connect } from '../src/network/connect.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'beamline-stack-'));
});
afterEach(() => rm(root, { recursive: true }));

const network = { kind: 'legacynet', muUrl: 'http://127.0.0.1:9/mu', cuUrl: 'http://127.0.0.1:9/cu', suUrl: 'http://127.0.0.1:9/su', aosModule: 'a'.repeat(43) } as const;
const connection = (config: { signer?: `file:${string}` }) =>
  connect({ environment: 'old', config: { network, ...config }, root, dir: join(root, 'state'), clock: systemClock, logger: silentLogger });

it('keeps the names of an environment on legacynet in its folder', async () => {
  const { address } = await createWallet(join(root, 'wallet.json'));
  const first = await connection({ signer: 'file:wallet.json' });
  expect([first.network.kind, first.signer.address, first.url]).toEqual(['legacynet', address, network.cuUrl]);
  await first.network.setAlias('arena-world-0-old', 'p'.repeat(43), ethereumSigner('42'.repeat(32)));
  expect(JSON.parse(await readFile(join(root, 'state', 'names.json'), 'utf8'))).toEqual({ version: 1, names: { 'arena-world-0-old': 'p'.repeat(43) } });
  expect(await (await connection({ signer: 'file:wallet.json' })).network.resolve('arena-world-0-old')).toBe('p'.repeat(43));
});

it('needs a signer there, as on any network elsewhere', async () => {
  await expect(connection({})).rejects.toMatchObject({ code: 'stack/no-signer' });
});
