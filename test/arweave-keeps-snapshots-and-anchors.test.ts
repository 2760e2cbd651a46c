import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHyperbeam, createWallet, ethereumSigner } from '@beamline/ao';
import { createArweave, type ArweaveClient } from '@beamline/ao/arweave';
import { createFaultProxy, type FaultProxy, type FaultRule } from '@beamline/ao/fault-proxy';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock, type Clock, type ProcessId, type Signer } from '@beamline/core';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import {
  anchorSnapshot, createArweaveStore, createMemoryLedger, createMemoryStore, followAnchor, imageRoot, prove, tableNamed, verifyAnchor,
  writeImage, type WorldImage,
} from '@beamline/persistence';
import { describeArweave, describeSnapshotStore } from '@beamline/persistence/testing';

const BLOCK_MS = 120_000;
const signer = ethereumSigner('21'.repeat(32));
const stranger = ethereumSigner('22'.repeat(32));
/** Pauses pass at once; nothing times out. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal) };

let dir: string;
let clock: ManualClock;
let server: LocalNetwork;
let proxy: FaultProxy;
let operator: Signer;

const mine = (blocks: number) => clock.advance(blocks * BLOCK_MS);
const arweaveAt = (url: string, retries = 2): ArweaveClient =>
  createArweave({ uploadUrl: `${url}/gw`, gatewayUrl: `${url}/gw`, clock: hasty, retries, finalConfirmations: 3 });
let scopes = 0;
const storeAt = (url: string, retries?: number, scope = `scope-${(scopes += 1)}`) =>
  createArweaveStore({ arweave: arweaveAt(url, retries), signer, clock: hasty, scope });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'arweave-'));
  clock = createManualClock(1_700_000_000_000);
  server = await startLocalNetwork({ dir, clock, limits: { blockMs: BLOCK_MS } });
  proxy = await createFaultProxy({ target: server.url, clock: systemClock });
  operator = await createWallet(join(dir, 'operator.json'));
});
afterAll(async () => {
  await proxy.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const PROCESS = 'w'.repeat(43);
function worldAt(slot: number): WorldImage {
  const rows = 1_100;
  const cells = (of: (row: number) => number) => Array.from({ length: rows }, (_, row) => of(row));
  return {
    slot, layout: 'layout-1',
    tables: [{
      name: 'Position', rows, columns: [{ name: '$entity', kind: 'eid' }, { name: 'x', kind: 'i32' }, { name: 'y', kind: 'i32' }],
      data: [cells((row) => 1_048_576 + row), cells((row) => row * slot - 500), cells((row) => -row)], stamps: [slot, slot],
    }],
  };
}

describeArweave('the local network', async () => ({ arweave: arweaveAt(server.url), signer, stranger, mine, dispose: async () => undefined }));

describeSnapshotStore('arweave on the local network', async () => ({ store: storeAt(server.url), dispose: async () => undefined }));

describe('under faults', () => {
  const rules: FaultRule[] = [
    { fault: { kind: 'lost-reply' }, probability: 0.1 }, { fault: { kind: 'reset' }, probability: 0.1 },
    { fault: { kind: 'status', status: 503 }, probability: 0.1 }, { fault: { kind: 'status', status: 429 }, probability: 0.05 },
    { fault: { kind: 'duplicate' }, method: 'POST', probability: 0.1 },
  ];
  beforeAll(() => proxy.setRules(rules));
  afterAll(() => proxy.setRules([]));
  describeSnapshotStore('arweave behind a bad connection', async () => ({ store: storeAt(proxy.url, 12), dispose: async () => undefined }));

  it('met some', () => {
    const counts = proxy.counts();
    expect(Math.min(counts['lost-reply'], counts.reset, counts.status, counts.duplicate)).toBeGreaterThan(0);
  });
});

it('anchors a growing world, survives the network, and is verified by somebody who has the owner’s address alone', async () => {
  const ledger = createMemoryLedger();
  const local = createMemoryStore();
  const arweave = arweaveAt(proxy.url);
  const remote = storeAt(proxy.url, 2, 'arena/live');
  const ids: string[] = [];
  for (const slot of [10, 25, 40]) {
    const content = { image: worldAt(slot), game: 'arena', role: 'world', process: PROCESS };
    const { ref } = await writeImage({ store: local, ...content });
    await writeImage({ store: remote, ...content });
    const by = { arweave, signer: operator, ledger, store: local, clock: systemClock, chain: 'live/world-0', ref };
    // The answer to the upload is lost; the item is not.
    proxy.setRules([{ fault: { kind: 'lost-reply' }, method: 'POST', path: /\/tx$/, count: 1 }]);
    ids.push((await anchorSnapshot(by)).id);
    await mine(1);
  }
  proxy.setRules([]);
  await mine(3);
  expect(await followAnchor({ arweave, ledger, clock: hasty, chain: 'live/world-0' })).toMatchObject({ id: ids[2], status: { state: 'final' } });

  await server.close();
  server = await startLocalNetwork({ dir, clock, limits: { blockMs: BLOCK_MS } });
  const elsewhere = { arweave: arweaveAt(server.url), owners: [operator.address] };
  const verdict = await verifyAnchor({ ...elsewhere, id: ids[2]!, stores: [storeAt(server.url, 2, 'arena/live')] });
  expect(verdict).toMatchObject({ verified: true, forks: [], compared: [{ root: imageRoot(worldAt(40)), matches: true }] });
  expect(verdict.chain.map(({ id }) => id)).toEqual(ids);
  expect(verdict.compared[0]?.with).toContain('in arweave');
  await expect(verifyAnchor({ ...elsewhere, owners: [stranger.address], id: ids[2]! })).rejects.toMatchObject({ code: 'persistence/anchor-signer' });
});

describe('a proof inside another process', () => {
  const COMPUTE = `
function compute(base, req)
  local body = req.body
  if body.action == "Trust" then base.root = body.root end
  if body.action == "Claim" then
    local proved, why = verify_proof(body.data, { root = base.root, process = body.process })
    if proved then base.claimed = proved.values.x end
    base.results = { output = { data = proved and (proved.component .. " " .. proved.values.x .. "," .. proved.values.y) or why } }
  else
    base.results = { output = { data = "ok" } }
  end
  return base
end`;

  it('is checked against the root that process trusts', async () => {
    const lua = await readFile(createRequire(import.meta.url).resolve('@beamline/persistence/verify-proof.lua'), 'utf8');
    const network = createHyperbeam({ url: server.url, clock: systemClock });
    const market: ProcessId = await network.spawn(await network.signProcess(signer, { module: await network.spawn(await network.signModule(signer, lua + COMPUTE)), tags: [], data: '' }));
    const say = async (tags: Record<string, string>, data: string | Uint8Array = '') => {
      const item = await network.signMessage(signer, { target: market, tags: Object.entries(tags).map(([name, value]) => ({ name, value })), data });
      const delivery = await network.send(item);
      return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
    };

    const store = createMemoryStore();
    const image = worldAt(40);
    const { ref, root } = await writeImage({ store, image, game: 'arena', role: 'world', process: PROCESS });
    const [entities, x, y] = tableNamed(image, 'Position')!.data as [number[], number[], number[]];
    const { file } = await prove({ store, ref, entity: entities[1_050]!, component: 'Position' });

    await say({ Action: 'Trust', Root: root });
    expect(await say({ Action: 'Claim', Process: PROCESS }, file)).toBe(`Position ${x[1_050]},${y[1_050]}`);
    expect(await network.read(market, 'claimed')).toBe(x[1_050]);

    const forged = file.slice();
    forged[forged.length - 3]! ^= 4;
    expect(await say({ Action: 'Claim', Process: PROCESS }, forged)).toBe('the root is another');
    expect(await say({ Action: 'Claim', Process: 'x'.repeat(43) }, file)).toBe('the process is another');
    await say({ Action: 'Trust', Root: 'ab'.repeat(32) });
    expect(await say({ Action: 'Claim', Process: PROCESS }, file)).toBe('the root is another');
  });
});
