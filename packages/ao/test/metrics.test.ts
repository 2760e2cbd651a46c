import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parsePrometheus } from '../../metrics/test/prometheus-text.ts';
import { createCounts } from '../src/local/http/counts.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let text: string;
beforeAll(async () => {
  local = await openLocal();
  const process = await local.spawn();
  for (let i = 0; i < 3; i++) await local.network.send(await local.sign(process, 'Inc'));
  await local.network.setAlias('arena', process, local.operator);
  await local.get('/nowhere');
  await local.get(`/${'U'.repeat(43)}~process@1.0/now`);
  await fetch(`${local.server.url}/~meta@1.0/info`, { method: 'PATCH' });
  const answer = await local.get('/~hyperbuddy@1.0/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  text = await answer.text();
});
afterAll(() => local.dispose());

// The node's own name for its counter breaks the rule that counters end in _total; everything else keeps it.
const lawful = () => text.split('\n').filter((line) => !/^(# (HELP|TYPE) )?event[ {]/.test(line)).join('\n');
const value = (name: string, labels: Record<string, string> = {}) =>
  parsePrometheus(lawful()).get(name)?.samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text))?.value;

it('writes what a strict reader takes', () => {
  expect([...parsePrometheus(lawful()).keys()]).toEqual(expect.arrayContaining(['cowboy_requests_total', 'cowboy_request_duration_seconds', 'beamline_processes']));
});

const installed = spawnSync('promtool', ['--version']).error === undefined;
(installed ? it : it.skip)(installed ? 'writes what promtool takes' : 'did not run: promtool is not installed (apt-get install prometheus) — writes what promtool takes', () => {
  const verdict = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect(verdict.stderr.trim().split('\n')).toEqual(['event counter metrics should have "_total" suffix']);
});

it('uses a node’s names for what a node has too', () => {
  expect(text).toMatch(/^# TYPE event counter\nevent\{topic="local",event="scheduled"\} 5\nevent\{topic="local",event="computed"\} 4$/m);
  expect(value('cowboy_requests_total', { method: 'POST', reason: 'normal', status_class: 'success' })).toBe(6);
  expect(value('cowboy_requests_total', { method: 'GET', status_class: 'client-error' })).toBe(1);
  expect(value('cowboy_requests_total', { method: 'GET', status_class: 'server-error' })).toBe(1);
  expect(value('process_uptime_seconds')).toBeGreaterThanOrEqual(0);
  expect(value('system_load')).toBeGreaterThanOrEqual(0);
});

it('tells what only a local network knows', async () => {
  expect({
    processes: value('beamline_processes'), scheduled: value('beamline_slots_scheduled'), computed: value('beamline_slots_computed'), bricked: value('beamline_processes_bricked'),
    forks: value('beamline_forks'), aliases: value('beamline_aliases'), tasks: value('beamline_cron_tasks'), log: value('beamline_log_bytes'),
  }).toEqual({ processes: 2, scheduled: 5, computed: 4, bricked: 0, forks: 0, aliases: 1, tasks: 0, log: (await stat(join(local.dir, 'network.log'))).size });
});

it('is where a node has it, and nowhere else', async () => {
  expect((await local.get('/metrics')).status).toBe(404);
});

it('counts requests by class and duration, in as many series whatever clients send', () => {
  const counts = createCounts(0);
  for (const [method, status, ms] of [['GET', 200, 0], ['GET', 204, 5], ['GET', 299, 20_000], ['GET', 302, 1], ['BREW', 418, 2], ['X'.repeat(999), 404, 2], ['GET', 999, 1]] as const) counts.add(method, status, ms);
  expect([...counts.requests()].map(({ method, statusClass, count, sumMs, within }) => [method, statusClass, count, sumMs, within[0], within.at(-1)])).toEqual([
    ['GET', 'success', 3, 20_005, 1, 2], ['GET', 'redirection', 1, 1, 1, 1], ['other', 'client-error', 2, 4, 0, 2], ['GET', 'unknown', 1, 1, 1, 1],
  ]);
});
