import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeError, systemClock, type LogFields, type Logger, type Signer } from '@beamline/core';
import { arweaveSigner, createHyperbeam, createWallet, ethereumSigner, loadSigner, type ArweaveJwk } from '@beamline/ao';
import { launchLocalNetwork, stopNetwork } from '@beamline/ao/local';
import { createLegacynet } from '../src/legacynet.ts';
import { createItem } from '../src/ans104/create.ts';
import { openLocal, type OpenLocal } from './open-local.ts';
import { reply, scriptedNode } from './scripted-node.ts';

const HEX = 'c0ffee'.padEnd(64, '123456789abcdef0');
let folder: string;
let jwk: ArweaveJwk;
let secrets: string[];
let signers: [kind: string, signer: Signer][];
let local: OpenLocal;
const logged: string[] = [];
const logger: Logger = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (text: string, fields?: LogFields) => void logged.push(`${level} ${text} ${JSON.stringify(fields)}`)])) as never;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-secrets-'));
  local = await openLocal({ dir: await mkdir(join(folder, 'network'), { recursive: true }).then(() => join(folder, 'network')), logger });
  jwk = JSON.parse(await readFile(join(local.dir, 'operator.json'), 'utf8')) as ArweaveJwk;
  const keys = [HEX, ...(['d', 'p', 'q', 'dp', 'dq', 'qi'] as const).map((name) => Buffer.from(jwk[name] as string, 'base64url').toString('hex'))];
  secrets = [...new Set(keys.flatMap(formsOf))];
  const held = ethereumSigner(HEX);
  signers = [
    ['arweave', arweaveSigner(jwk)],
    ['arweave with d, e and n alone', arweaveSigner({ kty: 'RSA', n: jwk.n, e: jwk.e, d: jwk.d })],
    ['ethereum', held],
    ['a wallet file', await loadSigner(`file:${join(local.dir, 'operator.json')}`)],
    ['a plug-in', { address: held.address, type: held.type, publicKey: held.publicKey, sign: (bytes) => held.sign(bytes) }],
  ];
});
afterAll(async () => {
  await local.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** How a key may be written, cut to pieces that even a shortened dump would hold. */
function formsOf(hex: string): string[] {
  const bytes = Buffer.from(hex, 'hex');
  const whole = [
    hex, hex.toUpperCase(), (hex.match(/../g) as string[]).join(' '), bytes.toString('base64'), bytes.toString('base64url'), BigInt(`0x${hex}`).toString(), [...bytes].join(','), [...bytes].join(', '),
    bytes.toString('latin1'),
  ];
  return whole.flatMap((text) => [text.slice(0, 24), text.slice(text.length >> 1).slice(0, 24)]).filter((piece) => piece.length >= 16);
}
const leaksIn = (text: string): string[] => secrets.filter((secret) => text.includes(secret));

/** Everything that could become of a value in somebody's log. */
function dumps(value: unknown): string {
  const shown = [inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }), String(value), describeError(value)];
  try {
    shown.push(JSON.stringify(value));
  } catch {
    // What cannot be written is not written.
  }
  if (value instanceof Error) {
    const { header: _header, environmentVariables: _environment, ...report } = process.report.getReport(value) as Record<string, unknown>;
    shown.push(JSON.stringify(report), JSON.stringify(Object.getOwnPropertyDescriptors(value)), value.stack ?? '');
  }
  return shown.join('\n');
}

/** What another program prints. */
async function run(script: string, env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, ['--conditions=@beamline/source', '--input-type=module', '-e', script], {
    cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env },
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  await once(child, 'close');
  return printed;
}

it('would notice a key in any form', () => {
  for (const text of [HEX, `0x${HEX.toUpperCase()}`, JSON.stringify(jwk), inspect(Buffer.from(HEX, 'hex')), String(BigInt(`0x${HEX}`)), inspect({ a: { b: jwk } }, { depth: 9 }), JSON.stringify(Buffer.from(HEX, 'hex')), dumps(new Error(`bad key ${HEX.slice(0, 30)}`))]) {
    expect(leaksIn(text)).not.toEqual([]);
  }
  expect(leaksIn(JSON.stringify({ n: jwk.n, e: jwk.e, address: local.server.address }))).toEqual([]);
});

it('shows no key of any signer, nor of what it signs and sends with', async () => {
  for (const [kind, signer] of signers) {
    const network = createHyperbeam({ url: local.server.url, clock: systemClock });
    const item = await createItem(signer, { tags: [], data: 'x' });
    for (const value of [signer, item, network, [signer], { deep: { signer } }, new Error('with a signer', { cause: signer })]) expect([kind, leaksIn(dumps(value))]).toEqual([kind, []]);
  }
});

it('shows no key in a Fault, whatever went wrong', async () => {
  const broken = join(folder, 'broken.json');
  await writeFile(broken, JSON.stringify(jwk).slice(0, -20));
  const node = await scriptedNode(() => reply(500, '<html>'));
  const gone = { clock: { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal) }, retries: 1 };
  const network = createHyperbeam({ url: node.url, ...gone });
  const legacy = createLegacynet({ muUrl: node.url, cuUrl: node.url, suUrl: node.url, ...gone } as never);
  process.env['BEAMLINE_TEST_SECRET'] = `${HEX}00`;
  const target = 'p'.repeat(42) + 'A';
  const failures: (() => unknown)[] = [
    () => loadSigner(`file:${broken}`), () => loadSigner(HEX), () => loadSigner(JSON.stringify(jwk)), () => loadSigner(`env:${HEX}`), () => loadSigner(`file:${JSON.stringify(jwk)}`), () => loadSigner(`file:${jwk.d}`), () => loadSigner('env:BEAMLINE_TEST_SECRET'), () => loadSigner(`file:${folder}/${HEX}`),
    () => ethereumSigner(`${HEX}00`), () => ethereumSigner(HEX.slice(2)), () => ethereumSigner(`0x${HEX.slice(0, 62)}zz`), () => ethereumSigner('f'.repeat(64)),
    () => arweaveSigner({ ...jwk, d: 'AQAB', dp: 'AQAB' }), () => arweaveSigner({ ...jwk, d: jwk.n, p: 'AQAB' }), () => arweaveSigner({ ...jwk, e: 'AQAC' }), () => arweaveSigner({ ...jwk, n: jwk.n.slice(0, 100) }),
    ...signers.flatMap(([, signer]) => [
      () => createItem(signer, { target: 'nobody', tags: [], data: '' }),
      async () => network.send(await network.signMessage(signer, { target, tags: [], data: '' })),
      async () => legacy.send(await legacy.signMessage(signer, { target, tags: [], data: '' })),
      () => network.setAlias('arena', target, signer),
      () => local.network.setAlias('Arena!', target, signer),
    ]),
    () => local.network.setAlias('arena', target, ethereumSigner(HEX)),
    () => launchLocalNetwork({ dir: broken }),
  ];
  try {
    for (const fail of failures) {
      const error = await Promise.resolve().then(fail).then(() => 'nothing went wrong', (failure: unknown) => failure);
      expect([String(fail), error instanceof Error]).toEqual([String(fail), true]);
      expect([String(fail), leaksIn(dumps(error))]).toEqual([String(fail), []]);
    }
  } finally {
    delete process.env['BEAMLINE_TEST_SECRET'];
    await node.close();
  }
});

it('writes no key into the network’s folder, its log or its answers, but for the wallet itself', async () => {
  const [from, to] = [await local.spawn(), await local.spawn()];
  await local.network.send(await local.sign(from, 'Send', { To: to })); // signed by the node's own key
  await local.network.setAlias('arena', from, local.operator);
  for (const path of ['/operator.json', '/~meta@1.0/info', '/~meta@1.0/info?require-codec=application/json&accept-bundle=true', '/~meta@1.0/info/operator', '/~meta@1.0/info/priv_wallet', '/~beamline@1.0/status', '/~hyperbuddy@1.0/metrics', `/${to}~process@1.0/schedule?require-codec=application/json&accept-bundle=true`, '/%zz', '/nowhere']) {
    expect([path, leaksIn(Buffer.from(await (await local.get(path)).arrayBuffer()).toString('latin1'))]).toEqual([path, []]);
  }
  await local.post('/push', { raw: Buffer.from(JSON.stringify(jwk)) } as never);
  await local.server.close();
  const files: string[] = [];
  for (const entry of await readdir(local.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'operator.json') continue;
    files.push(entry.name);
    expect([entry.name, leaksIn(await readFile(join(entry.parentPath, entry.name), 'latin1'))]).toEqual([entry.name, []]);
  }
  expect(files).toEqual(expect.arrayContaining(['network.log', 'network.json']));
  expect(logged.length).toBeGreaterThan(0);
  expect(leaksIn(logged.join('\n'))).toEqual([]);
  local = await openLocal({ dir: local.dir, logger });
}, 60_000);

it('hands no secret of its environment on to a network it launches', async () => {
  const dir = join(folder, 'launched');
  await mkdir(dir);
  await writeFile(join(dir, 'operator.json'), JSON.stringify(jwk), { mode: 0o600 });
  const { pid } = JSON.parse(await run(`const { launchLocalNetwork } = await import('@beamline/ao/local');
    process.stdout.write(JSON.stringify(await launchLocalNetwork({ dir: ${JSON.stringify(dir)}, detached: true })));`, { BEAMLINE_WALLET: HEX })) as { pid: number };
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  expect(await stopNetwork({ dir, clock: systemClock })).toBe(pid);
  expect(leaksIn(environment)).toEqual([]);
  expect(leaksIn(await readFile(join(dir, 'network.out'), 'latin1'))).toEqual([]);
}, 60_000);

it('makes a wallet once when several programs want it at the same time, for its owner’s eyes alone', async () => {
  const path = join(folder, 'raced', 'wallet.json');
  const script = `process.umask(0);
    const { createWallet } = await import('@beamline/ao');
    process.stdout.write((await createWallet(${JSON.stringify(path)})).address);`;
  const addresses = await Promise.all([run(script), run(script), run(script)]);
  expect(addresses[0]).toMatch(/^[\w-]{43}$/);
  expect(new Set([...addresses, (await createWallet(path)).address]).size).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'raced'))).toEqual(['wallet.json']);
}, 120_000);
