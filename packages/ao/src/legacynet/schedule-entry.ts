import { Fault, type AoMap, type AoValue, type Assignment } from '@beamline/core';

/**
 * Reads an entry of an SU's schedule as the assignment that a `lua@5.3a` process would have received, so that a replay
 * off the network gets the same request: tags in lower case, and the signer as an ANS-104 commitment.
 * @throws Fault `ao/bad-answer`
 */
export function readEntry(process: string, entry: AoValue | undefined): Assignment {
  const { message, assignment } = mapOf(entry);
  const { id, owner, tags, data = '', target = '', signature = '' } = mapOf(message);
  const place = tagMap(mapOf(assignment)['tags']);
  const [slot, timestamp] = [Number(place['nonce'] ?? NaN), Number(place['timestamp'] ?? NaN)];
  const { address, key = '' } = mapOf(owner);
  if (typeof id !== 'string' || typeof address !== 'string' || !Number.isSafeInteger(slot) || !Number.isSafeInteger(timestamp)) {
    throw new Fault('ao/bad-answer', `the schedule of ${process} holds an entry that is no assignment`, { details: { process } });
  }
  const own: AoMap = tagMap(tags);
  // The official client sends a blank where there is no data.
  if (data !== '' && data !== ' ') own['data'] = data;
  if (target !== '') own['target'] = target;
  const commitment: AoMap = {
    'commitment-device': 'ans104@1.0', type: 'rsa-pss-sha256', committer: address, keyid: `publickey:${String(key)}`, signature,
    committed: Object.keys(own), 'original-tags': Array.isArray(tags) ? tags : [],
  };
  return {
    process, slot, timestamp, message: id, committer: address,
    req: {
      body: { ...own, commitments: { [id]: commitment } },
      'data-protocol': 'ao', epoch: String(place['epoch'] ?? '0'), 'hash-chain': String(place['hash-chain'] ?? ''), path: 'compute',
      process, slot, timestamp, type: 'Assignment', variant: String(place['variant'] ?? 'ao.TN.1'),
    },
  };
}

export function mapOf(value: AoValue | undefined): AoMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function tagMap(tags: AoValue | undefined): AoMap {
  const list = Array.isArray(tags) ? tags.map(mapOf) : [];
  return Object.fromEntries(list.map(({ name, value }) => [String(name).toLowerCase(), String(value)]));
}
