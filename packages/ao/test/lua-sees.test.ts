import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createWallet } from '@beamline/ao';
import { join } from 'node:path';
import { openLocal, type OpenLocal } from './open-local.ts';

/** Lists every key of `req` and `base` with its type, as the recorded dumps do. */
const DUMP = `
local function list(value, path, lines)
  for key, inner in pairs(value) do
    local name = path == "" and tostring(key) or path .. "/" .. tostring(key)
    if type(inner) == "table" then
      if type(inner.type) == "string" and string.find(path, "commitments$") then name = path .. "/<" .. inner.type .. ">" end
      lines[#lines + 1] = name .. " map"
      list(inner, name, lines)
    else
      lines[#lines + 1] = name .. " " .. (math.type(inner) and "number" or type(inner))
    end
  end
  return lines
end
function compute(base, req)
  local what = req.body.action == "base" and base or req
  local out = {}
  if req.body.action == "forward" then
    out.m1 = { target = req.body.to, action = "dump", data = "payload", ["x-n"] = 5, ["orig-id"] = "ORIGID", ["orig-owner"] = "ORIGOWNER" }
  end
  base.results = { output = { data = table.concat(list(what, "", {}), "\\n") }, outbox = out }
  return base
end`;

let local: OpenLocal;
let process: string;
beforeAll(async () => {
  local = await openLocal();
  process = await local.spawn(DUMP);
});
afterAll(() => local.dispose());

const keys = async (name: string) => (await readFile(new URL(`fixtures/${name}-keys.txt`, import.meta.url), 'utf8')).trim().split('\n');
const seen = (data: unknown) => String(data).split('\n');
const unsortedDifference = (a: string[], b: string[]) => a.filter((line) => !b.includes(line)).sort();

// Tags that this client adds, which are not in the recording: those that ask for JSON, whose the item is, and its salt.
const OWN = /accept-bundle|require-codec|salt|signer|\/(committed|original-tags)\/\d+/;

it('hands a signed message to Lua with the keys a real node gives, but for the node’s signature of each assignment', async () => {
  const wallet = await createWallet(join(local.dir, 'player.json'));
  const tags = { 'X-Foo': 'Bar', Num: '5' };
  const item = await local.network.signMessage(wallet, { target: process, tags: [{ name: 'Action', value: 'dump' }, ...Object.entries(tags).map(([name, value]) => ({ name, value }))], data: 'hello data' });
  const answer = await local.network.send(item);
  const got = seen(answer.outcome === 'computed' && answer.output['data']);
  const expected = await keys('req-ans104');
  const missing = unsortedDifference(expected, got);
  expect(unsortedDifference(got, expected).filter((line) => !OWN.test(line))).toEqual([]);
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.every((line) => line.startsWith('commitments/<rsa-pss-sha512>'))).toBe(true);
});

it('hands a pushed message to Lua with the keys a real node gives', async () => {
  const target = await local.spawn(DUMP);
  await local.network.send(await local.sign(process, 'forward', { To: target }));
  const got = seen((await local.network.result(target, 1))['data']);
  const expected = await keys('req-pushed');
  expect(unsortedDifference(got, expected)).toEqual([]);
  expect(unsortedDifference(expected, got).every((line) => line.startsWith('commitments/<rsa-pss-sha512>'))).toBe(true);
});

it('hands the process’s base to Lua with the keys a real node gives', async () => {
  const wallet = await createWallet(join(local.dir, 'player.json'));
  const arweave = await local.network.spawn(await local.network.signProcess(wallet, { module: await local.network.spawn(await local.network.signModule(wallet, DUMP)), tags: [], data: '1984' }));
  const answer = await local.network.send(await local.sign(arweave, 'base'));
  const got = seen(answer.outcome === 'computed' && answer.output['data']);
  // `count`, `gn`, `up` are state of the recorded game.
  const expected = (await keys('base')).filter((line) => !/^(count|gn|up) /.test(line));
  expect(unsortedDifference(got, expected).filter((line) => !OWN.test(line))).toEqual([]);
  expect(unsortedDifference(expected, got)).toEqual([]);
});
