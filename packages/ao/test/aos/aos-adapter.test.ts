import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { aosChunk, evalsOf } from '@beamline/ao/legacynet';
import { createAosVm, createVm, loadAosModule, type AosHandled, type AosMessage, type AosVm } from '@beamline/vm';
import { fetchAosForTests, TEST_AOS } from '@beamline/vm/testing';
import { aosIt, CACHE } from './open-aos.ts';

const id = (name: string) => name.padEnd(43, '-');
const [OWNER, PROCESS, NODE, PLAYER] = [id('owner'), id('process'), id('node'), id('player')];
const open: AosVm[] = [];
afterAll(() => Promise.all(open.map((vm) => vm.close())));

const PROGRAM = `
function compute(base, req)
  local body = req.body
  base.calls = (base.calls or 0) + 1
  base.hidden = function() end
  if body.action == "Outbox" then
    base.results = { output = { data = "sent" }, outbox = {
      m10 = { target = "ten", action = "Tenth", n = 10 }, m2 = { target = "two", data = "x", ["x-long-name"] = "y", seq = 7 }, m1 = { target = "one" } } }
  elseif body.action == "Echo" then
    local list = {}
    for key, value in pairs(body) do if type(value) ~= "table" then list[#list + 1] = key .. "=" .. tostring(value) end end
    table.sort(list)
    local who, device
    for _, commitment in pairs(body.commitments) do who, device = commitment.committer, commitment["commitment-device"] end
    base.results = { output = { data = table.concat(list, ";"), who = who, device = device, slot = req.slot, at = base["at-slot"], time = req.timestamp } }
  elseif body.action == "Text" then
    base.results = { output = "plain" }
  elseif body.action == "Nothing" then
    base.results = nil
  elseif body.action == "Fail" then
    error("failed on request")
  elseif body.action == "Collect" then
    local swept = collectgarbage("count")
    base.results = { output = { data = tostring(swept) } }
  else
    base.health = { phase = "active" }
    base.results = { output = { data = body.type or "" }, chunks = { c0 = "1,2" } }
  end
  return base
end`;

const message = (slot: number, tags: Record<string, string>, data = '', from = PLAYER, owner = from): AosMessage => ({
  Id: slot === 0 ? PROCESS : id(`m${slot}`), From: from, Owner: owner, Target: PROCESS, Module: id('module'), Data: data, Timestamp: 1_000 * slot,
  'Block-Height': 1, Nonce: slot, Tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
});
const outputOf = (handled: AosHandled): AoMap => {
  if (!handled.ok) throw new Error(handled.message);
  return handled.result.Output as AoMap;
};

async function boot(kind: keyof typeof TEST_AOS, source = PROGRAM): Promise<{ vm: AosVm; first: AosHandled }> {
  const path = await fetchAosForTests(CACHE, TEST_AOS[kind]);
  const tags = { Type: 'Process', 'On-Boot': 'Data', Authority: NODE, Module: id('module') };
  const vm = await createAosVm({
    aos: loadAosModule(await readFile(path!), TEST_AOS[kind].sha256),
    environment: { Process: { Id: PROCESS, Owner: OWNER, Tags: message(0, tags).Tags }, Module: { Id: id('module'), Owner: OWNER, Tags: [] } },
  });
  open.push(vm);
  return { vm, first: await vm.handle(message(0, tags, aosChunk(source), OWNER)) };
}

for (const kind of ['wasm32', 'wasm64'] as const) {
  aosIt(`${kind}: computes the first slot with the process message, and shows output, chunks, health and other keys apart`, async () => {
    const { vm, first } = await boot(kind);
    expect(outputOf(first)).toEqual({ data: 'Process', c0: '1,2', health: { phase: 'active' }, state: { calls: 1 } });
    expect(outputOf(await vm.handle(message(1, { Action: 'Text' })))).toEqual({ data: 'plain', health: { phase: 'active' }, state: { calls: 2 } });
    expect(outputOf(await vm.handle(message(2, { Action: 'Nothing' })))).toEqual({ health: { phase: 'active' }, state: { calls: 3 } });
  });

  aosIt(`${kind}: gives a message as a node would, with its signer`, async () => {
    const { vm } = await boot(kind);
    expect(outputOf(await vm.handle(message(4, { Action: 'Echo', 'X-Name': 'Ann', Seq: '3' }, 'hello')))).toMatchObject({
      data: `action=Echo;data=hello;seq=3;target=${PROCESS};x-name=Ann`, who: PLAYER, device: 'ans104@1.0', slot: 4, at: 0, time: 4_000,
    });
    const pushed = message(5, { Action: 'Echo', 'From-Process': id('other') }, ' ', id('other'), NODE);
    expect(outputOf(await vm.handle(pushed))).toMatchObject({ data: `action=Echo;from-process=${id('other')};target=${PROCESS}`, who: NODE, at: 4 });
  });

  aosIt(`${kind}: sends the outbox in the order of its numbers, tags sorted`, async () => {
    const { vm } = await boot(kind);
    const sent = await vm.handle(message(1, { Action: 'Outbox' }));
    expect(sent.ok && sent.result.Messages).toEqual([
      { Target: 'one', Data: '', Anchor: '1'.padStart(32, '0'), Tags: [{ name: 'Variant', value: 'ao.TN.1' }] },
      { Target: 'two', Data: 'x', Anchor: '7'.padStart(32, '0'), Tags: [{ name: 'Variant', value: 'ao.TN.1' }, { name: 'Seq', value: '7' }, { name: 'X-Long-Name', value: 'y' }] },
      { Target: 'ten', Data: '', Anchor: '3'.padStart(32, '0'), Tags: [{ name: 'Variant', value: 'ao.TN.1' }, { name: 'Action', value: 'Tenth' }, { name: 'N', value: '10' }] },
    ]);
  });

  aosIt(`${kind}: leaves its owner aos' own Eval, and nobody else; whoever writes another's name is not believed`, async () => {
    const { vm } = await boot(kind);
    expect(outputOf(await vm.handle(message(1, { Action: 'Eval' }, 'return Beamline.sha256 and "there"', OWNER)))['data']).toBe('there');
    expect(outputOf(await vm.handle(message(2, { Action: 'Eval' }, 'compute = nil')))).toMatchObject({ state: { calls: 2 } });
    const forged = await vm.handle(message(3, { Action: 'Echo', 'From-Process': id('other') }, '', id('other'), PLAYER));
    expect(outputOf(forged)['data']).toContain('not trusted');
    expect(outputOf(await vm.handle(message(4, { Action: 'Text' })))).toMatchObject({ state: { calls: 3 } });
  });

  aosIt(`${kind}: undoes what fails, and goes on, with aos' own collector back in place`, async () => {
    const { vm } = await boot(kind);
    expect(await vm.handle(message(1, { Action: 'Fail' }))).toMatchObject({ ok: false, message: expect.stringContaining('failed on request') });
    expect(outputOf(await vm.handle(message(2, { Action: 'Collect' })))).toMatchObject({ data: '0', state: { calls: 2 } });
    expect(Number(outputOf(await vm.handle(message(3, { Action: 'Eval' }, 'return collectgarbage("count") // 1', OWNER)))['data'])).toBeGreaterThan(100);
  });

  aosIt(`${kind}: evaluated again changes nothing, and shows what is there`, async () => {
    const { vm } = await boot(kind);
    await vm.handle(message(1, { Action: 'Text' }));
    expect(outputOf(await vm.handle(message(2, { Action: 'Eval' }, aosChunk(PROGRAM), OWNER)))).toMatchObject({ data: 'plain', state: { calls: 2 } });
    const other = await vm.handle(message(3, { Action: 'Eval' }, aosChunk(`${PROGRAM} `), OWNER));
    expect(other).toMatchObject({ ok: false, message: expect.stringContaining('another program is installed') });
    expect(outputOf(await vm.handle(message(4, { Action: 'Text' })))).toMatchObject({ state: { calls: 3 } });
  });
}

it('cuts a chunk into parts that fit, whatever brackets it holds, and put it together again', async () => {
  const chunk = `local t = "]] ]=] ]==]" -- ${']'.repeat(40)}${']='.repeat(40)}\nreturn t .. "${'x'.repeat(8_000)}" .. "end"`;
  for (const size of [400, 1_000, 5_000]) {
    const parts = evalsOf(chunk, size);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(Math.max(size, 950));
    // Any order, and again: what counts is that all are there.
    const staged = [...parts.slice(0, -1).toReversed(), parts[0]!];
    const program = staged.map((part) => `(function() ${part} end)();`).join('\n');
    const vm = await createVm({
      profile: 'lua5.3',
      code: `function run() ${program}\n return (function() ${parts.at(-1)!} end)() end function missing() ${parts.at(-1)!} end
      function changed() ${staged.map((part) => `(function() ${part} end)();`).join('\n')} BeamlineParts[1] = string.gsub(BeamlineParts[1], "local", "LOCAL", 1) ${parts.at(-1)!} end`,
    });
    expect(await vm.call('run')).toBe(`]] ]=] ]==]${'x'.repeat(8_000)}end`);
    await expect(vm.call('missing')).rejects.toThrow('part 1 is missing');
    await expect(vm.call('changed')).rejects.toThrow('the parts are not what was sent');
    await vm.close();
  }
  expect(evalsOf(chunk, chunk.length)).toEqual([chunk]);
  expect(() => evalsOf(chunk, 100)).toThrow(expect.objectContaining({ code: 'ao/bad-option' }));
});
