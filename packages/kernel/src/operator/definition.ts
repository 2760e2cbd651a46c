import type { AoMap, AoValue, Slot } from '@beamline/core';

/** The process message in slot 0: what a copy of the process is made from. */
export type Definition = AoMap;

export function definitionIn(req: AoMap): Definition {
  return mapOf(req['body']);
}

/** What a node's base holds before slot 0: the process message's own keys, and the message itself. */
export function baseOf(definition: Definition): AoMap {
  const { commitments: _, ...keys } = definition;
  return { ...keys, process: definition };
}

/** Who signed the process message: the only one whose operations its kernel obeys. */
export function ownerOf(definition: Definition): string {
  for (const value of Object.values(mapOf(definition['commitments']))) {
    const commitment = mapOf(value);
    if (commitment['commitment-device'] === 'ans104@1.0') return String(commitment['committer'] ?? '');
  }
  return '';
}

export interface OwnerMessage {
  slot: Slot;
  timestamp: number;
  /** Lower-case names. */
  tags: Readonly<Record<string, string>>;
  data?: string;
}

/** A message as the owner would sign it. Nobody checks signatures off the network: a copy obeys whoever holds it. */
export function ownerMessage(definition: Definition, { slot, timestamp, tags, data }: OwnerMessage): AoMap {
  return {
    slot, timestamp,
    body: {
      ...tags,
      ...(data === undefined ? {} : { data }),
      'commitments': {
        [`offline-${crypto.randomUUID()}`]: { 'commitment-device': 'ans104@1.0', 'committer': ownerOf(definition) },
      },
    },
  };
}

export function mapOf(value: AoValue | undefined): AoMap {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}
