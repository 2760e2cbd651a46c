import { hash } from 'node:crypto';
import type { Address } from '@beamline/core';
import { ethereumAddress } from './ethereum.ts';

/** The address behind the owner bytes of an item. */
export function addressOfOwner({ type, owner }: { type: 1 | 3; owner: Uint8Array }): Address {
  return type === 1 ? hash('sha256', owner, 'base64url') : ethereumAddress(owner);
}
