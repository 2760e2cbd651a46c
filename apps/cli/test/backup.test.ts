import { expect, it } from '@jest/globals';
import { setup } from './setup.ts';

const ref = `${'p'.repeat(43)}@7:${'a'.repeat(64)}`;
const damage = { store: 'local', ref, code: 'persistence/hash-mismatch', what: 'page', message: 'page 0 is wrong', mendableFrom: ['cloud'], mended: false } as const;

it('creates a backup and fails when too few stores took it, with their reasons', async () => {
  const failed = [{ store: 'cloud', code: 'persistence/denied', message: 's3: cannot write' }] as const;
  const created = { snapshots: [{ ref, instance: 'world-0', stores: ['fs'], failed }], files: ['fs'], failed: [], bytes: 1200, complete: false };
  const { calls, out, run } = setup({ backup: { create: async () => created } });
  expect(await run('backup', 'create', 'live')).toBe(1);
  expect(calls).toContain('create {"snapshot":true}');
  expect(out.join('\n')).toContain('cloud: persistence/denied: s3: cannot write');
  expect(await run('backup', 'create', 'live', '--no-snapshot')).toBe(1);
  expect(calls).toContain('create {"snapshot":false}');
});

it('lists what is where', async () => {
  const { json, run } = setup({ backup: { list: async () => ({ snapshots: [{ ref, instance: 'world-0', process: 'p', slot: 7, takenAt: 0, stores: ['local', 'fs'] }], failed: [] }) } });
  expect(await run('backup', 'list', 'live', '--json')).toBe(0);
  expect(json()).toMatchObject({ snapshots: [{ slot: 7, stores: ['local', 'fs'] }] });
});

it('verifies, names the damage and who can mend it, and fails until it is mended', async () => {
  const report = (mended: boolean) => ({ snapshots: 3, pages: 9, damage: [{ ...damage, mended }], unreachable: [], copied: [] });
  const { calls, out, run } = setup({ backup: { verify: async (options) => report(options?.repair ?? false) } });
  expect(await run('backup', 'verify', 'live', '--full')).toBe(1);
  expect(out.join('\n')).toContain('cloud can mend it: --repair');
  expect(await run('backup', 'verify', 'live', '--repair')).toBe(0);
  expect(calls.filter((call) => call.startsWith('verify'))).toEqual(['verify {"full":true,"repair":false}', 'verify {"full":false,"repair":true}']);
});

it('says on a dry run what would go, and why', async () => {
  const { calls, out, run } = setup({ backup: { prune: async () => [{ store: 'fs', kept: 1, dropped: [ref], why: { [ref]: 'expired' as const } }] } });
  expect(await run('backup', 'prune', 'live', '--dry-run', '--local')).toBe(0);
  expect(calls).toContain('prune {"local":true,"dryRun":true}');
  expect(out.join('\n')).toBe(`fs: 1 stay, 1 would go\n  expired  ${ref}`);
});

it('finds archives and folders from where it was called', async () => {
  const { calls, run } = setup({ backup: {
    archive: async (path) => ({ path, sizeBytes: 1, snapshots: 1, encrypted: true }), extract: async () => 3, import: async () => [], fetch: async () => [ref],
  } });
  expect(await run('backup', 'archive', 'live', 'live.archive', '--all')).toBe(0);
  expect(await run('backup', 'extract', 'live', '/tmp/live.archive', 'out', '--salvage')).toBe(0);
  expect(await run('backup', 'import', 'live', 'live.archive')).toBe(0);
  expect(await run('backup', 'fetch', 'live', '--snapshot', ref)).toBe(0);
  expect(calls.filter((call) => /^(archive|extract|import|fetch)/.test(call))).toEqual([
    'archive /game/live.archive {"all":true}', 'extract /tmp/live.archive /game/out {"salvage":true}', 'import /game/live.archive', `fetch {"refs":["${ref}"]}`,
  ]);
});

it('refuses a misspelt flag before it opens anything', async () => {
  const { calls, run } = setup();
  expect(await run('backup', 'verify', 'live', '--repiar')).toBe(2);
  expect(await run('backup', 'purge', 'live')).toBe(2);
  expect(calls).toEqual([]);
});
