import { expect, it } from '@jest/globals';
import type { LintReport } from '@beamline/stack';
import { bundle } from './answers.ts';
import { setup } from './setup.ts';

const warning = {
  code: 'determinism/remainder', rule: 'remainder', level: 'warning', message: 'may be negative', hint: 'mod(a, b)', file: 'src/world.ts', path: '/game/src/world.ts', line: 3, column: 9, start: 40, end: 45,
  fix: { edits: [{ start: 40, end: 45, text: 'mod(a, 3)' }], imports: ['mod'] },
} as const;
const { fix: _fix, ...plain } = warning;
const advice = { ...plain, level: 'advice', line: 7 } as const;

const report = (findings: LintReport['findings'], fixed = 0) => async (): Promise<LintReport> => ({ findings, fixed });

it('prints place, code and what to do, and fails', async () => {
  const { calls, out, run } = setup({ lint: report([warning, advice]) });
  expect(await run('lint')).toBe(1);
  expect(calls).toContain('lint {"fix":false}');
  expect(out.join('\n')).toBe(`src/world.ts:3:9 warning determinism/remainder: may be negative
  mod(a, b) (beamline lint --fix does it)
src/world.ts:7:9 advice determinism/remainder: may be negative
  mod(a, b)
1 warning, 1 of advice`);
});

it('does not fail for advice alone', async () => {
  expect(await setup({ lint: report([advice]) }).run('lint')).toBe(0);
});

it('mends when asked, and says how much', async () => {
  const { calls, json, run } = setup({ lint: report([advice], 4) });
  expect(await run('lint', '--fix', '--json')).toBe(0);
  expect(calls).toContain('lint {"fix":true}');
  expect(json()).toMatchObject({ warnings: 0, advice: 1, fixed: 4, findings: [{ file: 'src/world.ts', line: 7, code: 'determinism/remainder', fixable: false }] });
});

it('hands the mode of a build to it, and knows no others', async () => {
  const modes: unknown[] = [];
  const { run } = setup({
    bundle: async (options) => {
      modes.push(options?.lint);
      return bundle(options);
    },
  });
  expect([await run('bundle'), await run('bundle', '--lint', 'error'), await run('bundle', '--lint', 'never')]).toEqual([0, 0, 2]);
  expect(modes).toEqual(['warn', 'error']);
});
