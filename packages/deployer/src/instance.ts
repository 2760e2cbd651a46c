import { Fault } from '@beamline/core';

/** `<role>-<shard>`, unique within an environment: `world-0`. */
export type InstanceId = string;

export const instanceId = (role: string, shard: number): InstanceId => `${role}-${shard}`;

/** The stable name clients resolve: `<game>-<role>-<shard>-<environment>`, a plain path segment of the node. */
export const aliasOf = (game: string, environment: string, role: string, shard: number): string =>
  `${game}-${role}-${shard}-${environment}`;

/**
 * What a process calls another one in `send({ to })` and trusts as a sender: the role's name where the role has one
 * shard, `<role>-<shard>` where it has several.
 */
export const linkName = (role: string, shard: number, shards: number): string =>
  shards === 1 ? role : instanceId(role, shard);

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** @throws Fault `deployer/bad-name`: names become parts of aliases, file names and URLs. */
export function assertName(kind: 'game' | 'environment' | 'role', name: string): void {
  if (NAME.test(name)) return;
  throw new Fault('deployer/bad-name', `${kind} ${JSON.stringify(name)} must be lower-case letters, digits and hyphens`, {
    hint: `Rename the ${kind} in beamline.config.ts: at most 32 characters, beginning with a letter.`,
  });
}
