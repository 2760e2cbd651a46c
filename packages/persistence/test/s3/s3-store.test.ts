import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock, type Clock } from '@beamline/core';
import { createS3Bucket, createS3Store, type S3BucketOptions } from '../../src/s3.ts';
import { describeBucket, describeSnapshotStore } from '../../src/testing.ts';
import { startS3Server, type S3Server } from '../s3-server.ts';

let server: S3Server;
let folders = 0;
beforeAll(async () => { server = await startS3Server(); });
afterAll(() => server.stop());

/** Nobody waits for a pause between tries; a try itself takes as long as it takes. */
const impatient: Clock = { now: () => systemClock.now(), sleep: (ms, signal) => (ms > 20_000 ? systemClock.sleep(ms, signal) : Promise.resolve()) };
const options = (more: Partial<S3BucketOptions> = {}): S3BucketOptions => ({
  endpoint: server.endpoint, bucket: server.bucket, prefix: `test-${folders += 1}`, credentials: server.credentials, clock: impatient, pageSize: 3, ...more,
});

describeBucket('s3', async () => ({ bucket: createS3Bucket(options()), dispose: async () => undefined }));
describeSnapshotStore('s3', async () => ({ store: createS3Store(options()), dispose: async () => undefined }));

describe('an S3 bucket', () => {
  it('refuses by code, at once, what trying again cannot mend, and never shows a key', async () => {
    let requests = 0;
    const counting: typeof fetch = (...args) => { requests += 1; return fetch(...args); };
    const secret = 'very-secret-key';
    for (const [more, code] of [
      [{ credentials: { accessKeyId: 'NOBODY', secretAccessKey: secret } }, 'persistence/denied'],
      [{ bucket: 'none-such' }, 'persistence/read-failed'],
    ] as const) {
      requests = 0;
      const fault = await createS3Bucket(options({ ...more, fetch: counting })).get('a/b').catch((error: unknown) => error);
      expect(fault).toMatchObject({ code, retryable: false });
      expect(requests).toBe(1);
      expect(`${JSON.stringify(fault)} ${(fault as Error).stack} ${(fault as Error).message}`).not.toMatch(/very-secret|Signature|AWS4/);
    }
  });

  it('tells the service the hash of each body, so that it can refuse what was changed on its way', async () => {
    const seen: string[] = [];
    const watching: typeof fetch = (url, init) => {
      seen.push(new Headers(init?.headers).get('x-amz-content-sha256') ?? '');
      return fetch(url, init);
    };
    await createS3Bucket(options({ fetch: watching })).put('a/b', new Uint8Array([1, 2, 3]));
    expect(seen[0]).toBe('039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81');
  });

  it('tries again after 503, 429, a dropped connection and a cut answer, each at any request, until it succeeds', async () => {
    const cuts = {
      unwell: async () => new Response('<Error><Code>SlowDown</Code></Error>', { status: 503 }),
      throttled: async () => new Response('', { status: 429, headers: { 'retry-after': '1' } }),
      dropped: async () => { throw new TypeError('fetch failed'); },
      cut: async (...args: Parameters<typeof fetch>) => {
        const whole = await fetch(...args);
        const bytes = await whole.arrayBuffer();
        return new Response(bytes.slice(0, bytes.byteLength - 1), { status: whole.status, headers: { 'content-length': String(bytes.byteLength) } });
      },
    };
    for (const fault of Object.values(cuts)) {
      for (let failAt = 1; failAt <= 4; failAt += 1) {
        let n = 0;
        const bucket = createS3Bucket(options({ fetch: (...args) => ((n += 1) === failAt ? fault(...args) : fetch(...args)) }));
        await bucket.put('a/b', Uint8Array.of(1, 2, 3));
        expect(await bucket.get('a/b')).toEqual(Uint8Array.of(1, 2, 3));
        const names: string[] = [];
        for await (const { name } of bucket.list('a/')) names.push(name);
        expect(names).toEqual(['a/b']);
        await bucket.remove(['a/b']);
        expect(n).toBeGreaterThanOrEqual(4);
      }
    }
  });

  it('gives up after as many tries as it was allowed, as retryable', async () => {
    let n = 0;
    const dead = createS3Bucket(options({ attempts: 3, fetch: async () => { n += 1; throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }); } }));
    await expect(dead.put('a/b', new Uint8Array(1))).rejects.toMatchObject({ code: 'persistence/write-failed', retryable: true, message: 's3: cannot write a/b: connect ECONNREFUSED' });
    expect(n).toBe(3);
    const unwell = createS3Bucket(options({ attempts: 2, fetch: async () => new Response('', { status: 500 }) }));
    await expect(unwell.get('a/b')).rejects.toMatchObject({ code: 'persistence/read-failed', retryable: true, details: { status: 500 } });
  });

  it('waits longer from try to try, and as long as it is asked to', async () => {
    const pauses: number[] = [];
    const clock: Clock = { now: () => 0, sleep: async (ms, signal) => { if (ms === 30_000) return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('done')))); pauses.push(ms); } };
    const answers = [new Response('', { status: 500 }), new Response('', { status: 500 }), new Response('', { status: 429, headers: { 'retry-after': '7' } }), new Response('', { status: 429, headers: { 'retry-after': '900' } })];
    let n = 0;
    await createS3Bucket(options({ clock, random: () => 1, fetch: async () => answers[n++] ?? new Response('', { status: 404 }) })).get('a/b');
    expect(pauses).toEqual([100, 200, 7_000, 20_000]);
  });

  it('refuses a listing that is none', async () => {
    for (const body of ['<html>captive portal</html>', '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>', '<ListBucketResult><Contents><Key>a</Key>']) {
      const bucket = createS3Bucket(options({ fetch: async () => new Response(body) }));
      await expect((async () => { for await (const _ of bucket.list('a/')) expect(_).toBeUndefined(); })()).rejects.toMatchObject({ code: 'persistence/read-failed' });
    }
  });

  it('stops a request and its pauses when it is told to', async () => {
    const stop = new AbortController();
    const bucket = createS3Bucket(options({ clock: systemClock, signal: stop.signal, fetch: (_, init) => fetch('http://127.0.0.1:9', init) }));
    const outcome = bucket.get('a/b').catch((error: unknown) => error);
    setImmediate(() => stop.abort(new Error('enough')));
    expect(await outcome).toEqual(new Error('enough'));
  });
});
