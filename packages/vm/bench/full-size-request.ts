import type { AoMap } from '@beamline/core';

const ID = 'V_ydAT3Bz1BrIFFjYgjmBwSjzwhhUCzaTMlcIE3LDgY';
const KEY = `publickey:${'m'.repeat(683)}`;
const SIGNATURE = 'G'.repeat(683);
const COMMITTED = [
  'ao-types', 'block-hash', 'block-height', 'block-timestamp', 'body', 'data-protocol', 'epoch', 'hash-chain', 'path',
  'process', 'slot', 'timestamp', 'type', 'variant',
];

const unsigned = (): AoMap => ({
  'commitment-device': 'httpsig@1.0', committed: COMMITTED, keyid: 'constant:ao', signature: ID, type: 'hmac-sha256',
});

/** An assignment of the shape and size a HyperBEAM node hands to Lua: 5.2 KB, two signatures of 4,096 bits. */
export function fullSizeRequest(slot: number): AoMap {
  return {
    'block-hash': 'A'.repeat(43), 'block-height': 0, 'block-timestamp': 0,
    body: {
      action: 'Inc', data: 'hello data', 'data-protocol': 'ao', num: '5', target: ID, type: 'Message', variant: 'ao.N.1', 'x-foo': 'Bar',
      commitments: {
        [ID.replace('V', 'Y')]: unsigned(),
        [ID.replace('V', '_')]: {
          bundle: 'false', 'commitment-device': 'ans104@1.0', committed: COMMITTED.slice(0, 8), committer: ID, 'field-target': ID,
          keyid: KEY, signature: SIGNATURE, type: 'rsa-pss-sha256',
          'original-tags': ['Data-Protocol', 'Type', 'Variant', 'Action', 'X-Foo', 'Num'].map((name) => ({ name, value: 'ao.N.1' })),
        },
      },
    },
    commitments: {
      [ID.replace('V', '5')]: unsigned(),
      [ID.replace('V', 'W')]: { ...unsigned(), committer: ID, keyid: KEY, signature: SIGNATURE, type: 'rsa-pss-sha512' },
    },
    'data-protocol': 'ao', epoch: '0', 'hash-chain': ID, path: 'compute', process: ID, slot, timestamp: 1_795_445_865_305,
    type: 'Assignment', variant: 'ao.N.1',
  };
}
