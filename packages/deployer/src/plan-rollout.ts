import { Fault } from '@beamline/core';
import type { InstanceId } from './instance.ts';
import type { Batch, Change, Rollout } from './plan.ts';

export type Share = number | `${number}%`;

/** How a rolling deployment or a canary goes about it. */
export interface RolloutOptions {
  /** What moves a batch. @default 'blue-green' */
  by?: Rollout['by'];
  /** Rolling: instances at a time, or a share of a role's shards, rounded up. @default 1 */
  batch?: Share;
  /** A batch is at most so large, and begins only while fewer instances than that are unwell. @default the size of a batch */
  maxUnavailable?: Share;
  /** Canary: who goes first. @default a tenth of each role's shards, rounded up */
  canary?: readonly InstanceId[] | `${number}%`;
  /** How long a batch, or the canary, is watched before the next one, milliseconds. @default the runner's `bakeMs` */
  bakeMs?: number;
  /** A person promotes: each batch, or the canary. @default false */
  approve?: boolean;
}

/**
 * Puts changes into batches, receivers before senders, the shards of a role in order. New instances come with the first
 * batch: others may send to them.
 * @throws Fault `deployer/bad-rollout`
 */
export function planRollout(strategy: 'rolling' | 'canary', changes: readonly Change[], options: RolloutOptions = {}): Rollout {
  const { by = 'blue-green', batch = 1, bakeMs, approve = false } = options;
  const roles = [...new Set(changes.map(({ role }) => role))].map((role) => changes.filter((change) => change.role === role && change.kind !== 'create').map(({ instance }) => instance));
  const unavailable = (shards: number): number => (options.maxUnavailable === undefined ? Infinity : countOf('maxUnavailable', options.maxUnavailable, shards));
  const moving = strategy === 'rolling'
    ? roles.flatMap((shards) => chunks(shards, Math.min(countOf('batch', batch, shards.length), unavailable(shards.length))))
    : [canariesOf(roles, options.canary ?? '10%'), roles.flat()].map((ids, n, [first]) => (n === 0 ? ids : ids.filter((id) => !first!.includes(id))));
  const filled = moving.filter((ids) => ids.length > 0);
  const created = changes.filter(({ kind }) => kind === 'create').map(({ instance }) => instance);
  const [first = [], ...others] = filled;
  const batches = [[...created, ...first], ...others].map((instances, n, all): Batch => ({
    instances,
    // The last one bakes as every deployment does, and nobody waits behind it.
    ...(bakeMs === undefined || (strategy === 'canary' && n > 0) ? {} : { bakeMs }),
    ...(approve && n < all.length - 1 ? { approve: true } : {}),
  }));
  const largest = Math.max(...filled.map(({ length }) => length), 1);
  return { by, maxUnavailable: Math.min(unavailable(changes.length), largest), batches };
}

function canariesOf(roles: readonly (readonly InstanceId[])[], canary: readonly InstanceId[] | `${number}%`): InstanceId[] {
  if (typeof canary === 'string') return roles.flatMap((shards) => shards.slice(0, shards.length === 0 ? 0 : countOf('canary', canary, shards.length)));
  const unknown = canary.filter((id) => !roles.flat().includes(id));
  if (unknown.length === 0) return [...canary];
  throw badRollout(`canary: ${unknown.join(', ')} would not change`, `These would: ${roles.flat().join(', ') || 'none'}.`);
}

function countOf(what: string, share: Share, of: number): number {
  const count = typeof share === 'number' ? share : Math.ceil((Number(share.slice(0, -1)) / 100) * of);
  const whole = typeof share === 'number' ? Number.isInteger(share) && share > 0 : /^\d+(\.\d+)?%$/.test(share) && Number(share.slice(0, -1)) > 0 && Number(share.slice(0, -1)) <= 100;
  if (whole) return Math.max(count, 1);
  throw badRollout(`${what}: ${JSON.stringify(share)} is neither a number of instances nor a share`, "Write 2, or '25%'.");
}

const chunks = (ids: readonly InstanceId[], size: number): InstanceId[][] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size));

const badRollout = (why: string, hint: string): Fault => new Fault('deployer/bad-rollout', `the rollout cannot be planned: ${why}`, { hint });
