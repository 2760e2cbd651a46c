import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import type { Analysis, DeploymentPlan, SizesBaseline, Stack } from '@beamline/stack';
import { bundle as plain, plan } from './answers.ts';
import { setup } from './setup.ts';

const size = { bytes: 900, gzipBytes: 400, share: 0.9 };
const sizes: Analysis = {
  version: 1, duplicates: [], advice: [],
  roles: { world: { role: 'world', target: 'lua', entry: 'world.ts', bytes: 1_000, gzipBytes: 450, libraries: [], modules: [{ ...size, path: 'src/decay.ts', origin: 'game', why: ['world.ts', 'src/decay.ts'] }], parts: [] } },
};
const baseline: SizesBaseline = { version: 1, roles: { world: { bytes: 800, gzipBytes: 400, modules: { 'src/decay.ts': 700 }, systems: {}, components: {}, actions: {} } } };
const bundle: Stack['bundle'] = async (options) => ({ ...await plain(options), sizes, baseline });

it('puts sizes with growth, layouts, plan and contracts on one page, headed by what speaks against it', async () => {
  const { out, run, calls } = setup({ bundle, plan: async () => plan });
  expect(await run('summary', 'local')).toBe(0);
  const page = out.join('\n');
  expect(page).toMatch(/^## arena 1\.0\.0 → local\n\n\*\*Nothing speaks against it\.\*\*/);
  for (const part of ['| ✔ | layout | the same everywhere |', '| ✔ | roles | understand each other |', '| – | rehearsal | not asked for |', '### Plan for local', '### Bundle sizes', '| world | 800 | 1,000 | +200 (+25.0 %)']) expect(page).toContain(part);
  expect(calls.some((call) => call.startsWith('deploy') || call.startsWith('apply'))).toBe(false);
});

it('fails with everything that would stop the deployment, and says it', async () => {
  const against: DeploymentPlan = {
    ...plan,
    instances: [{
      ...plan.instances[0]!, breaksClients: ['actions.Look removed'], data: { fits: false, slot: 1, rows: { before: 1, after: 1 }, findings: [], samples: [] },
      layout: { verdict: 'migrated', steps: ['small: x'], reversible: false, needs: 'NEEDS-MIGRATION', changes: [] },
    }],
    brokenMessages: [{ sender: 'battle', receiver: 'world', action: 'Award', direction: 'old-to-new', why: 'it has no such action' }],
  };
  const folder = await mkdtemp(join(tmpdir(), 'summary-'));
  const rehearsed = { report: { version: 1, plan: 'd1', outcome: 'failed', messages: 10, instances: [], skipped: [] } };
  const { json, run, calls } = setup({ bundle, plan: async () => against, rehearse: (async () => rehearsed) as never });
  expect(await run('summary', 'local', '--rehearse', '10', '--out', join(folder, 'page.md'), '--json')).toBe(1);
  expect(json()).toMatchObject({ file: join(folder, 'page.md'), problems: [
    'data: of world-0 does not fit the migration', 'clients: world-0: actions.Look removed', expect.stringContaining('roles: roles would not understand each other: battle sends Award'), 'rehearsal: failed',
  ] });
  const page = await readFile(join(folder, 'page.md'), 'utf8');
  for (const part of ['**4 things speak against it.**', '| ✘ | rehearsal | failed |', 'Rehearsal failed', 'world-0 NEEDS-MIGRATION']) expect(page).toContain(part);
  expect(calls).toContainEqual(expect.stringContaining('rehearse'));
  await rm(folder, { recursive: true });
});

it('has a page for what does not even build, or cannot be planned', async () => {
  const broken = setup({ bundle: async () => { throw new Fault('bundler/grew', 'world grew by 40 %', { hint: 'Make it smaller.' }); } });
  expect(await broken.run('summary', 'local')).toBe(1);
  for (const part of ['| ✘ | build | bundler/grew: world grew by 40 % |', 'Make it smaller.']) expect(broken.out.join('\n')).toContain(part);
  const forbidden = setup({ bundle, plan: async () => { throw new Fault('deployer/layout-forbidden', 'no migration leads there:\nHealth.hp'); } });
  expect(await forbidden.run('summary', 'local')).toBe(1);
  for (const part of ['| ✘ | plan | deployer/layout-forbidden: no migration leads there: |', 'Health.hp', '### Bundle sizes']) expect(forbidden.out.join('\n')).toContain(part);
  const bug = setup({ bundle: async () => { throw new TypeError('ours'); } });
  await expect(bug.run('summary', 'local')).rejects.toThrow(TypeError);
});
