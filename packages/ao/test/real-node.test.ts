import { constants, createPublicKey, hash, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { createData } from '@dha-team/arbundles';
import type { AoMap, Tag } from '@beamline/core';
import { parseItem, type ParsedItem } from '../src/ans104/parse.ts';
import { verifyItem } from '../src/ans104/verify.ts';
import { hmacCommitment } from '../src/httpsig/commitment.ts';
import { encodeMessage } from '../src/httpsig/encode.ts';
import { signatureBase } from '../src/httpsig/signature-base.ts';
import { readAssignment } from '../src/hyperbeam/assignment.ts';
import { withLists } from '../src/hyperbeam/wire.ts';
import { assignmentOf, nextHashChain } from '../src/local/assignment.ts';
import { messageOf } from '../src/local/message.ts';

async function fixture(name: string): Promise<AoMap> {
  return withLists(JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as AoMap) as AoMap;
}

function commitmentOf(message: AoMap, type: string): [id: string, commitment: AoMap] {
  const found = Object.entries(message['commitments'] as AoMap).find(([, commitment]) => (commitment as AoMap)['type'] === type);
  return found as [string, AoMap];
}

/** Puts the signed item of a recorded message back together. */
function itemOf(body: AoMap): ParsedItem {
  const [, commitment] = commitmentOf(body, 'rsa-pss-sha256');
  const owner = Buffer.from(String(commitment['keyid']).slice('publickey:'.length), 'base64url');
  const layout = { publicKey: owner, signatureType: 1, signatureLength: 512, ownerLength: 512, sign: () => Promise.reject(new Error('signed already')) };
  const target = commitment['field-target'];
  const raw = createData(String(body['data']), layout, {
    tags: commitment['original-tags'] as unknown as Tag[],
    ...(typeof target === 'string' ? { target } : {}),
  }).getRaw();
  raw.set(Buffer.from(String(commitment['signature']), 'base64url'), 2);
  return parseItem(raw);
}

it.each(['assignment-process', 'assignment-message'])('shows a signed item exactly as a real node does: %s', async (name) => {
  const { body } = (await fixture(name)) as { body: AoMap };
  const item = itemOf(body);
  expect(await verifyItem(item)).toBe(true);
  expect(messageOf(item)).toEqual(body);
});

it.each(['assignment-process', 'assignment-message', 'assignment-pushed'])('makes an assignment exactly as a real node does: %s', async (name) => {
  const assignment = await fixture(name);
  const { process, slot, timestamp, message } = readAssignment(assignment);
  const body = assignment['body'] as AoMap;
  expect(assignmentOf({ process, slot, timestamp, message, body, hashChain: String(assignment['hash-chain']) })).toEqual(assignment);
});

it('continues the chain of hashes as a real node does', async () => {
  const first = readAssignment(await fixture('assignment-process'));
  expect(nextHashChain('', first.message)).toBe(first.req['hash-chain']);
});

it('agrees with a real node about what it signed when it pushed a message', async () => {
  const { body } = (await fixture('assignment-pushed')) as { body: AoMap };
  const [id, commitment] = commitmentOf(body, 'rsa-pss-sha512');
  const keyid = String(commitment['keyid']);
  const signature = Buffer.from(String(commitment['signature']), 'base64url');
  const { fields, committed } = encodeMessage(body);
  const owner = Buffer.from(keyid.slice('publickey:'.length), 'base64');
  const key = createPublicKey({ key: { kty: 'RSA', n: owner.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };

  expect(verify('sha512', Buffer.from(signatureBase(fields, { alg: 'rsa-pss-sha512', keyid })), options, signature)).toBe(true);
  expect(committed).toEqual(commitment['committed']);
  expect(hash('sha256', signature, 'base64url')).toBe(id);
  expect(hash('sha256', owner, 'base64url')).toBe(commitment['committer']);
  const [anyone, unsigned] = commitmentOf(body, 'hmac-sha256');
  expect(hmacCommitment(body)).toEqual({ id: anyone, commitment: unsigned });
});

it('reads who sent a pushed message from the node’s commitment', async () => {
  const { message, committer } = readAssignment(await fixture('assignment-pushed'));
  expect(message).toBe('9Gmman_CD5trCYkt02imakwRPKh5mqk7_eShAQIFXsE');
  expect(committer).toBe('PV393XmWavtgpKwHOLPLmRCO3NUnzRWUAoEUxUiojZo');
});

it('leaves text in an assignment alone, even where it looks like a number of Lua', async () => {
  const recorded = await fixture('assignment-message');
  const body = { ...(recorded['body'] as AoMap), data: '6.00000000000000000000e+00' };
  expect(readAssignment({ ...recorded, body }).req['body']).toEqual(body);
});
