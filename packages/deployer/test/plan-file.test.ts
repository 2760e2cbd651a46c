import { describe, expect, it } from '@jest/globals';
import { isFault } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import { createHash } from 'node:crypto';
import { parsePlan, planDeployment, planDriftOf, printPlan, type DeploymentPlan, type SavedPlan } from '../src/index.ts';
import { judge } from '../src/rehearsal/index.ts';
import { difference, instance, rehearsal } from './rehearsal/report-builder.ts';
import { createSmallGame, v1, v2 } from './small-game.ts';
import { createRunner } from '../src/index.ts';

async function upgrade(): Promise<SavedPlan> {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1));
  return { request: { way: 'deploy', release: v2.id }, plan: await game.plan(v2) };
}

/** Numbers from 0 to below 1, always the same. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What reading gave: the plan, or the code of the Fault. Anything else is thrown on. */
function read(file: string | Uint8Array): string {
  try {
    return canonicalJson(parsePlan(file));
  } catch (error) {
    if (isFault(error, 'deployer/bad-plan')) return error.code;
    throw error;
  }
}

/** As somebody would who edits a plan and knows of the hash. */
const rehashed = (file: { sha256: string }): string => {
  const { sha256: _, ...content } = file;
  return JSON.stringify({ ...content, sha256: createHash('sha256').update(canonicalJson(content)).digest('hex') });
};

describe('a saved plan', () => {
  it('is carried out once: an aborted one leaves the environment as it was, but not the journal', async () => {
    const game = createSmallGame();
    await createRunner(game.options).run(await game.plan(v1));
    const plan = await game.plan(v2);
    const failing = { ...game.options, checks: [async () => ['not today']] };
    expect(await createRunner(failing).run(plan)).toMatchObject({ outcome: 'aborted' });
    await expect(createRunner(game.options).run(plan)).rejects.toMatchObject({ code: 'deployer/drifted', message: expect.stringContaining('carried out before, and ended aborted') });
  });

  it('is read as it was written, however it is spaced', async () => {
    const saved = await upgrade();
    expect(parsePlan(printPlan(saved))).toEqual(saved);
    expect(parsePlan(JSON.stringify(JSON.parse(printPlan(saved))))).toEqual(saved);
    expect(parsePlan(Buffer.from(printPlan(saved)))).toEqual(saved);
    const way = { request: { way: 'rollback', to: v1.id, strategy: 'in-place' }, plan: saved.plan } as const;
    expect(parsePlan(printPlan(way))).toEqual(way);
    const rehearsed = { ...saved, plan: { ...saved.plan, rehearsal: judge(rehearsal(instance({ differences: [difference()] }))) } };
    expect(parsePlan(printPlan(rehearsed))).toEqual(rehearsed);
  });

  it.each<[string, (plan: Record<string, unknown>) => unknown, string]>([
    ['another version', (plan) => ({ ...plan, version: 2 }), 'file.plan.version: must be 1'],
    ['a key too many', (plan) => ({ ...plan, sudo: true }), 'unknown key "sudo"'],
    ['a key too few', ({ basis: _, ...plan }) => plan, 'file.plan.basis: is missing'],
    ['a path as its id', (plan) => ({ ...plan, id: '../../x' }), 'file.plan.id: must be the id of a deployment'],
    ['a layout that is not the one it names', (plan) => ({ ...plan, changes: [{ ...(plan['changes'] as object[])[0], layoutHash: 'ab'.repeat(32) }] }), 'file.plan.changes[0].layoutHash: is not that of the layout'],
    ['nobody to replace', (plan) => ({ ...plan, changes: (plan['changes'] as { blue: string }[]).map(({ blue: _, ...rest }) => rest) }), 'file.plan.changes[0].blue: is missing'],
    ['a rehearsal of another version', (plan) => ({ ...plan, rehearsal: { ...rehearsal(instance()), version: 2 } }), 'file.plan.rehearsal.version: must be 1'],
    ['more in a rehearsal than belongs there', (plan) => ({ ...plan, rehearsal: { ...rehearsal(instance()), passed: true } }), 'unknown key "passed"'],
    ['what terminals obey', (plan) => ({ ...plan, steps: ['\u001b[2J'] }), 'file.plan.steps[0]: must be text'],
  ])('is refused with %s, whatever its hash says', async (_what, edit, place) => {
    const file = JSON.parse(printPlan(await upgrade()));
    const told = (() => { try { return parsePlan(rehashed({ ...file, plan: edit(file.plan) })); } catch (error) { return error; } })();
    expect(told).toMatchObject({ code: 'deployer/bad-plan', message: expect.stringContaining(place) });
  });

  it.each(['', '[]', 'null', '{}', '{"format":"beamline-plan"}', '"'.repeat(9), `${'['.repeat(200_000)}`, `${'['.repeat(100_000)}${']'.repeat(100_000)}`])('of nonsense is a Fault (%#)', (text) => {
    expect(read(text)).toBe('deployer/bad-plan');
  });

  it('of deep nesting inside what may be anything is a Fault', async () => {
    const file = JSON.parse(printPlan(await upgrade()));
    let deep: unknown = 1;
    for (let n = 0; n < 500; n += 1) deep = [deep];
    file.plan.changes[0].migrations = [{ version: 1, name: 'm', from: { role: 'world' }, steps: [{ do: 'map', by: deep }] }];
    expect(read(JSON.stringify(file))).toBe('deployer/bad-plan');
  });

  it('with any one byte changed is the same plan or a Fault', async () => {
    const saved = await upgrade();
    const bytes = Buffer.from(JSON.stringify(JSON.parse(printPlan(saved))));
    const whole = canonicalJson(saved);
    const roll = dice(7);
    const outcomes = new Map<string, number>();
    for (let at = 0; at < bytes.length; at += 1) {
      const before = bytes[at]!;
      bytes[at] = at % 3 === 0 ? before ^ (1 << Math.floor(roll() * 8)) : Math.floor(roll() * 256);
      const told = read(bytes);
      expect([whole, 'deployer/bad-plan']).toContain(told);
      if (bytes[at] !== before) outcomes.set(told, (outcomes.get(told) ?? 0) + 1);
      bytes[at] = before;
    }
    expect(outcomes.get('deployer/bad-plan')).toBeGreaterThan(bytes.length * 0.9);
  });

  it('cut anywhere is a Fault', async () => {
    const text = JSON.stringify(JSON.parse(printPlan(await upgrade())));
    for (let length = 0; length < text.length; length += 7) expect(read(text.slice(0, length))).toBe('deployer/bad-plan');
  });

  it('changed anywhere and hashed again is a Fault, or would be planned otherwise', async () => {
    const game = createSmallGame();
    await createRunner(game.options).run(await game.plan(v1));
    const state = (await game.options.environments.read('local'))!;
    const at = game.clock.now();
    const fresh = planDeployment({ state, release: v2, at });
    const text = JSON.stringify(JSON.parse(printPlan({ request: { way: 'deploy', release: v2.id }, plan: fresh })));
    const roll = dice(11);
    const decided = (plan: DeploymentPlan) => canonicalJson({ ...plan, createdAt: 0, expectedMessages: 0, expectedPauseMs: 0 });
    let drifted = 0;
    for (let n = 0; n < 3_000; n += 1) {
      const file = JSON.parse(text);
      mutate(file, roll);
      let plan: DeploymentPlan;
      try {
        plan = parsePlan(rehashed(file)).plan;
      } catch (error) {
        if (isFault(error, 'deployer/bad-plan')) continue;
        throw error;
      }
      const found = planDriftOf(plan, fresh, state).length > 0;
      if (found) drifted += 1;
      expect(found).toBe(decided(plan) !== decided(fresh));
    }
    expect(drifted).toBeGreaterThan(100);
  });
});

const VALUES: readonly unknown[] = [null, true, 0, -1, 1.5, 1e308, '', 'x', '../x', 'ab'.repeat(32), [], {}, [[]], { do: 'x' }, '__proto__'];

/** Changes, removes, adds or doubles a value at a random place. */
function mutate(root: object, roll: () => number): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const [parent, key] = places[Math.floor(roll() * places.length)]!;
  const value = VALUES[Math.floor(roll() * VALUES.length)];
  const how = Math.floor(roll() * 4);
  if (how === 0) parent[key] = value;
  else if (how === 1 && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (how === 1) delete parent[key];
  else if (how === 2 && Array.isArray(parent)) parent.push(parent[Number(key)]);
  else if (how === 2) parent[`${key}x`] = value;
  else parent[key] = typeof parent[key] === 'string' ? `${parent[key]}x` : typeof parent[key] === 'number' ? (parent[key] as number) + 1 : value;
}
