import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Assignment } from '@beamline/core';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let seen: Record<string, unknown> & { schedule: Assignment[] };
beforeAll(async () => {
  local = await openLocal();
  const journey = new URL('legacynet-journey.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(
    process.execPath, ['--conditions=@beamline/source', journey, local.server.url, join(local.dir, 'operator.json')], { maxBuffer: 2 ** 26 });
  seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as typeof seen;
}, 90_000);
afterAll(() => local.dispose());

it('publishes a module, and spawns a process once however often it is sent', async () => {
  expect(seen['again']).toBe(seen['game']);
  expect(await local.network.read(String(seen['game']), 'module')).toBe(seen['module']);
});

it('runs a signed message once, however often it is sent', () => {
  const first = { outcome: 'computed', slot: 1, output: { data: 'count=2' } };
  expect(seen['sent']).toEqual([first, first, first]);
});

it('finds a message in the schedule when the answer to it was lost', () => {
  expect(seen['lost']).toEqual({ outcome: 'computed', slot: 2, output: { data: 'count=3' } });
});

it('signs with Arweave and Ethereum keys', () => {
  expect(seen['rsa']).toMatchObject({ outcome: 'computed', slot: 3 });
  expect(seen.schedule[1]).toMatchObject({ message: seen['item'], committer: seen['player'] });
});

it('reads results, chunks and what the last result shows', () => {
  expect(seen['result']).toEqual({ data: 'count=2' });
  expect(seen['page']).toEqual({ outcome: 'computed', slot: 4, output: { data: 'count=5' } });
  expect(seen['text']).toBe(`1,2;${'7'.repeat(1_000)}`);
  expect(seen['noText']).toEqual({ code: 'ao/no-result' });
  expect(seen['read']).toBe('count=6');
  expect(seen['missing']).toBe(true);
  expect(seen['slots']).toEqual({ scheduled: 5, computed: 5 });
});

it('shows the schedule with what a replay needs', () => {
  expect(seen.schedule.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(seen.schedule[1]!.req).toMatchObject({
    slot: 1, process: seen['game'], body: { action: 'Inc', 'x-name': 'Ann', data: 'hello', commitments: { [String(seen['item'])]: { committer: seen['player'] } } },
  });
});

it('delivers between processes, and again on request', async () => {
  expect(await local.network.read(String(seen['other']), 'sender')).toBe(seen['game']);
  expect((await local.network.slots(String(seen['other']))).scheduled).toBe(2);
});

it('names its failures by code, and keeps what failed in the schedule', () => {
  expect(seen).toMatchObject({
    tampered: { code: 'ao/rejected' }, unknown: { code: 'ao/unknown-process' }, unknownSlots: { code: 'ao/unknown-process' },
    alias: { code: 'ao/unsupported' }, resolved: true, aborted: { code: 'Error: enough' },
    failing: { outcome: 'scheduled', slot: 6, detail: expect.stringContaining('failed on request') },
    node: { address: local.server.address, build: 'legacynet' },
  });
});
