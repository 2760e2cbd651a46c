import { systemClock, type Clock } from '@beamline/core';
import type { Bucket } from '../bucket/bucket.ts';
import { sha256Hex } from '../sha256.ts';
import { listPage } from './list-page.ts';
import { createS3Request, s3Fault } from './s3-request.ts';

/** The values themselves; whoever reads the configuration resolves references. They appear in no error and no log. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface S3BucketOptions {
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`; the bucket is addressed by path. */
  endpoint: string;
  bucket: string;
  /** Folder inside the bucket. @default '' */
  prefix?: string;
  /** @default 'us-east-1' */
  region?: string;
  credentials: S3Credentials;
  /** Tries of one request before it fails: again on 5xx, 429, network errors and cut answers, never on other 4xx. @default 6 */
  attempts?: number;
  /** Pause before the second try; doubles with each, and a random part of it is left out. @default 100 */
  backoffMs?: number;
  /** Of one try, its body included. @default 30000 */
  timeoutMs?: number;
  /** Objects in one answer of a listing. @default 1000 */
  pageSize?: number;
  clock?: Clock;
  fetch?: typeof fetch;
  /** 0 ≤ r < 1, spreads retries. @default Math.random */
  random?: () => number;
  /** Ends requests and pauses. */
  signal?: AbortSignal;
}

/**
 * A bucket of an S3-compatible service. Strong read-after-write consistency is needed (AWS, MinIO, R2, Ceph have it);
 * conditional writes and multipart uploads are not. The service checks the SHA-256 of every body it receives.
 */
export function createS3Bucket(options: S3BucketOptions): Bucket {
  const { prefix = '', pageSize = 1_000 } = options;
  const folder = prefix === '' ? '' : `${prefix.replace(/^\/+|\/+$/g, '')}/`;
  const request = createS3Request({ attempts: 6, backoffMs: 100, timeoutMs: 30_000, region: 'us-east-1', clock: systemClock, fetch, random: Math.random, ...options });

  return {
    kind: 's3',

    async put(name, bytes) {
      const what = { verb: 'write', name } as const;
      const answer = await request(what, { method: 'PUT', key: folder + name, body: bytes, headers: { 'x-amz-content-sha256': sha256Hex(bytes) } });
      if (answer.status !== 200) throw s3Fault(what, answer);
    },

    async get(name, length) {
      const what = { verb: 'read', name } as const;
      const range: Record<string, string> = length === undefined ? {} : { range: `bytes=0-${length - 1}` };
      const answer = await request(what, { method: 'GET', key: folder + name, headers: range });
      if (answer.status === 200 || answer.status === 206) return answer.body;
      if (answer.status === 416) return new Uint8Array(0); // a range of an empty object
      if (answer.status === 404 && answer.code !== 'NoSuchBucket') return undefined;
      throw s3Fault(what, answer);
    },

    async *list(within) {
      const what = { verb: 'read', name: within } as const;
      let token: string | undefined;
      do {
        const query = { 'list-type': '2', 'max-keys': String(pageSize), prefix: folder + within, ...(token !== undefined && { 'continuation-token': token }) };
        const answer = await request(what, { method: 'GET', key: '', query });
        if (answer.status !== 200) throw s3Fault(what, answer);
        const page = listPage(answer.body);
        if (page === undefined) throw s3Fault(what, { ...answer, code: 'not a listing' });
        for (const { name, sizeBytes } of page.entries) yield { name: name.slice(folder.length), sizeBytes };
        token = page.next;
      } while (token !== undefined);
    },

    async remove(names) {
      for (let n = 0; n < names.length; n += 16) {
        await Promise.all(names.slice(n, n + 16).map(async (name) => {
          const what = { verb: 'write', name } as const;
          const answer = await request(what, { method: 'DELETE', key: folder + name });
          if (answer.status !== 204 && answer.status !== 200 && (answer.status !== 404 || answer.code === 'NoSuchBucket')) throw s3Fault(what, answer);
        }));
      }
    },
  };
}
