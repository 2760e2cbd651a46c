import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createS3Bucket, createS3Store, type S3BucketOptions } from '../../src/s3.ts';
import { describeBucket, describeSnapshotStore } from '../../src/testing.ts';
import { readAuthorization, signatureOf } from './signature-v4.ts';
import { startStrictServer, type StrictServer } from './strict-server.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'a+session/token==' };
const region = 'eu-central-1';
let server: StrictServer;
let folders = 0;
beforeAll(async () => { server = await startStrictServer({ keys, region, now: () => Date.now() }); });
afterAll(() => server.stop());
const options = (more: Partial<S3BucketOptions> = {}): S3BucketOptions =>
  ({ endpoint: server.endpoint, bucket: 'snapshots', prefix: `a b/ü ~!*'()/${folders += 1}`, region, credentials: keys, attempts: 1, pageSize: 3, ...more });

describe('the signature of version 4 that the server finds', () => {
  // The examples of "Signature Calculations for the Authorization Header".
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const headers = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': empty };
  it.each([
    ['GET', '/test.txt', { ...headers, range: 'bytes=0-9' }, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'],
    ['GET', '/?lifecycle', headers, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['GET', '/?max-keys=2&prefix=J', headers, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('is that of the specification for %s %s', (method, target, all, expected) => {
    const signedHeaders = Object.keys(all).sort();
    expect(signatureOf({ method, target, headers: all }, { date: '20130524', region: 'us-east-1', service: 's3', signedHeaders }, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')).toBe(expected);
  });
});

describeBucket('s3 with signatures', async () => ({ bucket: createS3Bucket(options()), dispose: async () => undefined }));
describeSnapshotStore('s3 with signatures', async () => ({ store: createS3Store(options()), dispose: async () => undefined }));

describe('a service that checks signatures', () => {
  it('refuses other keys, another region and a clock that is wrong', async () => {
    const late = { ...systemClock, now: () => Date.now() - 3_600_000 };
    for (const [more, answer] of [
      [{ credentials: { ...keys, secretAccessKey: 'another' } }, 'SignatureDoesNotMatch'],
      [{ credentials: { ...keys, sessionToken: 'another' } }, 'InvalidToken'],
      [{ clock: late }, 'RequestTimeTooSkewed'],
    ] as const) {
      await expect(createS3Bucket(options(more)).put('a/b', Uint8Array.of(1))).rejects.toMatchObject({ code: 'persistence/denied', details: { s3Code: answer } });
    }
    await expect(createS3Bucket(options({ region: 'us-east-1' })).get('a/b')).rejects.toMatchObject({ code: 'persistence/read-failed', details: { s3Code: 'AuthorizationHeaderMalformed' } });
  });

  const bend: Record<string, (url: URL, init: { method: string; headers: Record<string, string>; body?: Uint8Array }) => void> = {
    path: (url) => { url.pathname += 'x'; },
    query: (url) => { url.searchParams.set('versionId', '1'); },
    method: (_, init) => { init.method = 'DELETE'; delete init.body; },
    body: (_, init) => { init.body = Uint8Array.of(2); },
    'hash of the body': (_, init) => { init.headers['x-amz-content-sha256'] = 'ab'.repeat(32); },
    'header that is not signed': (_, init) => { init.headers['x-amz-acl'] = 'public-read'; },
    signature: (_, init) => { init.headers['authorization'] = init.headers['authorization']!.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')); },
  };
  it.each(Object.keys(bend))('refuses a request whose %s was changed on its way', async (what) => {
    const bent: typeof fetch = (input, init) => {
      const url = new URL(String(input));
      const changed = { method: init!.method!, headers: { ...init!.headers as Record<string, string> }, ...(init!.body && { body: init!.body as Uint8Array }) };
      expect(readAuthorization(changed.headers['authorization'])).toBeDefined();
      bend[what]!(url, changed);
      return fetch(url, changed as RequestInit);
    };
    await expect(createS3Bucket(options({ fetch: bent })).put('a/b', Uint8Array.of(1))).rejects.toMatchObject({ name: 'Fault' });
    expect(server.answers.at(-1)).toMatch(/^(SignatureDoesNotMatch|XAmzContentSHA256Mismatch|AccessDenied)$/);
  });
});
