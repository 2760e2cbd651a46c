import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openLocal, type OpenLocal } from './open-local.ts';

interface Outcome {
  value?: Record<string, unknown> & { edges?: { cursor: string; node: unknown }[] };
  error?: string;
}
type Answers = Record<'game' | 'other' | 'first' | 'signed', string> & { sent: string[] } &
  Record<'spawned' | 'firstResult' | 'signedResult' | 'pushedResult' | 'results' | 'newest' | 'dryrun' | 'again' | 'tooMany' | 'unknown' | 'noModule' | 'failing', Outcome>;

let local: OpenLocal;
let answers: Answers;
beforeAll(async () => {
  local = await openLocal({ limits: { dryRunsPerMinute: 2 } });
  const client = new URL('legacy-client.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [client, local.server.url, join(local.dir, 'operator.json'), local.module, local.server.address]);
  answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answers;
}, 60_000);
afterAll(() => local.dispose());
const get = async (path: string) => (await fetch(local.server.url + path)).json() as Promise<Record<string, never>>;

it('lets the official client spawn, send and read results in legacy mode', () => {
  expect(answers.spawned.value).toMatchObject({ Output: { data: 'count=1' }, Messages: [], Spawns: [], Assignments: [] });
  expect(answers.firstResult.value).toMatchObject({ Output: { data: 'count=2' } });
});

it('schedules a signed message once, however often it is sent', async () => {
  expect(answers.sent).toEqual([answers.signed, answers.signed]);
  expect(answers.signedResult.value).toMatchObject({ Output: { data: 'count=3' } });
  expect((await local.network.slots(answers.game)).scheduled).toBe(4);
});

it('shows an outbox as messages, and delivers it', async () => {
  expect(answers.pushedResult.value?.['Messages']).toEqual([
    { Target: answers.other, Data: 'cargo', Anchor: '1'.padStart(32, '0'), Tags: expect.arrayContaining([{ name: 'action', value: 'Inc' }, { name: 'n', value: '7' }]) },
  ]);
  expect(await local.network.read(answers.other, 'sender')).toBe(answers.game);
});

it('pages through results in both directions', () => {
  expect(answers.results.value?.edges?.map(({ node }) => node)).toMatchObject([{ Output: { data: 'count=1' } }, { Output: { data: 'count=2' } }]);
  expect(answers.newest.value?.edges).toMatchObject([{ node: { Output: { data: 'count=4' } } }]);
});

it('computes a dry run that leaves nothing behind, and refuses more than the limit', () => {
  expect(answers.dryrun.value).toMatchObject({ Output: { data: 'count=5' } });
  expect(answers.again.value).toEqual(answers.dryrun.value);
  expect(answers.tooMany.value).toEqual({ error: 'Rate limit exceeded' });
});

it('refuses an unknown process and an unknown module, and answers a failed message with its error', () => {
  expect(answers.unknown.error).toMatch(/^404: /);
  expect(answers.noModule.error).toBeDefined();
  expect(answers.failing.value).toMatchObject({ Error: expect.stringContaining('failed on request'), Messages: [] });
});

it('shows the schedule by time and by nonce, and one entry by message', async () => {
  const all = await get(`/su/${answers.game}`) as unknown as { edges: { cursor: string; node: { message: { id: string; tags: unknown[] }; assignment: { tags: unknown[] } } }[] };
  expect(all.edges.map(({ node }) => node.message.id)).toEqual([answers.game, answers.first, answers.signed, expect.any(String), expect.any(String)]);
  expect(all.edges[1]!.node.assignment.tags).toContainEqual({ name: 'Nonce', value: '1' });
  expect(all.edges[1]!.node.message.tags).toContainEqual({ name: 'Action', value: 'Inc' });
  expect(await get(`/su/${answers.game}?from-nonce=1&to-nonce=2`)).toMatchObject({ edges: [{ node: { message: { id: answers.signed } } }] });
  expect(await get(`/su/${answers.first}?process-id=${answers.game}`)).toMatchObject({ message: { id: answers.first } });
  expect(await get(`/su/${answers.game}?limit=1`)).toMatchObject({ page_info: { has_next_page: true } });
});

it('tells where the scheduler is', async () => {
  const answer = await fetch(`${local.server.url}/gw/graphql`, {
    method: 'POST', body: JSON.stringify({ query: 'transactions (owners: [$owner] tags: [{ name: "Type", values: ["Scheduler-Location"] }])', variables: { owner: local.server.address } }),
  });
  expect(await answer.json()).toMatchObject({ data: { transactions: { edges: [{ node: { tags: expect.arrayContaining([{ name: 'Url', value: `${local.server.url}/su` }]) } }] } } });
});

it.each([
  ['an item that was altered', '/mu', 'x'.repeat(2_000), 400],
  ['a query that is no JSON', '/gw/graphql', '{', 400],
  ['a result of nothing', '/cu/result/', undefined, 404],
  ['an unknown schedule', `/su/${'z'.repeat(43)}`, undefined, 404],
])('answers %s with a status and an error in JSON', async (_, path, body, status) => {
  const answer = await fetch(local.server.url + path, body === undefined ? {} : { method: 'POST', body });
  expect(await answer.json()).toEqual({ error: expect.any(String) });
  expect(answer.status).toBe(status);
});

it('limits dry runs only when asked to, and refuses one that is no JSON', async () => {
  const free = await openLocal();
  const process = await free.spawn();
  const dryRun = async (body: string) => (await fetch(`${free.server.url}/cu/dry-run?process-id=${process}`, { method: 'POST', body })).status;
  expect([await dryRun('{'), await dryRun('{"Tags":1}')]).toEqual([400, 400]);
  for (let i = 0; i < 7; i++) expect(await dryRun('{"Tags":[{"name":"Action","value":"Inc"}]}')).toBe(200);
  await free.dispose();
});
