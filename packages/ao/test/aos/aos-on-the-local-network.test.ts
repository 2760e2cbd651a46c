import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { systemClock, type AoMap, type ProcessId } from '@beamline/core';
import { createHyperbeam, createWallet, ethereumSigner } from '@beamline/ao';
import { forkProcess, launchLocalNetwork, startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { createItem } from '../../src/ans104/create.ts';
import { TEST_PROCESS } from '../../src/testing.ts';
import { aosFile, aosIt, hasAos, newFolder, startWithAos } from './open-aos.ts';
import { legacynetAt } from './open-legacynet.ts';

interface Result {
  Output: { data?: string };
  Messages: AoMap[];
  Spawns: AoMap[];
  Error?: string;
}
type Answers = Record<'first' | 'failed' | 'kept' | 'sent' | 'spawning' | 'dry' | 'again', Result> &
  Record<'game' | 'other' | 'got' | 'thanked' | 'child', string> & { slots: number; childName: number };

let dir: string;
let server: LocalNetwork;
let seen: Answers;
beforeAll(async () => {
  if (!hasAos) return;
  dir = await newFolder();
  server = await startWithAos(dir);
  const client = new URL('aos-client.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [client, server.url, join(dir, 'operator.json'), server.aosModule!, server.address]);
  seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answers;
}, 90_000);
afterAll(async () => {
  await server?.close();
  if (hasAos) await rm(dir, { recursive: true, force: true });
});

describe('the official client in legacy mode', () => {
  aosIt('spawns an aos process and evaluates for its owner', () => {
    expect(seen.first).toMatchObject({ Output: { data: 'game1' }, Messages: [], Spawns: [] });
  });

  aosIt('sees an Eval that fails as an error, undone', () => {
    expect(seen.failed).toMatchObject({ Error: expect.stringContaining('no'), Messages: [] });
    expect(seen.kept.Output.data).toContain('1');
    expect(seen.kept.Output.data).not.toContain('99');
  });

  aosIt('sends between processes, with the tags as they were written and the sender as the receiver trusts it', () => {
    expect(seen.sent.Messages).toMatchObject([{ Target: seen.other, Data: 'grüße', Tags: expect.arrayContaining([{ name: 'camelCase', value: 'yes' }]) }]);
    expect(seen.got).toBe(`grüße:${seen.game}:yes`);
    expect(seen.thanked).toBe(seen.other);
  });

  aosIt('spawns a process from a process, which is told its id', () => {
    expect(seen.spawning.Spawns).toHaveLength(1);
    expect(seen.child).toMatch(/^[\w-]{43}$/);
    expect(seen.childName).toBe(1);
  });

  aosIt('runs dry without a trace, and pages through results', () => {
    expect(seen.dry.Output.data).toBe('2');
    expect(seen.again.Output.data).toBe('1');
    expect(seen.slots).toBe(3);
  });
});

const player = ethereumSigner('42'.repeat(32));

/** Evaluates as the process's owner, in mainnet mode. */
async function evaluate(process: ProcessId, code: string): Promise<unknown> {
  const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
  const sent = await network.send(await network.signMessage(player, { target: process, tags: [{ name: 'Action', value: 'Eval' }], data: code }));
  return sent.outcome === 'computed' ? sent.output['data'] : sent;
}

async function spawn(): Promise<ProcessId> {
  const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
  const tags = [{ name: 'execution-device', value: 'genesis-wasm@1.0' }];
  const process = await network.spawn(await network.signProcess(player, { module: server.aosModule!, tags, data: '1984' }));
  return process;
}

describe('mainnet mode', () => {
  aosIt('runs an aos process under genesis-wasm, with its answer where the device has it', async () => {
    const process = await spawn();
    expect(await evaluate(process, 'Count = 5 return Owner .. Count')).toBe(`${player.address}5`);
    const answer = await (await fetch(`${server.url}/${process}~process@1.0/compute=1/results/json/body`)).json() as Result;
    expect(answer.Output.data).toBe(`${player.address}5`);
  });

  aosIt('delivers between aos and raw Lua, in both directions', async () => {
    const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
    const module = await network.spawn(await network.signModule(player, TEST_PROCESS));
    const raw = await network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
    const aos = await spawn();
    await evaluate(aos, `Handlers.add("inc", "Inc", function(m) From = m.From .. m.Data end) Send({ Target = "${raw}", Action = "Inc", Data = "x" })`);
    expect(await network.read(raw, 'sender')).toBe(aos);
    await network.send(await network.signMessage(player, { target: raw, tags: [{ name: 'Action', value: 'Send' }, { name: 'To', value: aos }], data: 'cargo' }));
    expect(await evaluate(aos, 'return From')).toBe(`${raw}cargo`);
  });

  aosIt('names messages that reach nobody', async () => {
    const process = await spawn();
    const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
    const code = `Send({ Target = "${'z'.repeat(43)}" }) Send({ Target = "nonsense" }) Send({ Target = "${'y'.repeat(43)}", Big = string.rep("x", 5000) })`;
    const sent = await network.send(await network.signMessage(player, { target: process, tags: [{ name: 'Action', value: 'Eval' }], data: code }));
    expect(sent).toMatchObject({ outcome: 'computed', undelivered: ['1', '2', '3'] });
  });
});

describe('modules uploaded at /gw/tx', () => {
  const upload = async (tags: Record<string, string>, data: Uint8Array | string): Promise<string> => {
    const item = await createItem(player, { tags: Object.entries({ 'Data-Protocol': 'ao', Type: 'Module', ...tags }).map(([name, value]) => ({ name, value })), data });
    expect((await fetch(`${server.url}/gw/tx`, { method: 'POST', body: item.raw as Uint8Array<ArrayBuffer> })).status).toBe(200);
    return item.id;
  };
  const started = async (module: string): Promise<ProcessId> => {
    const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
    return network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
  };

  aosIt('run as they are', async () => {
    const process = await started(await upload({ 'Module-Format': 'wasm32-unknown-emscripten4' }, await readFile(aosFile.path)));
    expect(await evaluate(process, 'return Owner')).toBe(player.address);
  });

  aosIt('that are none leave their processes without results, and the network alive', async () => {
    const process = await started(await upload({ 'Module-Format': 'wasm32-unknown-emscripten4' }, 'no module'));
    expect((await fetch(`${server.url}/cu/result/${process}?process-id=${process}`)).status).toBe(500);
    expect((await fetch(`${server.url}/${process}~process@1.0/now/at-slot`)).status).toBe(500);
    expect(await evaluate(await spawn(), 'return 1')).toBe('1');
  });
});

describe('forks', () => {
  aosIt('run on in another local network, once it has the module', async () => {
    const there = await newFolder();
    await copyFile(join(dir, 'operator.json'), join(there, 'operator.json'));
    const other = await startLocalNetwork({ dir: there, clock: systemClock });
    const from = createHyperbeam({ url: server.url, clock: systemClock, retries: 0 });
    const module = await createItem(player, {
      tags: Object.entries({ Type: 'Module', 'Module-Format': 'wasm32-unknown-emscripten4' }).map(([name, value]) => ({ name, value })), data: await readFile(aosFile.path),
    });
    await fetch(`${server.url}/gw/tx`, { method: 'POST', body: module.raw as Uint8Array<ArrayBuffer> });
    const process = await from.spawn(await from.signProcess(player, { module: module.id, tags: [], data: '1' }));
    await evaluate(process, 'Count = 41');
    // A node cannot show a module as JSON, for it is binary.
    await expect(forkProcess({ from, process, to: other.url })).rejects.toMatchObject({ code: 'ao/no-module', details: { module: module.id } });
    await expect(forkProcess({ from, process, to: other.url, moduleItem: async () => new Uint8Array(9) })).rejects.toMatchObject({ code: 'ao/no-module' });
    expect(await forkProcess({ from, process, to: other.url, moduleItem: async () => module.raw })).toEqual({ process, slot: 1, messages: 3 });
    const copy = createHyperbeam({ url: other.url, clock: systemClock });
    const item = await copy.signMessage(player, { target: process, tags: [{ name: 'Action', value: 'Eval' }], data: 'Count = Count + 1 return Count' });
    expect(await copy.send(item)).toMatchObject({ outcome: 'computed', slot: 2, output: { data: '42' } });
    expect(await forkProcess({ from, process, slot: 1, to: other.url })).toMatchObject({ slot: 1 });

    const units = await from.spawn(await from.signProcess(player, { module: module.id, tags: [], data: '1' }));
    await evaluate(units, 'Count = 41');
    expect(await forkProcess({ from: legacynetAt(server.url, module.id), process: units, to: other.url })).toEqual({ process: units, slot: 1, messages: 2 });
    expect(await copy.send(await copy.signMessage(player, { target: units, tags: [{ name: 'Action', value: 'Eval' }], data: 'Count = Count + 1 return Count' }))).toMatchObject({ slot: 2, output: { data: '42' } });
    await other.close();
    await rm(there, { recursive: true });
  });
});

describe('restarts', () => {
  aosIt('keep the state: from a heap snapshot, and by replay of the schedule when there is none', async () => {
    const process = await spawn();
    for (let i = 1; i < 6; i++) await evaluate(process, `Count = (Count or 0) + ${i} T = T or {} T[#T + 1] = math.random(1000) return Count`);
    const state = await evaluate(process, 'return table.concat(T, ",") .. Count');
    const module = server.aosModule;
    await server.close();
    server = await startWithAos(dir);
    expect(server.aosModule).toBe(module);
    expect(await readdir(join(dir, 'snapshots', process))).toContain('6.image');
    expect(await evaluate(process, 'return table.concat(T, ",") .. Count')).toBe(state);
    await server.close();
    await rm(join(dir, 'snapshots'), { recursive: true });
    // The module is in the log: it need not be given again.
    server = await startLocalNetwork({ dir, clock: systemClock });
    expect(await evaluate(process, 'return table.concat(T, ",") .. Count')).toBe(state);
    await server.close();
    server = await startWithAos(dir);
  });

  aosIt('find the module again in a process of its own', async () => {
    await server.close();
    const launched = await launchLocalNetwork({ dir, aos: aosFile });
    expect(launched.aosModule).toBe(await createHyperbeam({ url: launched.url, clock: systemClock }).resolve('aos'));
    await launched.stop();
    server = await startWithAos(dir);
    expect(server.aosModule).toBe(launched.aosModule);
  });

  aosIt('are refused for a module that is not the pinned one, or not there', async () => {
    const other = await newFolder();
    await createWallet(join(other, 'operator.json'));
    await expect(startLocalNetwork({ dir: other, clock: systemClock, aos: { ...aosFile, sha256: '0'.repeat(64) } })).rejects.toMatchObject({ code: 'vm/wrong-module' });
    await expect(startLocalNetwork({ dir: other, clock: systemClock, aos: { path: join(other, 'no.wasm') } })).rejects.toMatchObject({ code: 'ao/no-aos' });
    await rm(other, { recursive: true });
  });
});
