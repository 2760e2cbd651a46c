import { Fault, type Tag } from '@beamline/core';

/** What a process is told when it is spawned. */
export interface ProcessFacts {
  environment: string;
  release: string;
  role: string;
  shard: number;
  /** Tells processes of the same words apart. */
  deployment: string;
  seed: string;
}

/** The tags of a process message by which the process knows what it is. */
export function processTags({ environment, release, role, shard, deployment, seed }: ProcessFacts): Tag[] {
  return Object.entries({
    'Beamline-Phase': 'standby', 'Beamline-Environment': environment, 'Beamline-Release': release, 'Beamline-Role': role,
    'Beamline-Shard': String(shard), 'Beamline-Deployment': deployment, 'Beamline-Seed': seed,
  }).map(([name, value]) => ({ name, value }));
}

/** ANS-104: bytes of all tags of an item, and of one value. */
const MAX_TAG_BYTES = 4096;
const MAX_VALUE_BYTES = 3072;
/** Bytes that networks need for tags of their own: protocol, devices, scheduler, authority, module. */
const NETWORK_BYTES = 1024;

export interface TaggedRole {
  role: string;
  /** For messages. */
  entry: string;
  shards: number;
  /** Names of the messages it takes: values of the tag `Action`. */
  actions: readonly string[];
}

/**
 * Whether items of ANS-104 can carry what a role's processes are spawned with, in each of some environments, and the names
 * of its actions. Found here, before anything is signed.
 * @throws Fault `bundler/tag-limit`
 */
export function checkTags({ role, entry, shards, actions }: TaggedRole, environments: readonly string[]): void {
  const refuse = (what: string, hint: string, details: Record<string, string | number>): never => {
    throw new Fault('bundler/tag-limit', `${entry}: ${what}`, { hint, details: { role, file: entry, ...details } });
  };
  for (const environment of environments) {
    const tags = processTags({ environment, release: '0'.repeat(64), role, shard: Math.max(0, shards - 1), deployment: '0'.repeat(128), seed: '0'.repeat(10) });
    const empty = tags.find(({ value }) => value === '');
    if (empty) refuse(`${empty.name} of ${role} in ${environment} is empty, and ANS-104 has no empty tags`, 'Give roles and environments names.', { environment });
    const bytes = tags.reduce((sum, tag) => sum + bytesOf(tag), NETWORK_BYTES);
    if (bytes > MAX_TAG_BYTES) refuse(`the tags of a process of ${role} in ${environment} take ${bytes} bytes, an ANS-104 item holds ${MAX_TAG_BYTES}`, 'Give the role or the environment a shorter name.', { environment, bytes, limit: MAX_TAG_BYTES });
  }
  for (const action of actions) {
    const bytes = Buffer.byteLength(action);
    if (bytes === 0) refuse(`an action of ${role} has no name, and ANS-104 has no empty tags`, 'Give it a name.', {});
    if (bytes > MAX_VALUE_BYTES) refuse(`an action of ${role} has a name of ${bytes} bytes, the value of an ANS-104 tag holds ${MAX_VALUE_BYTES}: ${action.slice(0, 40)}…`, 'Give it a shorter name; what is long belongs into the data of a message.', { bytes, limit: MAX_VALUE_BYTES });
  }
}

/** Lengths take two bytes or fewer each. */
const bytesOf = ({ name, value }: Tag): number => Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
