import { randomBytes } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { Address, Id, Tag } from '@beamline/core';

const PROTOCOL: Tag[] = [
  { name: 'Data-Protocol', value: 'ao' },
  { name: 'Variant', value: 'ao.N.1' },
];

/** Modules are process messages that are never pushed to; they run a module that does not exist. */
const NO_MODULE: Id = '1'.repeat(43);

/**
 * A node keeps messages by their content, signatures aside: of two with the same tags and data each is shown with the
 * signatures of both, also in slots long past. So every item is made unlike any other, and says whose signature counts
 * should somebody sign a copy of it.
 */
export function ownTags(signer: Address, salt: string = randomBytes(12).toString('base64url')): Tag[] {
  return [
    { name: 'Signer', value: signer },
    { name: 'Salt', value: salt },
  ];
}

/** Without the last two a node answers a push with a page of HTML. */
export function messageTags(signer: Address, tags: readonly Tag[]): Tag[] {
  return withDefaults(tags, [
    ...PROTOCOL,
    ...ownTags(signer),
    { name: 'Type', value: 'Message' },
    { name: 'require-codec', value: 'application/json' },
    { name: 'accept-bundle', value: 'true' },
  ]);
}

export function processTags(signer: Address, module: Id, node: Address, tags: readonly Tag[]): Tag[] {
  return withDefaults(tags, [
    ...ownTags(signer),
    { name: 'device', value: 'process@1.0' },
    { name: 'scheduler-device', value: 'scheduler@1.0' },
    { name: 'push-device', value: 'push@1.0' },
    { name: 'execution-device', value: 'lua@5.3a' },
    { name: 'Authority', value: node },
    { name: 'Scheduler', value: node },
    { name: 'Module', value: module },
    ...PROTOCOL,
    { name: 'Type', value: 'Process' },
  ]);
}

export function moduleTags(signer: Address, node: Address): Tag[] {
  return processTags(signer, NO_MODULE, node, [{ name: 'content-type', value: 'application/lua' }]);
}

/** A node takes these for the Lua function to call and its arguments: the process would fail on the message for good. */
const DEADLY = new Set(['function', 'parameters']);

/**
 * The caller's tags win, whatever their letter case: a node reads names in lower case, and two of a name are a list.
 * @throws Fault `ao/bad-item`
 */
function withDefaults(tags: readonly Tag[], defaults: readonly Tag[]): Tag[] {
  const given = new Set(tags.map(({ name }) => name.toLowerCase()));
  const deadly = tags.find(({ name }) => DEADLY.has(name.toLowerCase()));
  if (deadly) throw new Fault('ao/bad-item', `cannot sign: the tag ${deadly.name} would brick the process`, { hint: 'A node calls the Lua function that it names. Give the tag another name.' });
  return [...defaults.filter(({ name }) => !given.has(name.toLowerCase())), ...tags];
}
