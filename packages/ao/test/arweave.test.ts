import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SignedItem, Tag } from '@beamline/core';
import { ethereumSigner } from '../src/index.ts';
import type { FaultKind } from '../src/fault-proxy/index.ts';
import { openArchive, type OpenArchive } from './open-archive.ts';
import { reply, scriptedNode } from './scripted-node.ts';

let archive: OpenArchive;
beforeAll(async () => { archive = await openArchive(); });
afterAll(() => archive.dispose());
beforeEach(() => archive.proxy.setRules([]));

const signer = ethereumSigner('17'.repeat(32));
const stranger = ethereumSigner('18'.repeat(32));
const tagsOf = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([name, value]) => ({ name, value }));
let made = 0;
const make = (tags: Record<string, string> = {}, data: string | Uint8Array = `note ${(made += 1)}`, by = signer): Promise<SignedItem> =>
  archive.client.sign(by, { tags: tagsOf({ 'Content-Type': 'text/plain', ...tags }), data });
const uploaded = async (tags: Record<string, string> = {}, data?: string | Uint8Array, by = signer) => {
  const item = await make(tags, data, by);
  await archive.client.upload(item);
  return item;
};
const found = async (query: Parameters<OpenArchive['client']['find']>[0]) => {
  const ids: string[] = [];
  for await (const { id } of archive.client.find(query)) ids.push(id);
  return ids;
};
const uploads = () => archive.proxy.counts().forwarded;

describe('an item on its way into the chain', () => {
  it('is unknown, pending, confirmed, final', async () => {
    const item = await make();
    expect(await archive.client.status(item.id)).toEqual({ state: 'unknown' });
    await archive.client.upload(item);
    expect(await archive.client.status(item.id)).toEqual({ state: 'pending' });
    await archive.mine(1);
    expect(await archive.client.status(item.id)).toMatchObject({ state: 'confirmed', confirmations: 1 });
    await archive.mine(2);
    expect(await archive.client.status(item.id)).toMatchObject({ state: 'final', confirmations: 3 });
  });

  it('has the same status where the gateway knows bundled items by its index alone', async () => {
    const item = await uploaded();
    archive.proxy.setRules([{ fault: { kind: 'status', status: 404 }, path: /\/status$/ }]);
    expect(await archive.client.status(item.id)).toEqual({ state: 'pending' });
    await archive.mine(3);
    expect(await archive.client.status(item.id)).toMatchObject({ state: 'final', confirmations: 3 });
    expect(await archive.client.status((await make()).id)).toEqual({ state: 'unknown' });
  });

  it('is read whole and verified, whoever signed it and whatever its bytes', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => (n * 31) & 255);
    for (const by of [signer, archive.operator]) {
      const item = await uploaded({ Name: 'grün „ü"', Empty: 'x'.repeat(200) }, bytes, by);
      const read = await archive.client.item(item.id);
      expect(read).toMatchObject({ id: item.id, owner: by.address, tags: expect.arrayContaining([{ name: 'Name', value: 'grün „ü"' }]) });
      expect(read?.data).toEqual(bytes);
      expect(await archive.client.bytes(item.id, 100)).toEqual(bytes.subarray(0, 100));
    }
    expect(await archive.client.item('x'.repeat(43))).toBeUndefined();
    expect(await archive.client.bytes('x'.repeat(43))).toBeUndefined();
  });

  it('is still there after the network was started again, in the same block', async () => {
    const item = await uploaded({ Kind: 'kept' });
    await archive.mine(2);
    const before = await archive.client.status(item.id);
    await archive.restart();
    expect(await archive.client.status(item.id)).toEqual(before);
    expect((await archive.client.item(item.id))?.owner).toBe(signer.address);
    expect(await found({ tags: [{ name: 'Kind', values: ['kept'] }] })).toEqual([item.id]);
  });
});

describe('the index', () => {
  it('finds by owner and tags, newest first, page by page', async () => {
    const mine: string[] = [];
    for (let n = 0; n < 101; n += 1) mine.unshift((await uploaded({ Kind: 'many' })).id);
    await uploaded({ Kind: 'many' }, undefined, stranger);
    expect(await found({ owners: [signer.address], tags: [{ name: 'Kind', values: ['few', 'many'] }] })).toEqual(mine);
    expect(await found({ owners: [signer.address], tags: [{ name: 'Kind', values: ['few'] }] })).toEqual([]);
  });

  it('is not trusted to filter, nor to page', async () => {
    const item = await uploaded({ Kind: 'asked' });
    const node = (id: string, owner: string, kind: string) => ({ cursor: id, node: { id, owner: { address: owner }, tags: [{ name: 'Kind', value: kind }] } });
    const edges = [node(item.id, signer.address, 'asked'), node('a'.repeat(43), stranger.address, 'asked'), node('b'.repeat(43), signer.address, 'other'), node(item.id, signer.address, 'asked')];
    const lying = await scriptedNode(() => reply(200, { data: { transactions: { pageInfo: { hasNextPage: true }, edges } } }));
    const ids: string[] = [];
    for await (const { id } of archive.open({ gatewayUrl: lying.url }).find({ owners: [signer.address], tags: [{ name: 'Kind', values: ['asked'] }] })) ids.push(id);
    expect(ids).toEqual([item.id]);
    expect(lying.seen).toHaveLength(2);
    await lying.close();
  });

  it.each([['a page', '<html>busy</html>'], ['errors', '{"errors":[{"message":"timeout"}]}'], ['an item without an id', '{"data":{"transactions":{"edges":[{"node":{"id":"x","owner":{},"tags":[]}}]}}}']])(
    'that answers with %s is asked again, then reported', async (_, body) => {
      archive.proxy.setRules([{ fault: { kind: 'wrong-body', body, contentType: 'application/json' }, path: /graphql/, count: 1 }]);
      expect(await found({ ids: [(await uploaded()).id] })).toHaveLength(1);
      archive.proxy.setRules([{ fault: { kind: 'wrong-body', body, contentType: 'application/json' }, path: /graphql/ }]);
      await expect(found({ ids: ['x'.repeat(43)] })).rejects.toMatchObject({ code: 'ao/bad-answer', retryable: true });
    });
});

describe('an upload', () => {
  it.each<[string, FaultKind]>([
    ['whose answer is lost is found, not repeated', { kind: 'lost-reply' }],
    ['whose answer makes no sense is found, not repeated', { kind: 'wrong-body' }],
    ['that was refused by an overloaded bundler is repeated', { kind: 'status', status: 503 }],
    ['that came too early is repeated', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['that met a broken connection is repeated', { kind: 'reset' }],
    ['that was delivered twice is one item', { kind: 'duplicate' }],
  ])('%s', async (_, fault) => {
    archive.proxy.setRules([{ fault, method: 'POST', path: /\/tx$/, count: 1 }]);
    const item = await make({ Kind: 'once' });
    await archive.client.upload(item);
    await archive.client.upload(item);
    expect(await found({ ids: [item.id] })).toEqual([item.id]);
  });

  it('looks before it repeats', async () => {
    const item = await make();
    archive.proxy.setRules([{ fault: { kind: 'lost-reply' }, method: 'POST', path: /\/tx$/ }]);
    const before = uploads();
    await archive.client.upload(item);
    expect(uploads() - before).toBe(2); // the post, and one look
  });

  it('ends with what is known', async () => {
    const item = await make();
    archive.proxy.setRules([{ fault: { kind: 'status', status: 503 }, path: /\/tx$/ }]);
    await expect(archive.client.upload(item)).rejects.toMatchObject({ code: 'ao/outcome-unknown', retryable: true, details: { item: item.id } });
    archive.proxy.setRules([{ fault: { kind: 'status', status: 402 }, path: /\/tx$/ }]);
    await expect(archive.client.upload(item)).rejects.toMatchObject({ code: 'ao/not-paid', retryable: false });
    archive.proxy.setRules([{ fault: { kind: 'status', status: 429 }, path: /\/tx$/ }]);
    await expect(archive.client.upload(item)).rejects.toMatchObject({ code: 'ao/unavailable', retryable: true });
    archive.proxy.setRules([]);
    archive.proxy.partition(true);
    await expect(archive.client.upload(item)).rejects.toMatchObject({ code: 'ao/outcome-unknown' });
    archive.proxy.partition(false);
    await archive.client.upload(item);
  });

  it('of anything but a signed item is refused, and kept nowhere', async () => {
    const item = await make();
    const altered = { ...item, raw: item.raw.slice() };
    altered.raw[altered.raw.length - 1]! ^= 1;
    await expect(archive.client.upload(altered)).rejects.toMatchObject({ code: 'ao/rejected', details: { status: 400 } });
    expect(await archive.client.status(item.id)).toEqual({ state: 'unknown' });
    const unsigned = { ...item, raw: new TextEncoder().encode('hello') };
    await expect(archive.client.upload(unsigned)).rejects.toMatchObject({ code: 'ao/rejected', details: { status: 400 } });
  });

  it('goes through the door of a HyperBEAM node just as well', async () => {
    const client = archive.open({ uploadUrl: `${archive.proxy.url}/~bundler@1.0/tx?codec-device=ans104@1.0` });
    const item = await make();
    await client.upload(item);
    expect(await client.item(item.id)).toMatchObject({ id: item.id });
  });

  it('stops when the caller aborts', async () => {
    const reason = new Error('enough');
    await expect(archive.client.upload(await make(), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a gateway that changes what it answers', () => {
  const bend = async (id: string, change: (node: Record<string, unknown>) => void) => {
    const body = JSON.stringify({ query: 'query($ids: [ID!]) { transactions(ids: $ids) }', variables: { ids: [id] } });
    const answer = await (await fetch(`${archive.server.url}/gw/graphql`, { method: 'POST', body })).json() as { data: { transactions: { edges: { node: Record<string, unknown> }[] } } };
    change(answer.data.transactions.edges[0]!.node);
    archive.proxy.setRules([{ fault: { kind: 'wrong-body', body: JSON.stringify(answer), contentType: 'application/json' }, path: /graphql/ }]);
  };

  it.each<[string, (node: Record<string, unknown>) => void]>([
    ['a tag', (node) => { (node['tags'] as Tag[])[0]!.value = 'text/html'; }],
    ['the owner', (node) => { node['owner'] = { address: stranger.address, key: Buffer.from(stranger.publicKey).toString('base64url') }; }],
    ['the signature', (node) => { node['signature'] = Buffer.alloc(65, 7).toString('base64url'); }],
    ['the target', (node) => { node['recipient'] = 'x'.repeat(43); }],
    ['the order of tags', (node) => { (node['tags'] as Tag[]).reverse(); }],
  ])('%s is found out', async (_, change) => {
    const item = await uploaded({ Name: 'n' });
    await bend(item.id, change);
    await expect(archive.client.item(item.id)).rejects.toMatchObject({ code: 'ao/forged-item', details: { item: item.id } });
  });

  it('data that another owner signed is found out; a body cut once is asked for again', async () => {
    const item = await uploaded({}, 'what was said');
    archive.proxy.setRules([{ fault: { kind: 'wrong-body', body: 'what was not' }, path: /\/raw\// }]);
    await expect(archive.client.item(item.id)).rejects.toMatchObject({ code: 'ao/forged-item' });
    archive.proxy.setRules([{ fault: { kind: 'wrong-body', body: 'what was' }, path: /\/raw\//, count: 1 }]);
    expect(Buffer.from((await archive.client.item(item.id))!.data).toString()).toBe('what was said');
  });

  it('says so where no signature is shown', async () => {
    const item = await uploaded();
    await bend(item.id, (node) => { node['signature'] = ''; });
    await expect(archive.client.item(item.id)).rejects.toMatchObject({ code: 'ao/unverifiable-item' });
  });
});

it('refuses addresses that are none, and a query that would be answered with everything', async () => {
  expect(() => archive.open({ uploadUrl: 'turbo' })).toThrow(expect.objectContaining({ code: 'ao/bad-url' }));
  expect(() => archive.open({ gatewayUrl: 'ftp://gateway' })).toThrow(expect.objectContaining({ code: 'ao/bad-url' }));
  const inline = { query: '{ transactions(owners: ["x"]) { edges { node { id } } } }', variables: { tags: [] } };
  expect((await fetch(`${archive.server.url}/gw/graphql`, { method: 'POST', body: JSON.stringify(inline) })).status).toBe(400);
});

it.each([
  ['https://up.example', '/tx'], ['https://up.example/v1/', '/v1/tx'], ['https://up.example/tx/ethereum', '/tx/ethereum'],
  ['https://node.example/~bundler@1.0/tx?codec-device=ans104@1.0', '/~bundler@1.0/tx?codec-device=ans104@1.0'],
])('posts to the door that %s means', async (address, path) => {
  const door = await scriptedNode(() => reply(200, {}));
  const item = await make();
  const uploadUrl = address.replace(/^https:\/\/[^/]+/, door.url);
  await archive.open({ uploadUrl, retries: 0 }).upload(item).catch(() => undefined);
  expect(door.seen.map((seen) => `${seen.method} ${seen.path}`)).toEqual([`POST ${path}`]);
  expect(door.seen[0]?.body).toEqual(Buffer.from(item.raw));
  await door.close();
});
