import { expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createMemoryTimeline, type DeploymentPlan } from '@beamline/stack';
import { bundle, plan, RELEASE, report } from './answers.ts';
import { setup } from './setup.ts';

it('builds, plans, deploys, and says what came of it', async () => {
  const { calls, out, run } = setup({ bundle, plan: async () => plan, deploy: async () => report() });
  expect(await run('deploy', 'local')).toBe(0);
  expect(calls.map((call) => call.split(' ')[0])).toEqual(['open', 'environment', 'bundle', 'plan', 'deploy', 'close']);
  expect(out).toEqual(['local: complete, release b81e02d9, 1.5 s, longest write pause 62 ms']);
});

it('deploys a given release without building', async () => {
  const { calls, run } = setup({ plan: async () => plan, deploy: async () => report() });
  expect(await run('deploy', 'local', '--release', RELEASE)).toBe(0);
  expect(calls).toContain(`plan ${RELEASE} {}`);
  expect(calls.some((call) => call.startsWith('bundle'))).toBe(false);
});

it('plans with the strategy asked for, there and back', async () => {
  const { calls, run } = setup({ plan: async () => plan, planRollback: async () => plan });
  expect(await run('deploy', 'local', '--release', RELEASE, '--strategy', 'in-place', '--dry-run')).toBe(0);
  expect(await run('rollback', 'local', '--strategy', 'canary', '--dry-run')).toBe(0);
  expect(calls).toEqual(expect.arrayContaining([`plan ${RELEASE} {"strategy":"in-place"}`, 'planRollback {"strategy":"canary"}']));
  expect(await run('deploy', 'local', '--strategy', 'sideways')).toBe(2);
  expect(await run('deploy', 'local', '--resume', '--strategy', 'in-place')).toBe(2);
});

it('changes nothing on a dry run', async () => {
  const { calls, out, run } = setup({ bundle, plan: async () => plan });
  expect(await run('deploy', 'local', '--dry-run')).toBe(0);
  expect(calls.at(-1)).toBe('close');
  expect(out.join('\n')).toContain('1. spawn world-0');
});

it('prints the plan as data', async () => {
  const { json, run } = setup({ bundle, plan: async () => plan });
  await run('deploy', 'local', '--dry-run', '--json');
  expect(json()).toEqual(plan);
});

it.each([['aborted', 3], ['rolled-back', 3], ['stuck', 4]] as const)('fails when the deployment ends %s, with the reason and an exit code of its own', async (outcome, exit) => {
  const { json, out, run } = setup({ plan: async () => plan, deploy: async () => report({ outcome, reason: 'Move answers 500' }) });
  expect(await run('deploy', 'local', '--release', RELEASE, '--json')).toBe(exit);
  expect(json()).toMatchObject({ outcome, reason: 'Move answers 500' });
  out.length = 0;
  await run('deploy', 'local', '--release', RELEASE);
  expect(out.join('\n')).toContain('Move answers 500');
});

it('shows each step as it ends', async () => {
  const events = createMemoryTimeline({ clock: systemClock });
  const step = { kind: 'step', deployment: 'd1' } as const;
  const { err, run } = setup({
    events,
    plan: async () => plan,
    deploy: async () => {
      events.publish({ ...step, step: 'fencing', state: 'started' });
      events.publish({ ...step, step: 'fencing', state: 'progress', instance: 'world-0', detail: 'slot 12' });
      events.publish({ ...step, step: 'fencing', state: 'done', ms: 22 });
      events.publish({ ...step, step: 'thawing', state: 'started', reverse: true });
      events.publish({ ...step, step: 'thawing', state: 'failed', detail: 'no answer' });
      return report();
    },
  });
  await run('deploy', 'local', '--release', RELEASE);
  expect(err).toContain('fencing: 22 ms');
  expect(err).toContain('thawing (way back): failed: no answer');
});

it('resumes what was interrupted, and nothing else', async () => {
  const { calls, run } = setup({ resume: async () => report() });
  expect(await run('deploy', 'local', '--resume')).toBe(0);
  expect(calls).toContain('resume');
  expect(await run('deploy', 'local', '--resume', '--release', RELEASE, '--json')).toBe(2);
});

it('rolls back by the plan that leads back', async () => {
  const { calls, run } = setup({ planRollback: async () => plan, deploy: async () => report() });
  expect(await run('rollback', 'local')).toBe(0);
  expect(calls.map((call) => call.split(' ')[0])).toEqual(['open', 'environment', 'planRollback', 'deploy', 'close']);
});

it('prints what the migration does to the data that is there', async () => {
  const misfit = { kind: 'misfit' as const, component: 'Hero', field: 'hp', why: 'u8 holds 0 to 255', count: 7, first: [{ entity: 4, value: 300 }, { entity: 5, value: 301 }] };
  const migrated: DeploymentPlan = { ...plan, instances: [{
    ...plan.instances[0]!, action: 'replace', layout: { verdict: 'migrated', steps: ['small: makes Hero.hp u8'], reversible: false, needs: 'NEEDS-MIGRATION', changes: [] },
    data: { fits: false, slot: 12, rows: { before: 40, after: 40 }, findings: [misfit], samples: [{ entity: 4, before: { Hero: { hp: 300 } }, after: { Hero: { hp: 255 } } }] },
  }] };
  const { out, run } = setup({ plan: async () => migrated });
  expect(await run('deploy', 'local', '--release', RELEASE, '--dry-run')).toBe(0);
  for (const line of [
    'world-0: migration small: makes Hero.hp u8', 'world-0: there is no way back', 'world-0: 40 rows as of slot 12 DO NOT FIT',
    'world-0: misfit: 7 × Hero.hp, u8 holds 0 to 255 (4: 300, 5: 301, …)', 'world-0: entity 4: {"Hero":{"hp":300}} → {"Hero":{"hp":255}}',
  ]) expect(out.join('\n')).toContain(line);
});

it('does not deploy what breaks clients until somebody says that they are ready', async () => {
  const breaking = { ...plan, instances: [{ ...plan.instances[0]!, breaksClients: ['actions.Look removed: clients send it'] }] };
  const { calls, err, out, run } = setup({ plan: async () => breaking, deploy: async () => report() });
  expect(await run('deploy', 'local', '--release', RELEASE)).toBe(1);
  expect(err.join('\n')).toContain('cli/breaks-clients');
  expect(calls.some((call) => call.startsWith('deploy'))).toBe(false);
  await run('deploy', 'local', '--release', RELEASE, '--dry-run');
  expect(out.join('\n')).toContain('world-0: breaks clients: actions.Look removed');
  expect(await run('deploy', 'local', '--release', RELEASE, '--accept-breaks')).toBe(0);
});

it('does not deploy what roles would not understand of each other, unless told to', async () => {
  const broken = { sender: 'battle', receiver: 'world', action: 'Award', direction: 'old-to-new', why: 'it has no such action' } as const;
  const { calls, err, out, run } = setup({ plan: async () => ({ ...plan, brokenMessages: [broken] }), deploy: async () => report() });
  expect(await run('deploy', 'local', '--release', RELEASE)).toBe(1);
  expect(err.join('\n')).toContain('deployer/contract-broken');
  expect(calls.some((call) => call.startsWith('deploy'))).toBe(false);
  await run('plan', 'local', '--release', RELEASE);
  expect(out.join('\n')).toContain('not understood: battle sends Award to world (old to new): it has no such action');
  expect(await run('deploy', 'local', '--release', RELEASE, '--accept-breaks')).toBe(0);
});
