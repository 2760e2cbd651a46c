import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createStack, loadConfig, type Environment, type Stack } from '@beamline/stack';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';
import { shelve } from './cli-game/shelve.ts';

const root = fileURLToPath(new URL('cli-game', import.meta.url));
let state: string;
let cli: CommandLine;
let stack: Stack;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-decides-'));
  cli = createCommandLine(state);
  await cli.startNetwork();
  stack = createStack(await loadConfig('beamline.config.ts', root), { state });
}, 60_000);
afterAll(async () => {
  await stack.close();
  await cli.close();
  await rm(state, { recursive: true });
});

/** Begins the deployment of a release and stops, as if by Ctrl-C, once a step is done. */
async function stopped(environment: Environment, release: string, after: string): Promise<string> {
  const plan = await environment.plan(release);
  const stop = new AbortController();
  const unsubscribe = environment.events.subscribe((event) => {
    if (event.kind === 'step' && event.deployment === plan.id && event.step === after && event.state === 'done') stop.abort();
  });
  await expect(environment.deploy(plan, stop.signal)).rejects.toThrow();
  unsubscribe();
  return plan.id;
}

it('lists, shows, resumes, pauses and aborts what was begun elsewhere', async () => {
  const { beamline } = cli;
  const local = stack.environment('local');
  expect(await beamline('deployments', 'list', 'local')).toMatchObject({ exit: 0, result: { deployments: [] } });
  expect(await beamline('deployments', 'show', 'local')).toMatchObject({ exit: 1, result: { error: { code: 'stack/unknown-deployment' } } });
  const { result: { id: first } } = await beamline('deploy', 'local', '--release', await shelve(state, 'v1'));
  expect(await beamline('deployments', 'show', 'local')).toMatchObject({ exit: 0, result: { id: first, state: 'complete', items: { refused: 0 }, instances: { 'board-0': {} } } });

  const release = await shelve(state, 'v2');
  const early = await stopped(local, release, 'restoring');
  const { exit, result: shown } = await beamline('deployments', 'show', 'local');
  expect([exit, shown]).toMatchObject([4, {
    id: early, state: 'interrupted', steps: expect.arrayContaining([expect.objectContaining({ phase: 'catching-up', because: 'restored' })]),
    decision: { needed: true, serving: { 'board-0': 'old' }, choices: [{ command: `beamline deployments resume local ${early}` }, { command: `beamline deployments abort local ${early}` }] },
  }]);
  expect((await beamline('deployments', 'list', 'local')).result.deployments.map(({ id, state: how }: { id: string; state: string }) => [id, how])).toEqual([[early, 'interrupted'], [first, 'complete']]);
  expect(await beamline('deploy', 'local', '--release', release)).toMatchObject({ exit: 1, result: { error: { code: 'deployer/unfinished' } } });
  expect(await beamline('deployments', 'abort', 'local', '--by', 'ann', '--reason', 'not today')).toMatchObject({ exit: 3, result: { outcome: 'aborted', reason: expect.stringContaining('aborted by ann: not today') } });
  expect(await beamline('deployments', 'show', 'local', early)).toMatchObject({ exit: 3, result: { state: 'aborted', requests: [{ ask: 'abort', by: 'ann', reason: 'not today' }] } });
  expect(await beamline('deployments', 'abort', 'local', early)).toMatchObject({ exit: 1, result: { error: { code: 'stack/nothing-to-ask' } } });

  const late = await stopped(local, release, 'handing-over');
  expect(await beamline('deployments', 'show', 'local', late)).toMatchObject({ exit: 4, result: { state: 'interrupted' } });
  expect(await beamline('deployments', 'resume', 'local', late)).toMatchObject({ exit: 0, result: { outcome: 'complete', to: release } });
  expect(await beamline('deployments', 'resume', 'local', late)).toMatchObject({ exit: 0, result: { outcome: 'complete' } }); // said again, not done again

  const back = await local.planRollback();
  const asked: Promise<unknown>[] = [];
  const unsubscribe = local.events.subscribe((event) => {
    if (event.kind !== 'step' || event.deployment !== back.id) return;
    if (event.step === 'publishing' && event.state === 'started') asked.push(beamline('deployments', 'pause', 'local', '--by', 'bob'));
    if (event.state === 'progress' && event.detail === 'paused') {
      asked.push(beamline('deployments', 'show', 'local').then(async (told) => {
        await beamline('deployments', 'continue', 'local');
        return told;
      }));
    }
  });
  const paused = await local.deploy(back);
  unsubscribe();
  expect(paused).toMatchObject({ outcome: 'complete' });
  const [pause, told] = await Promise.all(asked) as [object, object | undefined];
  expect(pause).toMatchObject({ exit: 0, result: { asked: 'pause', deployment: back.id } });
  if (told !== undefined) expect(told).toMatchObject({ exit: 0, result: { state: 'running', decision: { needed: true, facts: expect.arrayContaining(['Somebody paused it.']) } } });
  expect(told).toBeDefined();
}, 120_000);
