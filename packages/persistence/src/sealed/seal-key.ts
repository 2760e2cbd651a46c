import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Fault } from '@beamline/core';

/** A key for encryption at rest. Printing, inspecting or serialising one shows its id only. */
export interface SealKey {
  /** 32 hex characters derived from the key; stands in front of everything it sealed. */
  readonly id: string;
  /** A key for one purpose, 32 bytes: nothing is ever encrypted with the key itself. */
  derive(salt: Uint8Array, purpose: string): KeyObject;
}

/** Keys that can be read with; the first one is written with. Rotation: put the new one in front and keep the old. */
export type KeyRing = readonly [SealKey, ...SealKey[]];

/**
 * A key from what a reference names: 32 bytes as 64 hexadecimal digits or as base64. A pass-phrase is refused: it would
 * be guessed offline.
 * @throws Fault `persistence/bad-key`, which says nothing of the text
 */
export function sealKey(text: string): SealKey {
  const trimmed = text.trim();
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined;
  if (bytes?.length !== 32) {
    throw new Fault('persistence/bad-key', 'an encryption key must be 32 random bytes, as 64 hexadecimal digits or base64', {
      hint: 'Make one: openssl rand -hex 32',
    });
  }
  // A KeyObject shows nothing of itself, and the closure keeps it out of reach of serialisers.
  const key = createSecretKey(bytes);
  return {
    id: createHmac('sha256', key).update('beamline key id').digest('hex').slice(0, 32),
    derive: (salt, purpose) => createSecretKey(Buffer.from(hkdfSync('sha256', key, salt, purpose, 32))),
  };
}

/** @throws Fault `persistence/unknown-key` */
export function keyWithId(keys: KeyRing, id: string, what: string): SealKey {
  const key = keys.find((one) => one.id === id);
  if (key !== undefined) return key;
  throw new Fault('persistence/unknown-key', `${what} was sealed with key ${id}, which is not among the ${keys.length} given`, {
    hint: 'Give the old key, too: after a rotation it is still needed to read what it sealed.',
    details: { keyId: id },
  });
}
