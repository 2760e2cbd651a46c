import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildRole } from '../src/index.ts';
import { printMessage, readMessages, verifyShrinking, type RecordedSession } from '../src/verify/index.ts';
import { playerRequest, processRequest } from './messages.ts';
import { fixtures } from './run-lua.ts';

let shrunk: string;
let unshrunk: string;
const actions = ['Join', 'Count', 'Root', 'Divide', 'Spin', 'Deep', 'Nothing', 'Count'];
const sessions: RecordedSession[] = [{
  role: 'world', process: 'p'.repeat(43), requests: [processRequest(), ...actions.map((action, n) => playerRequest(n + 1, action, undefined, { name: 'Ada' }))],
}];
const verify = (code: string) => verifyShrinking({ role: 'world', unshrunk, shrunk: code, sessions });

beforeAll(async () => {
  const source = { role: 'world', entry: 'world/world.ts', target: 'lua', root: fixtures, lint: 'off' } as const;
  shrunk = (await buildRole(source)).code;
  unshrunk = (await buildRole({ ...source, minify: false, shrink: false })).code;
}, 120_000);

describe('without shrinking', () => {
  it('a bundle has what nothing needs, under its own name', () => {
    for (const name of ['UNUSED_SYSTEM', 'worldDigest', 'entityCount']) expect(unshrunk).toContain(name);
    for (const name of ['UNUSED_SYSTEM', 'worldDigest', 'entityCount']) expect(shrunk).not.toContain(name);
  });

  it('does the same, failing actions included', async () => {
    expect(await verify(shrunk)).toEqual({ role: 'world', sessions: 1, slots: actions.length + 1, root: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});

it('goes on comparing the two where the process was upgraded', async () => {
  const upgrade = playerRequest(1, 'Beamline.Upgrade-Commit', 'o'.repeat(43));
  const [start, ...rest] = sessions[0]!.requests;
  expect(await verifyShrinking({ role: 'world', unshrunk, shrunk, sessions: [{ ...sessions[0]!, requests: [start!, upgrade, ...rest.slice(1, 3)] }] })).toMatchObject({ slots: 3 });
});

describe('a bundle that was shrunk wrongly is found', () => {
  it.each([
    ['replies', 'compute = (function(inner) return function(base, req, o) base = inner(base, req, o) if req.slot == 3 then base.results.output.data = "else" end return base end end)(compute)', 3, 'reply.data'],
    ['the outbox', 'compute = (function(inner) return function(base, req, o) base = inner(base, req, o) if req.slot == 2 then base.results.outbox = { m1 = { target = "x" } } end return base end end)(compute)', 2, 'outbox.m1'],
    ['public state', 'compute = (function(inner) return function(base, req, o) base = inner(base, req, o) if req.slot == 4 then base.more = 1 end return base end end)(compute)', 4, 'state.more'],
    ['a slot that fails', 'compute = (function(inner) return function(base, req, o) if req.slot == 1 then error("no") end return inner(base, req, o) end end)(compute)', 1, 'failed'],
  ])('by %s', async (_what, spoiled, slot, what) => {
    await expect(verify(`${shrunk}\n${spoiled}`)).rejects.toMatchObject({
      code: 'bundler/shrinking-differs', details: { role: 'world', slot, what }, message: expect.stringMatching(/unshrunk: [^]*shrunk: /),
    });
  });

  it('by the world alone, when nothing else shows it', async () => {
    const spoiled = `compute = (function(inner) return function(base, req, o)
      if req.body.action == "Join" then for _, one in pairs(req.body.commitments) do one.committer = string.rep("z", 43) end end return inner(base, req, o) end end)(compute)`;
    await expect(verify(`${shrunk}\n${spoiled}`)).rejects.toMatchObject({
      code: 'bundler/shrinking-differs', details: { slot: 1, action: 'Join', what: expect.stringMatching(/^world\.chunks/) },
    });
  });
});

describe('a file of messages', () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'messages-')); });
  afterAll(() => rm(folder, { recursive: true }));
  const line = (slot: number, process = 'a') => printMessage({ role: 'world', process, req: { slot } });

  it('gives back what was recorded, process by process', async () => {
    await writeFile(join(folder, 'good'), [line(0), line(0, 'b'), line(1)].join(''));
    expect(await readMessages(join(folder, 'good'))).toEqual([
      { role: 'world', process: 'a', requests: [{ slot: 0 }, { slot: 1 }] }, { role: 'world', process: 'b', requests: [{ slot: 0 }] },
    ]);
  });

  it.each([
    ['with a gap', line(0) + line(2), 2], ['that begins late', line(3), 1], ['with another line', `${line(0)}{"role":1}\n`, 2], ['cut off', line(0).slice(0, -9), 1], ['that is empty', '', 0],
  ])('%s is refused with its line', async (_what, text, at) => {
    await writeFile(join(folder, 'bad'), text);
    await expect(readMessages(join(folder, 'bad'))).rejects.toMatchObject({ code: 'bundler/bad-messages', details: { file: join(folder, 'bad'), line: at }, hint: expect.stringContaining('beamline record') });
  });

  it('that is missing is refused', async () => {
    await expect(readMessages(join(folder, 'none'))).rejects.toMatchObject({ code: 'bundler/bad-messages' });
  });
});
