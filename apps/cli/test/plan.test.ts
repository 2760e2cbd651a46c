import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { parsePlan } from '@beamline/stack';
import { planMarkdown } from '../src/markdown/plan-markdown.ts';
import { bundle, plan, RELEASE, report } from './answers.ts';
import { setup } from './setup.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'plan-')); });
afterAll(() => rm(folder, { recursive: true }));

it('prints a plan, of what is built or of a release, and saves it for apply', async () => {
  const { calls, out, run } = setup({ bundle, plan: async () => plan, apply: async () => report() });
  expect(await run('plan', 'local')).toBe(0);
  expect(out.join('\n')).toContain('1. spawn world-0');
  const file = join(folder, 'plan.json');
  expect(await run('plan', 'local', '--release', RELEASE, '--strategy', 'in-place', '--out', file)).toBe(0);
  expect(parsePlan(await readFile(file))).toEqual({ request: { way: 'deploy', release: RELEASE, strategy: 'in-place' }, plan });
  expect(calls.some((call) => call.startsWith('apply') || call.startsWith('deploy'))).toBe(false);
  expect(await run('plan', 'local', '--release', RELEASE, '--out', file)).toBe(1);
  expect(await run('apply', file)).toBe(0);
  expect(calls.filter((call) => call.startsWith('apply'))).toEqual([`apply ${JSON.stringify({ request: { way: 'deploy', release: RELEASE, strategy: 'in-place' }, plan })}`]);
});

it('opens nothing for a plan that is not one', async () => {
  const file = join(folder, 'edited.json');
  for (const text of ['', '{}', 'not json']) {
    await writeFile(file, text);
    const { calls, err, run } = setup();
    expect(await run('apply', file)).toBe(1);
    expect(err.join('\n')).toContain('deployer/bad-plan');
    expect(calls.some((call) => call.startsWith('environment'))).toBe(false);
  }
  for (const path of [join(folder, 'missing.json'), folder, '/dev/zero']) {
    const { err, run } = setup();
    expect(await run('apply', path)).toBe(1);
    expect(err.join('\n')).toContain('cli/no-file');
  }
});

it('asks for consent to what breaks others, except on the way back', async () => {
  const breaking = { ...plan, brokenMessages: [{ sender: 'battle', receiver: 'world', action: 'Award', direction: 'old-to-new', why: 'it has no such action' }] } as const;
  const there = join(folder, 'there.json');
  const back = join(folder, 'back.json');
  const { run, err, calls } = setup({ plan: async () => breaking, planRollback: async () => breaking, apply: async () => report() });
  await run('plan', 'local', '--release', RELEASE, '--out', there);
  await run('rollback', 'local', '--out', back);
  expect(parsePlan(await readFile(back)).request).toEqual({ way: 'rollback' });
  expect(await run('apply', there)).toBe(1);
  expect(err.join('\n')).toContain('deployer/contract-broken');
  expect(calls.some((call) => call.startsWith('apply'))).toBe(false);
  expect(await run('apply', there, '--accept-breaks')).toBe(0);
  expect(await run('apply', back)).toBe(0);
});

it('passes on that the environment has drifted', async () => {
  const file = join(folder, 'drifted.json');
  const first = setup({ plan: async () => plan });
  await first.run('plan', 'local', '--release', RELEASE, '--out', file);
  const { json, run } = setup({ apply: async () => { throw new Fault('deployer/drifted', 'world-0 runs another bundle'); } });
  expect(await run('apply', file, '--json')).toBe(1);
  expect(json()).toMatchObject({ error: { code: 'deployer/drifted' } });
});

it('prints Markdown that says nothing but the plan, whatever names are in it', async () => {
  const breaking = { ...plan, instances: [{ ...plan.instances[0]!, because: 'a | b <script> @everyone\n# c', breaksClients: ['actions.Look removed'] }] };
  const text = planMarkdown(breaking);
  expect(text).toContain('### Plan for local');
  expect(text).toContain('| world-0 | create | new | a \\| b \\<script\\> @\u200beveryone # c |');
  expect(text).toContain('- world-0: breaks clients: actions.Look removed');
  const { out, run } = setup({ plan: async () => breaking });
  expect(await run('plan', 'local', '--release', RELEASE, '--markdown')).toBe(0);
  expect(out).toEqual([text]);
});

it('rehearses when asked to, keeps what came of it in the plan, and fails when that does', async () => {
  const file = join(folder, 'rehearsed.json');
  const rehearsed = (outcome: 'passed' | 'failed') => ({ version: 1, plan: plan.id, outcome, messages: 10, instances: [], skipped: ['world-0'] }) as const;
  const answers = { bundle, plan: async () => plan, rehearse: async () => ({ report: rehearsed('failed'), ms: 1, perSecond: 1 }) };
  const { calls, out, run } = setup(answers);
  expect(await run('plan', 'local', '--release', RELEASE, '--rehearse', '10', '--chaos', '3', '--out', file)).toBe(1);
  expect(calls).toContain(`rehearse ${JSON.stringify(plan)} ${JSON.stringify({ messages: 10, chaos: 3 })}`);
  expect(parsePlan(await readFile(file)).plan).toEqual({ ...plan, rehearsal: rehearsed('failed') });
  expect(out.join('\n')).toContain('Rehearsal failed');

  const good = setup({ ...answers, rehearse: async () => ({ report: rehearsed('passed'), ms: 1, perSecond: 1 }) });
  expect(await good.run('plan', 'local', '--release', RELEASE, '--rehearse', '--markdown')).toBe(0);
  expect(good.calls).toContain(`rehearse ${JSON.stringify(plan)} {}`);
  expect(good.out.join('\n')).toContain('### Rehearsal passed');
  for (const flags of [['--chaos', '3'], ['--rehearse', '0'], ['--rehearse', '5', '--chaos', 'x']]) expect(await good.run('plan', 'local', ...flags)).toBe(2);
});
