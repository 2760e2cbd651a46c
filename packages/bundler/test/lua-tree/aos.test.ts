import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { createAosVm, loadAosModule, type AosHandled, type AosMessage, type AosModule, type AosVm } from '@beamline/vm';
import { describeMissingAos, fetchAosForTests, TEST_AOS } from '@beamline/vm/testing';
import { bundleTree, type Files } from './run-tree.ts';

const CACHE = new URL('../../../../node_modules/.cache/beamline', import.meta.url).pathname;
const path = await fetchAosForTests(CACHE, TEST_AOS.wasm32);
const aos: AosModule | undefined = path === undefined ? undefined : loadAosModule(await readFile(path), TEST_AOS.wasm32.sha256);
const aosIt = (name: string, run: () => Promise<void>) => it(aos ? name : `${describeMissingAos(TEST_AOS.wasm32, CACHE)} — ${name}`, aos ? run : () => Promise.resolve());

const OWNER = 'o'.repeat(43);
const PROCESS = 'p'.repeat(43);
const environment = {
  Process: { Id: PROCESS, Owner: OWNER, Tags: [{ name: 'Authority', value: 'a'.repeat(43) }] },
  Module: { Id: 'm'.repeat(43), Owner: OWNER, Tags: [] },
};

function message(slot: number, tags: Record<string, string>, data: string): AosMessage {
  return {
    Id: slot === 0 ? PROCESS : `message-${slot}`, From: OWNER, Owner: OWNER, Target: PROCESS, Module: 'm'.repeat(43), Anchor: '', Data: data,
    Tags: Object.entries(tags).map(([name, value]) => ({ name, value })), Timestamp: 1_700_000_000_000 + slot, 'Block-Height': 1, Nonce: slot,
  };
}

async function open(boot?: string): Promise<AosVm> {
  const vm = await createAosVm({ aos: aos as AosModule, environment, timeLimitMs: 60_000 });
  answer(await vm.handle(message(0, { Type: 'Process', ...(boot !== undefined && { 'On-Boot': 'Data' }) }, boot ?? '1984')));
  return vm;
}

function answer(handled: AosHandled): string {
  if (!handled.ok) throw new Error(handled.message);
  const { data } = handled.result.Output as { data?: unknown };
  return String(typeof data === 'object' && data !== null && 'output' in data ? (data as { output: unknown }).output : data);
}

const token: Files = {
  'main.lua': `
local json = require("json")
local bint = require(".bint")(256)
local ledger = require("token.ledger")
local fee = require('fee-rules')
Handlers.add("transfer", Handlers.utils.hasMatchingTag("Action", "Transfer"), function(msg)
  ledger.move(msg.From, msg.Tags.To, tonumber(msg.Tags.Amount) - fee.of(msg))
  ao.send({ Target = msg.From, Data = json.encode({ ledger.of(msg.Tags.To) }) .. tostring(bint.ipow(bint(2), bint(70))) })
end)
return "token " .. ledger.version`,
  'token/ledger.lua': `
local utils = require(".utils")
local M = { version = "1", list = {} }
local function add(name, amount) M.list[name] = (M.list[name] or 0) + amount end
function M.move(from, to, amount) add(from, -amount) add(to, amount) end
function M.of(name) return M.list[name] or 0 end
function M.names() return table.concat(utils.keys(M.list), ",") end
return M`,
  'fee-rules.lua': 'return { of = function() return 1 end }',
};

const transfer = (slot: number) => message(slot, { Action: 'Transfer', To: 'bob', Amount: '10' }, '');
const evaluate = (slot: number, code: string) => message(slot, { Action: 'Eval' }, code);
const sent = (handled: AosHandled) => (handled.ok ? (handled.result.Messages[0] as { Data?: string } | undefined)?.Data : handled.message);

aosIt('runs on aos as an Eval and as boot code, with the modules of aos beside its own', async () => {
  const code = await bundleTree(token, { target: 'aos' });
  const evaluated = await open();
  expect(answer(await evaluated.handle(evaluate(1, code)))).toBe('token 1');
  const booted = await open(code);
  for (const vm of [evaluated, booted]) {
    expect(sent(await vm.handle(transfer(2)))).toBe('[9]1180591620717411303424');
    await vm.close();
  }
});

aosIt('lets a live process be patched through require and package.loaded, and takes the next bundle whole', async () => {
  const vm = await open(await bundleTree(token, { target: 'aos' }));
  const say = async (slot: number, code: string) => answer(await vm.handle(evaluate(slot, code)));
  expect(sent(await vm.handle(transfer(1)))).toContain('[9]');
  expect(await say(2, 'package.loaded["fee-rules"].of = function() return 4 end return require("token.ledger").names()')).toContain('bob');
  expect(sent(await vm.handle(transfer(3)))).toContain('[15]');
  expect(await say(4, 'local old = require("token.ledger").of require("token.ledger").of = function(name) return old(name) * 100 end return "patched"')).toBe('patched');
  expect(sent(await vm.handle(transfer(5)))).toContain('[2100]');
  const next = await bundleTree({ ...token, 'fee-rules.lua': 'return { of = function() return 0 end }' }, { target: 'aos' });
  expect(await say(6, next)).toBe('token 1');
  expect(sent(await vm.handle(transfer(7)))).toContain('[10]');
  await vm.close();
});

aosIt('puts a module of the project in the place of the one aos has', async () => {
  const vm = await open();
  const code = await bundleTree({
    'main.lua': 'local utils = require(".utils") return utils.mine .. require("json").encode()',
    'utils.lua': 'return { mine = "mine" }', 'json.lua': 'return { encode = function() return " and json" end }',
  }, { target: 'aos' });
  expect(answer(await vm.handle(evaluate(1, code)))).toBe('mine and json');
  expect(answer(await vm.handle(evaluate(2, 'return require(".utils").mine')))).toBe('mine');
  await vm.close();
});

aosIt('keeps modules out of reach that are not published', async () => {
  const vm = await open();
  const code = await bundleTree(token, { target: 'aos', publish: ['fee-*'] });
  expect(answer(await vm.handle(evaluate(1, code)))).toBe('token 1');
  expect(answer(await vm.handle(evaluate(2, 'return tostring(package.loaded["token.ledger"]) .. type(require("fee-rules").of)')))).toBe('nilfunction');
  await vm.close();
});
