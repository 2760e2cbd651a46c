import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import type { Anchors, AnchorTaken, AnchorVerdict, ProcessVerdict, Proved, SnapshotTaken } from '@beamline/stack';
import { setup } from './setup.ts';

const ID = 'a'.repeat(43);
const ROOT = 'ab'.repeat(32);
const taken = { instance: 'world-0', ref: { process: 'p', slot: 12, sha256: ROOT }, slot: 12, root: ROOT, pages: 8, pagesReused: 5, bytes: 4_000, ms: 31 } as SnapshotTaken;
const anchored: AnchorTaken = { instance: 'world-0', anchor: ID, snapshot: `p@12:${ROOT}`, slot: 12, root: ROOT, status: { state: 'pending' } };
const proved: Proved = { root: ROOT, process: 'p', slot: 12, anchor: ID, entity: 1_048_577, component: 'Score', values: { points: 12 } };
const verdict = (change: Partial<AnchorVerdict> = {}): AnchorVerdict => ({
  verified: true, reasons: [], forks: [], later: [], layoutChanges: [], compared: [], status: { state: 'final', height: 9, confirmations: 30 },
  chain: [{ id: ID, owner: 'studio', anchor: { version: 1, game: 'g', role: 'world', process: 'p', slot: 12, layout: 'l', root: ROOT, snapshot: ROOT, timestamp: 1 } }],
  ...change,
});

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'trust-')); });
afterAll(() => rm(folder, { recursive: true }));

/** What reached the anchors, in order. */
function withAnchors(answers: Partial<Anchors>) {
  const asked: unknown[][] = [];
  const anchors = new Proxy({} as Anchors, {
    get: (_, key: keyof Anchors) => (...args: unknown[]) => {
      asked.push([key, ...args.filter((arg) => !(arg instanceof AbortSignal))]);
      return (answers[key] as (...each: unknown[]) => unknown)(...args);
    },
  });
  const cli = setup({ anchors, snapshot: async () => [taken] });
  cli.context.cwd = folder;
  return { ...cli, asked };
}

it('anchors snapshots it has just taken, and prints what a verifier needs', async () => {
  const { asked, calls, out, run } = withAnchors({ anchor: async () => [anchored] });
  expect(await run('anchor', 'local', '--role', 'world', '--wait', '--with-snapshot')).toBe(0);
  expect(calls).toContain('snapshot {"role":"world"}');
  expect(asked).toEqual([['anchor', [taken], { wait: true, withSnapshot: true }]]);
  expect(out.join('\n')).toMatch(new RegExp(`world-0 +12  pending  ${ID}  ${ROOT}`));
});

it('verifies an anchor, and fails with the reasons where it is not what it was', async () => {
  const good = withAnchors({ verify: async () => verdict({ compared: [{ with: 'replay', root: ROOT, matches: true }] }) });
  expect(await good.run('verify', '--anchor', ID, '--replay', '--environment', 'live')).toBe(0);
  expect(good.calls).toContain('environment live');
  expect(good.asked).toEqual([['verify', ID, { replay: true }]]);
  expect(good.out.join('\n')).toContain('is the anchored world: replay\nverified');
  const bad = withAnchors({ verify: async () => verdict({ verified: false, reasons: ['anchor x of slot 9 tells another history'], compared: [{ with: 'snapshot s', root: '00', matches: false }] }) });
  expect(await bad.run('verify', '--anchor', ID, '--environment', 'local')).toBe(1);
  expect(bad.out.join('\n')).toContain('NOT verified\nanchor x of slot 9 tells another history');
  expect(bad.out.join('\n')).toContain('IS NOT the anchored world: snapshot s');
});

it('writes a proof where it is told to, or under a name of its own', async () => {
  const file = Uint8Array.of(1, 2, 3);
  const { asked, json, run } = withAnchors({ prove: async () => ({ ...proved, file, pageBytes: 2 }) });
  expect(await run('prove', 'local', 'world-0', '1048577', 'Score', '--json')).toBe(0);
  expect(asked).toEqual([['prove', 'world-0', 1_048_577, 'Score', {}]]);
  expect(json()).toMatchObject({ file: join(folder, 'world-0-12-Score-1048577.proof'), bytes: 3, values: { points: 12 } });
  expect(new Uint8Array(await readFile(join(folder, 'world-0-12-Score-1048577.proof')))).toEqual(file);
  const named = withAnchors({ prove: async () => ({ ...proved, anchor: '', file, pageBytes: 2 }) });
  await named.run('prove', 'local', 'world-0', '7', 'Score', '--out', 'mine.proof', '--snapshot', `p@12:${ROOT}`);
  expect(named.asked[0]?.at(-1)).toEqual({ snapshot: `p@12:${ROOT}` });
  expect(named.out.join('\n')).toContain('not anchored: whoever checks needs the root');
  expect(await withAnchors({}).run('prove', 'local', 'world-0', 'bob', 'Score')).toBe(2);
});

it('checks a proof against its anchor or a root', async () => {
  await writeFile(join(folder, 'x.proof'), 'proof');
  const byAnchor = withAnchors({ verifyProof: async () => ({ ...proved, anchored: verdict({ verified: false, reasons: ['the anchor is in no block yet'] }) }) });
  expect(await byAnchor.run('verify', '--proof', 'x.proof', '--environment', 'local', '--json')).toBe(1);
  expect(byAnchor.json()).toMatchObject({ verified: false, values: { points: 12 }, reasons: ['the anchor is in no block yet'] });
  const byRoot = withAnchors({ verifyProof: async () => proved });
  expect(await byRoot.run('verify', '--proof', 'x.proof', '--root', ROOT)).toBe(0);
  expect(byRoot.asked[0]?.at(-1)).toEqual({ root: ROOT });
  const forged = withAnchors({ verifyProof: async () => { throw new Fault('stack/not-proved', 'not proved: the root is another'); } });
  expect(await forged.run('verify', '--proof', 'x.proof', '--root', ROOT, '--environment', 'local')).toBe(1);
  expect(forged.err.join('\n')).toContain('stack/not-proved');
  const none = withAnchors({});
  expect(await none.run('verify', '--proof', 'none.proof', '--environment', 'local')).toBe(1);
  expect(none.err.join('\n')).toContain('cli/no-file');
});

it.each([
  [[]], [['--snapshot', 'p@1:x']], [['--anchor', ID, '--proof', 'x.proof']], [['--anchor', ID, '--root', ROOT]], [['--proof', 'x.proof', '--replay']],
  [['--proof', 'x.proof', '--root', 'abc', '--environment', 'local']], [['--anchor', ID]], [['some-process']],
])('refuses flags that do not belong together, before anything happens: %j', async (flags) => {
  const { asked, run } = withAnchors({});
  expect(await run('verify', ...flags)).toBe(2);
  expect(asked).toEqual([]);
});

const running: ProcessVerdict = {
  process: `-${'p'.repeat(42)}`, verified: true, differences: [], role: 'world', release: { id: 'b81e02d9'.repeat(8), version: '1.0.0' },
  code: { sha256: 'ab', bytes: 48_000, slot: 0, modules: [ID] }, edits: [], reported: { phase: 'active' },
};

it('verifies what a process runs, whatever its id begins with, and fails with what differs', async () => {
  const good = setup({ verifyProcess: async () => running });
  expect(await good.run('verify', running.process, '--environment', 'local', '--release', 'b81e02d9')).toBe(0);
  expect(good.calls).toContain(`verifyProcess ${running.process} {"cwd":"/game","release":"b81e02d9"}`);
  expect(good.out.join('\n')).toMatch(new RegExp(`runs 48000 bytes of Lua, sha256 ab, of module ${ID}[^]*\\nverified`));
  const bad = setup({ verifyProcess: async () => ({ ...running, verified: false, differences: ['its layout is x, the release\u2019s y'], code: { ...running.code, slot: 9 }, edits: [{ slot: 9, name: 'import/1' }] }) });
  expect(await bad.run('verify', running.process, '--environment', 'local')).toBe(1);
  expect(bad.out.join('\n')).toMatch(/put in place at slot 9[^]*edited at slot 9: import\/1[^]*NOT verified\nits layout is x/);
});

it.each([
  [['verify', ID, '--anchor', ID]], [['verify', '--release', 'x']], [['verify', 'world-0', '--environment', 'local']], [['bundle', '--messages', 'm']], [['bundle', '--signer', 'secret']],
  [['record', 'local', '--slots', '0']], [['explain', 'local', 'world-0', '--slot', 'x']],
])('refuses %j before anything happens', async (argv) => {
  const { err, run } = setup({ bundle: async () => { throw new RangeError('not reached'); } });
  expect(await run(...argv)).toBe(2);
  expect(err.join('\n')).toMatch(/^cli\/flags: /);
  expect(err.join('\n')).not.toContain('secret');
});

it('records what processes received, whole or not at all', async () => {
  const file = join(folder, 'messages.ndjson');
  const lines = async function* () { yield 'one\n'; yield 'two\n'; };
  const { calls, out, run } = setup({ record: lines });
  expect(await run('record', 'local', '--role', 'world', '--slots', '2', '--out', file)).toBe(0);
  expect(calls).toContain('record {"role":"world","slots":2}');
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
  expect(out.join('\n')).toContain('2 messages in');
  const broken = setup({ record: async function* () { yield 'three\n'; throw new Fault('ao/unreachable', 'gone'); } });
  expect(await broken.run('record', 'local', '--out', file)).toBe(1);
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
  expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.tmp'));
});

it('explains the last error with its place in the sources', async () => {
  const traced = { slot: 12, action: 'Move', error: 'Move: kernel/arithmetic: division by zero', stack: [{ file: 'src/move.ts', line: 7, column: 3 }] };
  const { out, run } = setup({ explain: async () => traced });
  expect(await run('explain', 'local', 'world-0')).toBe(0);
  expect(out.join('\n')).toBe('world-0, slot 12 (Move): Move: kernel/arithmetic: division by zero\n  at src/move.ts:7:3');
  expect(await setup({ explain: async () => undefined }).run('explain', 'local', 'world-0')).toBe(0);
});
