import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TEST_PROCESS } from '../src/testing.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

interface Outcome {
  value?: unknown;
  error?: string;
}
type Answers = Record<'module' | 'game' | 'other', string> & { slots: number[]; pushed: number } &
  Record<'result' | 'results' | 'dryrun' | 'unknown' | 'failing' | 'httpsig', Outcome>;

let local: OpenLocal;
let answers: Answers;
beforeAll(async () => {
  local = await openLocal();
  // A process of its own: the client brings CommonJS parts that Jest's modules cannot load.
  const client = new URL('aoconnect-client.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [client, local.server.url, join(local.dir, 'operator.json'), TEST_PROCESS]);
  answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answers;
});
afterAll(() => local.dispose());

it('lets the official client publish, spawn and send messages', async () => {
  expect(answers.slots).toEqual([1, 2, 3]);
  expect(answers.pushed).toBe(4);
  expect(await local.network.read(answers.game, 'count')).toBe(5);
  expect(await local.network.read(answers.game, 'module')).toBe(answers.module);
});

it('delivers what the official client makes one process send to another', async () => {
  expect(await local.network.read(answers.other, 'sender')).toBe(answers.game);
});

it('shows the official client no results, as the real node does', () => {
  const empty = { Output: {}, Messages: [], Assignments: [], Spawns: [] };
  expect(answers.result.value).toEqual(empty);
  expect(answers.results.value).toMatchObject({ edges: [{ cursor: '4', node: empty }] });
});

it('fails a dry run, an unknown process, an uncaught error and an httpsig write, as the real node does', () => {
  expect(answers.dryrun.error).toBe('Error running dryrun');
  expect(answers.unknown.error).toBe('Error sending message');
  expect(answers.failing.error).toBe('Error sending message');
  expect(answers.httpsig).not.toEqual({ value: 200 });
});
