import type { Address, AoMap } from '@beamline/core';
import { textOfBytes } from '@beamline/vm';
import type { ParsedItem } from '../ans104/parse.ts';
import { addressOfOwner } from '../ans104/owner.ts';
import { hmacCommitment } from '../httpsig/commitment.ts';

/**
 * A signed item as a node shows it and as Lua receives it: tags in lower case beside `data` and `target`, and two
 * commitments, the signer's under the item's id and one that anybody could make.
 */
export function messageOf(item: ParsedItem): AoMap {
  const message: AoMap = {};
  if (item.data.byteLength > 0) message['data'] = textOfBytes(item.data);
  for (const { name, value } of item.tags) message[name.toLowerCase()] = value;
  if (item.target) message['target'] = item.target;

  const { id, commitment } = hmacCommitment(message);
  message['commitments'] = { [id]: commitment, [item.id]: signerCommitment(item, Object.keys(message)) };
  return message;
}

function signerCommitment(item: ParsedItem, committed: string[]): AoMap {
  const { committer, keyid } = ownerOf(item);
  return {
    bundle: 'false',
    'commitment-device': 'ans104@1.0',
    committed,
    committer,
    ...(item.target ? { 'field-target': item.target } : {}),
    keyid,
    'original-tags': item.tags.map(({ name, value }) => ({ name, value })),
    signature: item.signature.toString('base64url'),
    type: item.type === 1 ? 'rsa-pss-sha256' : 'ecdsa-secp256k1-sha256',
  };
}

interface Owner {
  committer: Address;
  keyid: string;
}

/** Players send many messages each, and an Ethereum address takes two hashes of its own. */
const MAX_OWNERS = 4096;
const owners = new Map<string, Owner>();

function ownerOf(item: ParsedItem): Owner {
  const name = item.owner.toString('latin1');
  let known = owners.get(name);
  if (known === undefined) {
    known = { committer: addressOfOwner(item), keyid: `publickey:${item.owner.toString('base64url')}` };
    if (owners.size >= MAX_OWNERS) owners.delete(owners.keys().next().value as string);
    owners.set(name, known);
  }
  return known;
}
