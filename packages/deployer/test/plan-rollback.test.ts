import { describe, expect, it } from '@jest/globals';
import { dropField, migration, renameField } from '@beamline/persistence';
import { planRollback, wayBackTo, type DeploymentReport, type EnvironmentState } from '../src/index.ts';
import { layout, release, role, running } from './release-builder.ts';

const names = ['a', 'b', 'c', 'd'] as const;
const rename = (n: number) => migration({ id: n, name: `to-${names[n]}`, from: { role: 'world' }, steps: [renameField('Health', names[n - 1]!, names[n]!)] });
/** Each release renames the field; its config keeps all migrations so far. */
const [v1, v2, v3, v4] = names.map((field, n) => release(`v${n + 1}`, { world: role(`w${n + 1}`, layout('Health', field)) }, Array.from({ length: n }, (_, k) => rename(k + 1)))) as [ReturnType<typeof release>, ReturnType<typeof release>, ReturnType<typeof release>, ReturnType<typeof release>];
const at = 1_700_000_000_000;

const ran = (...ids: string[]): EnvironmentState['history'] => ids.map((to, n) => ({ id: `d${n}`, outcome: 'complete', to }) as DeploymentReport);
const after = (...releases: (typeof v1)[]): EnvironmentState => {
  const last = releases.at(-1)!;
  return { ...running(last, releases.at(-2)?.id), history: ran(...releases.map(({ id }) => id)) };
};

describe('the way back', () => {
  it('is what ran in between, without detours', () => {
    expect(wayBackTo(after(v1, v2, v3, v4), v1.id)).toEqual([v3.id, v2.id, v1.id]);
    expect(wayBackTo(after(v1, v2, v3, v2, v4), v1.id)).toEqual([v2.id, v1.id]);
    expect(wayBackTo(after(v1, v2, v1), v2.id)).toEqual([v2.id]);
    expect(wayBackTo(after(v1, v2), v2.id)).toBeUndefined();
    expect(wayBackTo(after(v1, v2), v3.id)).toBeUndefined();
    expect(wayBackTo({ ...running(v2, v1.id), history: [] }, v1.id)).toEqual([v1.id]);
    const failed = after(v1, v2);
    expect(wayBackTo({ ...failed, history: [...failed.history, { id: 'd9', outcome: 'aborted', to: v3.id } as DeploymentReport] }, v3.id)).toBeUndefined();
  });

  it('walks the reverse migrations of every release back', () => {
    const plan = planRollback({ state: after(v1, v2, v3, v4), current: v4, between: [v3, v2], previous: v1, at });
    expect(plan).toMatchObject({ from: v4.id, to: v1.id });
    expect(plan.changes[0]!.migrations.map(({ name }) => name)).toEqual(['undo-to-d', 'undo-to-c', 'undo-to-b']);
    expect(plan.changes[0]!.migrations.flatMap(({ steps }) => steps)).toMatchObject([{ from: 'd', to: 'c' }, { from: 'c', to: 'b' }, { from: 'b', to: 'a' }]);
    expect(plan.reverse).toMatchObject({ changes: [{ release: v4.id }] });
  });

  it('is refused where it is not the one that the history knows, or a step of it has no reverse', () => {
    const told = (options: Partial<Parameters<typeof planRollback>[0]>) => () => planRollback({ state: after(v1, v2, v3), current: v3, between: [v2], previous: v1, at, ...options });
    expect(told({ between: [] })).toThrow(expect.objectContaining({ code: 'deployer/no-previous-release' }));
    expect(told({ current: v2 })).toThrow(expect.objectContaining({ code: 'deployer/no-previous-release' }));
    expect(told({ previous: v4 })).toThrow(expect.objectContaining({ code: 'deployer/no-previous-release' }));
    const less = release('v3', { world: role('w3', layout('Health')) }, [migration({ id: 2, name: 'less', from: { role: 'world' }, steps: [dropField('Health', 'b')] })]);
    expect(told({ state: after(v1, v2, less), current: less })).toThrow(expect.objectContaining({ code: 'deployer/irreversible', message: expect.stringContaining('from v3 to v2'), hint: expect.stringContaining('--snapshot') }));
    // Its processes are back already, from a snapshot.
    const restored = { ...after(v1, v2, less), instances: running(v1).instances };
    expect(planRollback({ state: restored, current: less, between: [v2], previous: v1, at }).changes).toEqual([]);
  });

  it('with code alone keeps processes, and is refused where their layout has changed', () => {
    const same = release('v2', { world: role('w2', layout('Health', 'a')) });
    expect(planRollback({ state: after(v1, same), current: same, previous: v1, at, codeOnly: true, strategy: 'blue-green' })).toMatchObject({ strategy: 'in-place', changes: [{ kind: 'upgrade', bundle: 'w1', migrations: [] }] });
    expect(() => planRollback({ state: after(v1, v2), current: v2, previous: v1, at, codeOnly: true })).toThrow(expect.objectContaining({ code: 'deployer/layout-differs', message: expect.stringContaining('world-0') }));
  });
});
