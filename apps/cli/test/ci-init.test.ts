import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { validateConfig, type BeamlineConfig, type Stack } from '@beamline/stack';
import { beamlineArguments, githubSteps, gitlabSteps, parseGithub, parseGitlab, type CiStep } from '../../../test/ci-steps.ts';
import { setup, type CliTest } from './setup.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'ci-')); });
afterEach(() => rm(folder, { recursive: true }));

const config = validateConfig({
  game: 'arena', version: '1.0.0', roles: { world: { entry: 'world.ts' } }, signing: { signer: 'env:RELEASE_KEY' },
  environments: {
    local: { network: { kind: 'local' } },
    staging: { network: { kind: 'hyperbeam', url: 'https://staging.example' }, signer: 'env:STAGING_WALLET', webhook: { url: 'https://hooks.example', secret: 'env:HOOK' } },
    live: { network: { kind: 'hyperbeam', url: 'https://node.example' }, signer: 'env:LIVE_WALLET', operator: 'file:./operator.json', rehearsal: {} },
  },
});

/** The command line over a game in a folder. */
function over(given: BeamlineConfig): CliTest {
  const test = setup();
  const stack = { config: given, messagesFile: join(folder, 'messages.ndjson'), close: async () => undefined } as unknown as Stack;
  Object.assign(test.context, { cwd: folder, openStack: async () => stack });
  return test;
}

/** Whether the real command line takes it: it comes as far as opening the game. */
async function accepted({ run, env }: CiStep): Promise<string | undefined> {
  const argv = beamlineArguments(run, { ...env, PR_NUMBER: '7', CI_MERGE_REQUEST_IID: '7' });
  if (argv === undefined) return undefined;
  const { err, run: execute } = setup({ openStack: async () => { throw new Fault('cli/opened', argv.join(' ')); } });
  return await execute(...argv) === 1 && err.join('\n').startsWith('cli/opened') ? argv.join(' ') : `REFUSED ${run}: ${err.join('\n')}`;
}

const acceptedOf = async (steps: readonly CiStep[]): Promise<string[]> => (await Promise.all(steps.map(accepted))).filter((each) => each !== undefined);

describe.each(['github', 'gitlab'] as const)('workflows for %s', (provider) => {
  const usual = provider === 'github' ? '.github/workflows/beamline.yml' : '.gitlab-ci.yml';
  const written = (): Promise<string> => readFile(join(folder, usual), 'utf8');
  const stepsOf = (text: string): CiStep[] => (provider === 'github' ? githubSteps(parseGithub(text)) : gitlabSteps(parseGitlab(text)));

  it('hold commands that this command line takes, every one', async () => {
    const { run } = over(config);
    expect(await run('ci', 'init', provider)).toBe(0);
    const steps = await acceptedOf(stepsOf(await written()));
    const state = expect.stringContaining('--state');
    expect(steps.filter((step) => step.startsWith('REFUSED'))).toEqual([]);
    expect(steps.map((step) => step.replace(/ --state \S+( \S+ \|\| '.beamline' }})?/, ''))).toEqual([
      'bundle', 'summary staging --out beamline-summary.md', 'preview up pr-7 --from staging --for 24h --replace', 'preview down pr-7',
      'deploy staging', 'plan live --rehearse --out beamline-plan.json', 'apply beamline-plan.json',
    ]);
    expect(steps).toEqual(steps.map(() => state));
  });

  it('verify with recorded messages where there are some, and name another config', async () => {
    await writeFile(join(folder, 'messages.ndjson'), '');
    const { run } = over(config);
    expect(await run('ci', 'init', provider, '--config', 'games/my arena.config.ts')).toBe(0);
    const steps = await acceptedOf(stepsOf(await written()));
    expect(steps[0]).toContain('bundle --verify');
    expect(steps[1]).toContain('summary staging --verify');
    for (const step of steps) expect(step).toContain('--config games/my arena.config.ts');
  });

  it('name secrets and give them to no command line', async () => {
    const { run, json } = over(config);
    await run('ci', 'init', provider, '--json');
    expect(json()).toMatchObject({ provider, staging: 'staging', live: 'live', secrets: ['RELEASE_KEY', 'HOOK', 'STAGING_WALLET', 'LIVE_WALLET'] });
    const text = await written();
    for (const { run: line } of stepsOf(text)) expect(line).not.toMatch(/WALLET|RELEASE_KEY|HOOK|secrets\.|github\.event|echo|set -x/);
    for (const name of ['STAGING_WALLET', 'LIVE_WALLET', 'RELEASE_KEY', 'HOOK']) expect(text).toContain(name);
  });

  it('replace nothing unless told to', async () => {
    const { run, err } = over(config);
    expect(await run('ci', 'init', provider)).toBe(0);
    await writeFile(join(folder, usual), 'mine');
    expect(await run('ci', 'init', provider)).toBe(1);
    expect(err.join('\n')).toContain('cli/file-exists');
    expect(await written()).toBe('mine');
    expect(await run('ci', 'init', provider, '--out', 'elsewhere.yml')).toBe(0);
    expect(await run('ci', 'init', provider, '--force')).toBe(0);
    expect(await written()).toBe(await readFile(join(folder, 'elsewhere.yml'), 'utf8'));
  });

  it('leave live out where there is none, and ask where it is not clear', async () => {
    const { staging, local } = config.environments as Record<string, NonNullable<BeamlineConfig['environments'][string]>>;
    const one = over({ ...config, environments: { test: staging! } });
    expect(await one.run('ci', 'init', provider)).toBe(0);
    const steps = await acceptedOf(stepsOf(await written()));
    expect(steps.at(-1)).toContain('deploy test');
    const two = over({ ...config, environments: { one: staging!, two: local! } });
    expect(await two.run('ci', 'init', provider, '--force')).toBe(2);
    expect(await two.run('ci', 'init', provider, '--staging', 'three')).toBe(2);
    expect(await two.run('ci', 'init', provider, '--staging', 'one', '--live', 'one')).toBe(2);
    expect(await two.run('ci', 'init', provider, '--staging', 'one', '--live', 'two', '--force')).toBe(0);
  });
});

it('gives jobs on GitHub no more than they need, deploys from main alone, and live behind its environment', async () => {
  await over(config).run('ci', 'init', 'github');
  const workflow = parseGithub(await readFile(join(folder, '.github/workflows/beamline.yml'), 'utf8'));
  expect(workflow.on).toEqual({ pull_request: { types: ['opened', 'synchronize', 'reopened', 'closed'] }, push: { branches: ['main'] } });
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const { check, preview, 'deploy-staging': staging, 'plan-live': plan, 'deploy-live': live } = workflow.jobs;
  expect(check!.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  expect(preview!.permissions).toBeUndefined();
  expect(staging).toMatchObject({ if: "github.event_name == 'push'", environment: 'staging', permissions: { contents: 'read', 'id-token': 'write' }, env: { STAGING_WALLET: '${{ secrets.STAGING_WALLET }}' } });
  expect(plan).toMatchObject({ needs: 'deploy-staging', env: { LIVE_WALLET: '${{ secrets.LIVE_WALLET }}' } });
  expect(live).toMatchObject({ needs: 'plan-live', environment: 'live', env: { LIVE_WALLET: '${{ secrets.LIVE_WALLET }}' } });
  expect(check!.env).not.toHaveProperty('LIVE_WALLET');
});

it('lets live on GitLab wait for a person, with a token of its own', async () => {
  await over(config).run('ci', 'init', 'gitlab');
  const pipeline = parseGitlab(await readFile(join(folder, '.gitlab-ci.yml'), 'utf8'));
  expect(pipeline['deploy-live']).toMatchObject({ rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', when: 'manual' }], environment: 'live', id_tokens: { BEAMLINE_ID_TOKEN: { aud: '$CI_SERVER_URL' } } });
  expect(pipeline['deploy-staging']).toMatchObject({ environment: 'staging', rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }] });
});
