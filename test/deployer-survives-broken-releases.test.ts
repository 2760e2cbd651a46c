import { createRunner, type Condition, type DeployableRelease, type DeploymentReport, type RunnerOptions } from '@beamline/deployer';
import { createOperator } from '@beamline/kernel/operator';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectBooksToBalance, underLoad } from './deployer-game/load.ts';
import { rewritten } from './deployer-game/rewritten.ts';
import { flawedRelease, openStudio, players, score, type Studio } from './deployer-game/setup.ts';

let studio: Studio;
let flawed: (flaw: string) => DeployableRelease;
const crowd = players(3);

beforeAll(async () => {
  studio = await openStudio();
  const release = await flawedRelease();
  flawed = (flaw) => rewritten(studio, release, flaw, (lua) => lua.replaceAll('flawless', flaw));
  expect(flawed('other').roles['world']!.bundles.lua.sha256).not.toBe(release.roles['world']!.bundles.lua.sha256);
  await createRunner(studio.options).run(await studio.plan(studio.v1));
}, 120_000);
afterAll(() => studio.close());

const world = async () => (await studio.options.environments.read('local'))!.instances['world-0']!.process;

/** Deploys while players play, and says how it ended; whatever the end, the old release serves and nobody lost anything. */
async function deployed(release: DeployableRelease, more: Partial<RunnerOptions> = {}): Promise<DeploymentReport> {
  const report = await underLoad(studio, crowd, createRunner({ ...studio.options, ...more }).run(await studio.plan(release)));
  expect((await studio.options.environments.read('local'))!.release).toBe(studio.v1.id);
  await expectBooksToBalance(studio, crowd);
  return report;
}

const broken: Record<string, { flaw: string; more: Partial<RunnerOptions>; reason: RegExp }> = {
  'takes many times as long for a message': { flaw: 'slow', more: watching({ metric: 'rate', minOfBlue: 0.5, atLeast: 5 }), reason: /world-0: it applies .* messages a second; before the change it was / },
  'fails at one action only': { flaw: 'errs', more: watching({ metric: 'errors', maxOfBlue: 2 }), reason: /world-0: \d+ of \d+ messages failed/ },
  'loops in one action only': { flaw: 'loops', more: watching({ metric: 'errors', maxOfBlue: 2 }), reason: /world-0: \d+ of \d+ messages failed/ },
  'grows with every message': { flaw: 'leaks', more: watching({ metric: 'growth', max: 0.5, atLeast: 10 }), reason: /world-0: it gains .* entities per message/ },
  'answers wrongly': {
    flaw: 'lies', more: { smoke: [async () => ((await score(studio, players(9)[8]!)) === 0 ? [] : ['a stranger has points'])] }, reason: /^a stranger has points$/,
  },
};

function watching(condition: Condition): Partial<RunnerOptions> {
  return { bakeMs: 1_000, bakePollMs: 100, analysis: [condition] };
}

it.each(Object.entries(broken))('takes back, with what players did, a release that %s', async (_, { flaw, more, reason }) => {
  const report = await deployed(flawed(flaw), more);
  expect(report).toMatchObject({ outcome: 'rolled-back', reason: expect.stringMatching(reason) });
}, 60_000);

it('takes back, with what players did, a release that stops computing after a while', async () => {
  const dying = (lua: string, role: string) => (role === 'world' ? `${lua}
local whole, scores = compute, 0
function compute(base, req, opts)
  if req.body.action == 'Score' then scores = scores + 1 end
  if scores > 8 then error('dead') end
  return whole(base, req, opts)
end
` : lua);
  const report = await deployed(rewritten(studio, studio.v2, 'dying', dying), { bakeMs: 4_000, bakePollMs: 100 });
  expect(report).toMatchObject({ outcome: 'rolled-back', reason: expect.stringMatching(/comput(es|ed) nothing/) });
}, 60_000);

it('leaves the old processes as they are when the release does not load', async () => {
  const before = await world();
  const report = await deployed(rewritten(studio, studio.v2, 'gibberish', () => 'this is no Lua ('));
  expect(report).toMatchObject({ outcome: 'aborted' });
  expect(await world()).toBe(before);
}, 120_000);

it('leaves the old processes as they are when somebody changes the new world before the fence', async () => {
  const before = await world();
  const operator = createOperator({ network: studio.network, signer: studio.options.signer, clock: studio.options.clock, environment: 'local' });
  let meddling: Promise<unknown> | undefined;
  let green = '';
  const report = await deployed(studio.v2, {
    onEvent: ({ step, state, instance, detail }) => {
      if (step === 'spawning' && instance === 'world-0' && state === 'done') green = detail!;
      if (step === 'catching-up' && state === 'done' && instance === undefined) meddling ??= operator.link(green, { name: 'stranger', process: green, mode: 'target' });
    },
  });
  await meddling;
  expect(report).toMatchObject({ outcome: 'aborted', reason: expect.stringMatching(/world-0: root is |differ at the fence: world-0|digest/) });
  expect(await world()).toBe(before);
}, 60_000);
