import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createVm, type Vm } from '@beamline/vm';
import { useEvaluation } from './evaluate.ts';

/**
 * What was observed of Lua on a real node (clauses of ao-protocol.md, part A), and the test that holds this VM to it.
 * What is not Lua's (transport, storage, names) is tested in @beamline/ao.
 */
const OBSERVED: [clause: string, observed: string, file: string, test: string][] = [
  ['A.7', 'floats render with 20 digits and an exponent', 'values', 'delivers floats as a node writes them'],
  ['A.7', 'tonumber of a string gives a float', 'quirks', 'tonumber of a string is a float'],
  ['A.8', 'an uncaught error answers 400', 'state', "['an error', 'error(\"boom\")', 'error', 400]"],
  ['A.9', 'a table with the keys "1", "2" becomes a list', 'observed', 'makes a list of a table with the keys'],
  ['A1', 'globals and upvalues survive between messages', 'observed', 'keeps globals and upvalues'],
  ['A1', 'compute is called for slot 0, with the process message', 'observed', 'begins with slot 0'],
  ['A1', 'base holds at-slot, the slot computed before', 'observed', 'writes at-slot'],
  ['A1', 'results are unset before each compute', 'state', 'unsets results before each message'],
  ['A1', 'base is what it was returned as, not the same table', 'state', 'hands out a fresh copy of base'],
  ['A2', 'sources are read as Latin-1: only ASCII is safe', 'source', 'a character outside ASCII'],
  ['A2', 'goto and labels crash the compiler', 'source', "['a label',"],
  ['A2', 'a source that does not compile is dead from slot 0', 'source', 'what is not Lua'],
  ['A4', 'all 256 bytes go in and out exactly', 'values', 'carries all 256 bytes both ways exactly'],
  ['A4', 'megabytes go in and out', 'values', "['a long string', 'x'.repeat(1_000_000)]"],
  ['A4', 'integers stay integers', 'values', 'turns whole numbers into integers'],
  ['A5', 'error of a table answers 400', 'quirks', 'an error value that is a table arrives as text'],
  ['A5', 'returning nil or a string answers 500', 'state', "['a string', 'return \"text\"', 'bad-return', 500]"],
  ['A5', 'returning "error" and a text answers 400', 'state', "['the status error',"],
  ['A5', 'a cyclic table answers 400, recursive_table', 'state', 'names recursive_table'],
  ['A5', 'keys that are no strings answer 500', 'state', "['a table with mixed keys'"],
  ['A5', 'base without results is fine', 'observed', 'accepts base without results'],
  ['A5', 'a function in base is fine', 'state', 'accepts functions in base'],
  ['A5', 'an endless loop hangs', 'limits', 'an endless loop'],
  ['A5', 'endless recursion is past every pcall', 'crash', 'endless recursion'],
  ['A5', 'recursion 100,000 deep is fine', 'observed', 'recurses 100,000 deep'],
  ['A5', 'pcall catches Lua\'s own errors', 'observed', 'catches'],
  ['A5', 'no place before an error', 'quirks', 'error puts no place before its text'],
  ['A5', 'assert appends !', 'quirks', 'the text of assert gets an exclamation mark'],
  ['A5', 'error(nil) is "nil"', 'quirks', 'an error without a value arrives as nil'],
  ['A5', 'math.sqrt(-1), math.log(0), string.char(256), os.time{} are past every pcall', 'crash', "['the root of a negative number'"],
  ['A5', 'xpcall, coroutine, string.pack … are absent', 'quirks', "'xpcall'"],
  ['A5', 'string.gmatch raises', 'quirks', 'string.gmatch raises'],
  ['A5', 'load works', 'quirks', 'load computes operators the same way'],
  ['A5', '6 / 2 is 3.0', 'quirks', 'division gives a float'],
  ['A5', '1e15 shows as 1.0e15', 'quirks', 'a large float has a point before its exponent'],
  ['A5', 'division by zero raises', 'quirks', 'division by zero raises'],
  ['A5', 'pairs goes through integers, then sorted keys', 'quirks', 'pairs goes through numbers and then names in order'],
  ['A5', 'time and environment differ from run to run: refused here', 'quirks', 'os.time raises'],
  ['A5', 'math.random begins at 443585 or anywhere, by how luerl was built: refused here', 'quirks', 'math.random raises too'],
  ['A5', 'collectgarbage returns nothing', 'quirks', 'collectgarbage returns nothing'],
  ['A5', 'ao.event leaves nothing behind', 'observed', 'has ao.event'],
  ['A6', 'lists are tables 1…n', 'values', "['a list', ['a', 1, ['b']]]"],
  ['A8', 'outbox entries named "1" come out as a list', 'observed', 'makes a list of a table with the keys'],
];

describe('what a node was seen to do', () => {
  it.each(OBSERVED)('%s %s', (_clause, _observed, file, test) => {
    const own = file === 'observed';
    const source = readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
    // In this file the table itself names each test once.
    expect(source.split(test).length).toBeGreaterThan(own ? 2 : 1);
  });
});

const CODE = `
inits = (inits or 0) + 1
local up = 0
function compute(base, req)
  up = up + 1
  count = (count or 0) + 1
  base.seen = { up = up, count = count, inits = inits, slot = tostring(base['at-slot']), type = tostring(req.body.type) }
  if req.body.source then load('local base = ... ' .. req.body.source)(base) end
  return base
end`;
let vm: Vm;
beforeAll(async () => {
  vm = await createVm({ code: CODE });
});
afterAll(() => vm.close());
const seen = async (slot: number, body: Record<string, string>, machine = vm) => {
  const done = await machine.compute({ slot, body });
  return done.ok ? done.changed['seen'] : done;
};

it('begins with slot 0, whose body is the process message, at slot -1', async () => {
  expect(await seen(0, { type: 'Process' })).toEqual({ up: 1, count: 1, inits: 1, slot: '-1', type: 'Process' });
});

it('keeps globals and upvalues, and runs the module once', async () => {
  expect(await seen(1, {})).toMatchObject({ up: 2, count: 2, inits: 1 });
});

it('writes at-slot into base after every slot, whatever the program puts there', async () => {
  expect(await seen(2, { source: 'base["at-slot"] = 99' })).toMatchObject({ slot: '1' });
  expect(await seen(3, { source: 'base["at-slot"] = nil' })).toMatchObject({ slot: '2' });
  expect(await vm.apply([{ slot: 4, body: {} }])).toMatchObject({ applied: 1 });
  const done = await vm.compute({ slot: 5, body: {} });
  expect(done).toMatchObject({ changed: { seen: { slot: '4' } }, removed: [] });
  expect(done).not.toHaveProperty('changed.at-slot');
});

it('goes on from the at-slot of a base it is given', async () => {
  const later = await createVm({ code: CODE, base: { 'at-slot': 9 } });
  expect(await seen(10, {}, later)).toMatchObject({ slot: '9' });
  await later.close();
});

it('accepts base without results', async () => {
  expect(await vm.compute({ slot: 6, body: {} })).toMatchObject({ ok: true, results: undefined });
});

it('makes a list of a table with the keys "1" to "n", and hands it back as one', async () => {
  const source = 'base.l = { ["1"] = "a", ["2"] = { ["1"] = "b" } } base.m = { ["1"] = "a", ["3"] = "b" } base.results = { outbox = { ["1"] = { target = "t" } } }';
  expect(await vm.compute({ slot: 7, body: { source } })).toMatchObject({
    results: { outbox: [{ target: 't' }] }, changed: { l: ['a', ['b']], m: { 1: 'a', 3: 'b' } },
  });
  expect(await vm.compute({ slot: 8, body: { source: 'base.back = base.l[1] .. base.l[2][1] .. tostring(base.l["1"])' } }))
    .toMatchObject({ changed: { back: 'abnil' } });
});

it('recurses 100,000 deep', async () => {
  const deep = await createVm({ code: 'function compute(base) local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end base.n = f(100000) return base end' });
  expect(await deep.compute({})).toMatchObject({ changed: { n: 100_000 } });
  await deep.close();
});

const evaluate = useEvaluation();

it.each(['({}).x.y', 'nothing()', '{} + 1', '"a" .. {}', '1 < "x"', 'error("plain")'])('catches %s', async (source) => {
  expect(await evaluate(source)).toMatch(/^caught: /);
});

it('has ao.event, and refuses what needs a node', async () => {
  expect(await evaluate('ao.event("topic", { "executed", "x" })')).toBe('nil');
  expect(await evaluate('ao.get("key", {})')).toMatch(/^caught: ao\.get reaches into the node/);
});
