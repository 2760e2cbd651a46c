import type { Change, DeploymentPlan, Link, ReverseCourse, Rollout } from './plan.ts';

/** What a deployment does, for people, in order: also what becomes of it when the new release fails. */
export function stepsOf(changes: readonly Change[], reverse: ReverseCourse, rollout?: Rollout): string[] {
  if (changes.length === 0) return ['nothing changes: every bundle and layout is the same'];
  const replaces = changes.some(({ kind }) => kind !== 'create');
  const failed = replaces && 'impossible' in reverse
    ? [`if the new release fails: freeze it and ask a person, for there is no way back: ${reverse.impossible}`]
    : replaces ? ['if the new release fails: the way back, with what players did since'] : [];
  if (rollout === undefined) return [...courseSteps(changes), ...failed];
  const batches = rollout.batches.map(({ instances, bakeMs, approve }, n) => [
    `batch ${n + 1} of ${rollout.batches.length}: ${instances.join(', ')}`, ...(bakeMs === undefined ? [] : [`watched for ${bakeMs / 1000} s`]), ...(approve ? ['then a person promotes'] : []),
  ].join(', '));
  return [...batches, 'each batch by itself:', ...courseSteps(changes), ...failed];
}

function courseSteps(changes: readonly Change[]): string[] {
  const names = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).map(({ instance }) => instance).join(', ');
  const when = (kind: Change['kind'], ...steps: string[]): string[] => (names(kind) === '' ? [] : steps);
  const migrated = changes.filter(({ kind, migrations }) => kind === 'upgrade' && migrations.length > 0).map(({ instance }) => instance);
  const spawned = names('create') !== '' || names('replace') !== '';
  return [
    ...when('create', `spawn ${names('create')}`),
    ...when('replace',
      `spawn a green beside ${names('replace')}, restore it from a snapshot and catch up while blue serves`,
      'check the greens in standby',
      'freeze the blues, senders first; transfer what is left; compare roots'),
    ...(spawned ? ['activate, receivers first; tell the others'] : []),
    ...when('replace', 'blues hand over what they held and forward what still arrives'),
    ...(spawned ? ['move the aliases'] : []),
    ...when('upgrade', `stage the new code in ${names('upgrade')} and swap it at a message boundary, receivers first`),
    ...(migrated.length > 0 ? [`hold messages in ${migrated.join(', ')} while the last pages of the migrated world arrive`] : []),
    ...when('replace', 'find lost forwards and deliver them again'),
    'smoke tests, bake',
    ...when('replace', 'retire blues that nobody writes to'),
  ];
}

/** Estimates, for messages of `messageMs` each. Instances of other batches go on while one is moved. */
export function costsOf(changes: readonly Change[], links: readonly Link[], messageMs: number, rollout?: Rollout): Pick<DeploymentPlan, 'expectedMessages' | 'expectedPauseMs'> {
  const replaced = changes.filter(({ kind }) => kind === 'replace');
  const upgraded = changes.filter(({ kind }) => kind === 'upgrade');
  const spawned = changes.filter(({ kind }) => kind !== 'upgrade');
  const migrated = upgraded.filter(({ migrations }) => migrations.length > 0);
  const batches = rollout?.batches.map(({ instances }) => changes.filter(({ instance }) => instances.includes(instance))) ?? [changes];
  const depth = Math.max(...batches.map((batch) => new Set(batch.filter(({ kind }) => kind === 'replace').map(({ level }) => level)).size));
  return {
    // Per spawned instance: spawn, activate; per replaced one: snapshot, two deltas, fence, begin, commit, accept, hand-over;
    // per upgraded one: begin, code, commit; with a migration also snapshot, freeze, pages, thaw.
    expectedMessages: spawned.length * 2 + replaced.length * 9 + upgraded.length * 3 + migrated.length * 4
      + (spawned.length > 0 ? links.length : 0) + new Set(spawned.map(({ bundle }) => bundle)).size,
    // Replaced: freeze per level, the delta, its commit, the links, activation per level; instances of a level go side by
    // side. Upgraded: freeze, pages, commit, thaw, each level by itself.
    expectedPauseMs: (replaced.length > 0 ? 2 * depth + 3 : migrated.length > 0 ? 4 : 0) * messageMs,
  };
}
