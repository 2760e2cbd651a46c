import { afterEach, expect, it } from '@jest/globals';
import { buildRole } from '../../src/index.ts';
import { project } from './project.ts';

const remove: (() => void)[] = [];
afterEach(() => remove.splice(0).forEach((each) => each()));

const role = (text: string) => `import { component, i32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
const Position = component('Position', { x: i32 });
export function unused(): number { return Math.random(); }
export default defineRole({ name: 'game', components: [Position], actions: { Go: (_world, message) => ${text} } });
`;

function source(text: string) {
  const { root, remove: end } = project({ 'role.ts': role(text) });
  remove.push(end);
  return { role: 'game', entry: 'role.ts', target: 'lua' as const, root };
}

const DOUBTFUL = "`${message.slot / 2}`";

it('warns of what gets into the bundle, and of nothing else', async () => {
  const { warnings } = await buildRole(source(DOUBTFUL));
  expect(warnings.map((warning) => warning.split(': ')[0])).toEqual(['role.ts:5:106 determinism/division', 'role.ts:5:106 determinism/float-text']);
});

it('builds the same bytes whether it warns or not', async () => {
  const given = source(DOUBTFUL);
  const [loud, quiet] = [await buildRole(given), await buildRole({ ...given, lint: 'off' })];
  expect(quiet.warnings).toEqual([]);
  expect(quiet.sha256).toBe(loud.sha256);
});

it('refuses when asked to, at the place, and builds what is clean', async () => {
  await expect(buildRole({ ...source(DOUBTFUL), lint: 'error' })).rejects.toMatchObject({ code: 'determinism/division', details: { file: 'role.ts', line: 5 }, hint: expect.stringContaining('idiv') });
  expect((await buildRole({ ...source("`${message.slot}`"), lint: 'error' })).warnings).toEqual([]);
});

it('refuses a label at its place', async () => {
  const text = "{ outer: for (let i = 0; i < 3; i++) for (;;) { if (message.slot > i) break outer; } return ''; }";
  await expect(buildRole(source(text))).rejects.toMatchObject({ code: 'bundler/unsupported', details: { file: 'role.ts', line: 5 } });
});
