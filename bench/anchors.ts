import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ethereumSigner, createWallet } from '@beamline/ao';
import { createArweave } from '@beamline/ao/arweave';
import { startLocalNetwork } from '@beamline/ao/local';
import { buildRole } from '@beamline/bundler';
import { systemClock } from '@beamline/core';
import {
  anchorSnapshot, anchorTags, createArweaveStore, createMemoryStore, createReplica, encodeAnchor, prove, readImage, verifyAnchor, verifyProof, writeImage,
  type SnapshotStore, type WorldImage,
} from '@beamline/persistence';
import { createFsLedger, createFsStore } from '@beamline/persistence/fs';
import { createVm, textOfBytes } from '@beamline/vm';
import { worldSchedule } from './world-schedule.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROCESS = 'w'.repeat(43);

/** Arena's world after some thousand messages, as a replica computes it. */
async function arenaWorld(messages: number): Promise<WorldImage> {
  const { code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: ROOT });
  const replica = createReplica({ code });
  try {
    await replica.apply([...worldSchedule(messages)].map((req, slot) => ({ process: PROCESS, slot, timestamp: Number(req['timestamp']), message: '', committer: '', req })));
    return await replica.image();
  } finally {
    await replica.close();
  }
}

async function median(repeats: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < repeats; n += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[repeats >> 1]!;
}

/** Proofs of arena's components: their sizes, and what making and checking them takes; anchors and snapshots on the local network's Arweave. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const image = await arenaWorld(quick ? 1_000 : 10_000);
  const folder = await mkdtemp(join(tmpdir(), 'anchors-'));
  const server = await startLocalNetwork({ dir: join(folder, 'network'), clock: systemClock, limits: { blockMs: 100 } });
  try {
    const content = { image, game: 'arena', role: 'world', process: PROCESS };
    const local = createFsStore({ root: join(folder, 'snapshots') });
    const { ref, root, bytes } = await writeImage({ store: local, ...content });
    return {
      worldTables: image.tables.length, worldRows: image.tables.reduce((sum, { rows }) => sum + rows, 0), snapshotBytes: bytes,
      ...await proofFigures(local, image, ref, root, quick),
      ...await arweaveFigures(server.url, folder, content, quick),
    };
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}

async function proofFigures(store: SnapshotStore, image: WorldImage, ref: Parameters<typeof readImage>[1], root: string, quick: boolean) {
  const figures: Record<string, number> = {};
  const components = image.tables.filter(({ columns, rows }) => columns[0]?.name === '$entity' && rows > 0);
  let largest: Uint8Array = new Uint8Array();
  let largestOf = { entity: 0, component: '' };
  for (const { name, data } of components) {
    const entity = Number(data[0]![data[0]!.length - 1]);
    const { file, pageBytes } = await prove({ store, ref, entity, component: name });
    figures[`proofBytes${name}`] = file.length;
    figures['proofOverheadBytes'] = Math.max(figures['proofOverheadBytes'] ?? 0, file.length - pageBytes);
    if (file.length > largest.length) [largest, largestOf] = [file, { entity, component: name }];
  }
  const lua = await readFile(fileURLToPath(import.meta.resolve('@beamline/persistence/verify-proof.lua')), 'utf8');
  const vm = await createVm({ code: `${lua}\nfunction compute(base, req) base.results = { output = verify_proof(req.body.data, { root = req.body.root }) } return base end` });
  const repeats = quick ? 5 : 21;
  const luaMs: number[] = [];
  for (let n = 0; n < repeats; n += 1) {
    const done = await vm.compute({ body: { data: textOfBytes(largest), root } });
    if (!done.ok || (done.results?.['output'] as { component?: string }).component !== largestOf.component) throw new Error('the proof does not verify in Lua');
    luaMs.push(done.ms);
  }
  await vm.close();
  const verifyJsMs = await median(repeats, () => verifyProof(largest, { root }));
  const readMs = await median(repeats, () => readImage(store, ref));
  return {
    ...figures,
    proveMs: await median(repeats, () => prove({ store, ref, ...largestOf })),
    verifyJsMs, verifyLuaMs: luaMs.sort((a, b) => a - b)[repeats >> 1]!,
    verifyJsVsReadingTheSnapshot: readMs / verifyJsMs,
  };
}

async function arweaveFigures(url: string, folder: string, content: { image: WorldImage; game: string; role: string; process: string }, quick: boolean) {
  const arweave = createArweave({ uploadUrl: `${url}/gw`, gatewayUrl: `${url}/gw`, clock: systemClock, finalConfirmations: 2 });
  const figures: Record<string, number> = {};
  const count = quick ? 10 : 50;
  for (const [kind, signer] of [['Ethereum', ethereumSigner('61'.repeat(32))], ['Rsa', await createWallet(join(folder, 'wallet.json'))]] as const) {
    const store = createMemoryStore();
    const ledger = createFsLedger({ root: join(folder, 'ledger') });
    const times: number[] = [];
    let id = '';
    for (let slot = 1; slot <= count; slot += 1) {
      const { ref } = await writeImage({ store, ...content, image: { ...content.image, slot } });
      const start = performance.now();
      const done = await anchorSnapshot({ arweave, signer, ledger, store, clock: systemClock, chain: kind, ref });
      times.push(performance.now() - start);
      id = done.id;
      figures[`anchorBytes${kind}`] = (await arweave.sign(signer, { tags: anchorTags(done.anchor), data: encodeAnchor(done.anchor) })).raw.length;
    }
    figures[`anchorMs${kind}`] = times.sort((a, b) => a - b)[count >> 1]!;
    figures[`verifyMsPerAnchor${kind}`] = (await median(3, () => verifyAnchor({ arweave, owners: [signer.address], id }))) / count;
  }
  const signer = ethereumSigner('62'.repeat(32));
  let scope = 0;
  const put = (to: () => SnapshotStore) => median(quick ? 3 : 9, async () => writeImage({ store: to(), ...content }));
  const fsMs = await put(() => createFsStore({ root: join(folder, `fs-${(scope += 1)}`) }));
  const arweaveMs = await put(() => createArweaveStore({ arweave, signer, clock: systemClock, scope: `s${(scope += 1)}` }));
  return { ...figures, snapshotToFsMs: fsMs, snapshotToArweaveMs: arweaveMs, arweaveVsFs: arweaveMs / fsMs };
}
