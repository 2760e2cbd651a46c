import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ProcessId } from '@beamline/core';
import { parseItem } from '../src/ans104/parse.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let process: ProcessId;
beforeAll(async () => {
  local = await openLocal({ limits: { bodyBytes: 64 * 1024 } });
  process = await local.spawn();
});
afterAll(() => local.dispose());

const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** Avro's zigzag varint. */
function long(value: number): Buffer {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

/** An item signed by the player, whatever its tags: our own client refuses to make such items. */
async function itemWith(tags: [string, string][], count = tags.length, target = process): Promise<{ raw: Buffer; tagBytes: number }> {
  const text = (value: string) => [long(Buffer.byteLength(value)), Buffer.from(value)];
  const avro = Buffer.concat([long(tags.length), ...tags.flatMap(([name, value]) => [...text(name), ...text(value)]), long(0)]);
  const raw = Buffer.concat([
    Buffer.from([3, 0]), Buffer.alloc(65), local.player.publicKey, Buffer.from([1]), Buffer.from(target, 'base64url'), Buffer.from([0]),
    u64(count), u64(avro.length), avro, Buffer.from('data'),
  ]);
  try {
    raw.set(await local.player.sign(parseItem(raw).digest()), 2);
  } catch {
    // Too many tags to be read at all: the signature is not what stops it.
  }
  return { raw, tagBytes: avro.length };
}

async function post(raw: Uint8Array, path = `/${process}~process@1.0/push`) {
  const answer = await local.post(path, { raw } as never);
  await answer.text();
  return answer.status;
}
const slots = async () => (await local.network.slots(process)).scheduled;

/** Runs something that has to leave no trace. */
async function untouched(work: () => Promise<void>): Promise<void> {
  const before = [await slots(), await local.network.read(process, 'count')];
  await work();
  expect([await slots(), await local.network.read(process, 'count')]).toEqual(before);
}

it('takes 128 tags and 4,096 bytes of tags, and not one more', async () => {
  const names = (n: number) => Array.from({ length: n }, (_, i): [string, string] => [`t${i}`, 'v']);
  const start = await slots();
  expect(await post((await itemWith(names(128))).raw)).toBe(200);
  const spare = 4_096 - (await itemWith([['Action', 'x'.repeat(4_000)]])).tagBytes;
  const full = await itemWith([['Action', 'x'.repeat(4_000 + spare)]]);
  expect([full.tagBytes, await post(full.raw)]).toEqual([4_096, 200]);
  expect(await slots()).toBe(start + 2);
  await untouched(async () => {
    const over = await itemWith([['Action', 'x'.repeat(4_001 + spare)]]);
    expect([over.tagBytes, await post(over.raw)]).toEqual([4_097, 400]);
    expect(await post((await itemWith(names(129))).raw)).toBe(400);
  });
});

it('refuses tags that say they are more or fewer than they are', () => untouched(async () => {
  for (const count of [0, 2, 127]) expect([count, await post((await itemWith([['Action', 'Inc']], count)).raw)]).toEqual([count, 400]);
}));

it('refuses signature types and keys of the wrong size', () => untouched(async () => {
  const { raw } = await itemWith([['Action', 'Inc']]);
  for (const type of [0, 1, 2, 4, 5, 7, 255, 65_535]) {
    const other = Buffer.from(raw);
    other.writeUInt16LE(type, 0);
    expect([type, await post(other)]).toEqual([type, 400]);
  }
  // A 64-byte and a 66-byte owner, with everything else in place.
  expect(await post(Buffer.concat([raw.subarray(0, 131), raw.subarray(132)]))).toBe(400);
  expect(await post(Buffer.concat([raw.subarray(0, 132), Buffer.from([7]), raw.subarray(132)]))).toBe(400);
}));

it('refuses an item cut off or changed at any byte of its head', () => untouched(async () => {
  const { raw } = await itemWith([['Action', 'Inc']]);
  for (let at = 0; at < raw.length; at += 3) {
    const changed = Buffer.from(raw);
    changed[at]! ^= 0x04;
    expect([at, await post(changed)]).toEqual([at, 400]);
    expect([at, await post(raw.subarray(0, at))]).toEqual([at, 400]);
  }
}), 30_000);

it('runs duplicates and items in whatever order they come, as a node does', async () => {
  const start = await slots();
  const items = await Promise.all(['1', '2', '3'].map((n) => itemWith([['Action', 'Inc'], ['Seq', n]])));
  for (const i of [2, 0, 1, 0]) expect(await post(items[i]!.raw)).toBe(200);
  expect(await slots()).toBe(start + 4);
});

it('answers an unknown target, process or module with 500', () => untouched(async () => {
  const unknown = 'U'.repeat(42) + 'A';
  expect(await post((await itemWith([['Action', 'Inc']], 1, unknown)).raw, `/${unknown}~process@1.0/push`)).toBe(500);
  expect(await post((await itemWith([['Action', 'Inc']], 1, unknown)).raw)).toBe(500);
  const lost = await local.network.spawn(await local.network.signProcess(local.player, { module: unknown, tags: [], data: '' }));
  expect(await post((await itemWith([['Action', 'Inc']], 1, lost)).raw, `/${lost}~process@1.0/push`)).toBe(500);
}));

it('finds nothing behind tricks with paths', () => untouched(async () => {
  const tricks = [
    '/..', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', `/${process}/../..`, `/${process}~process@1.0/..%2f..%2fnetwork.log`, '/operator.json', '/snapshots',
    `/${process}~process@1.0/__proto__`, `/${process}~process@1.0/now/constructor`, `/${process}~process@1.0/now/toString`, `/${process}~process@1.0/compute/__proto__/polluted`,
    `/${process}~process@1.0/compute=-1`, `/${process}~process@1.0/compute=1e9`, `/${process}~process@1.0/compute=99999999999999999`, '/%', '/%00', '/%c3%28', `/${'x'.repeat(600)}`,
    `/${process.slice(0, 42)}`, `/${process}A`, '/~process@1.0/..', '/~meta@1.0/__proto__', '/~local-name@1.0/__proto__',
  ];
  for (const path of tricks) {
    const answer = await fetch(`${local.server.url}${path}`);
    const text = await answer.text();
    expect([path, answer.status >= 400, /polluted|BLg1|"kty"|root:/.test(text)]).toEqual([path, !/\/\.\.$|^\/\.\./.test(path) || answer.status >= 400, false]);
  }
}));

it('answers 413 to a body over the limit, wherever it is posted, and reads the next request', () => untouched(async () => {
  const big = new Uint8Array(65 * 1024);
  for (const path of ['/push', `/${process}~process@1.0/push`, '/~local-name@1.0/register', '/~beamline@1.0/fork', '/nowhere']) expect([path, await post(big, path)]).toEqual([path, 413]);
  expect((await local.get('/~meta@1.0/info/address')).status).toBe(200);
}));
