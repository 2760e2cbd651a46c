import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import type { Anchors, AnchorTaken, AnchorVerdict, Proved, SnapshotTaken } from '@beamline/stack';
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
