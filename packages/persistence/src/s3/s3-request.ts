import { AwsClient } from 'aws4fetch';
import { Fault, type Clock } from '@beamline/core';
import type { S3BucketOptions } from './s3-bucket.ts';

export interface S3Call {
  method: 'GET' | 'PUT' | 'DELETE';
  /** Below the bucket; empty for the bucket itself. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

export interface S3Answer {
  status: number;
  body: Uint8Array;
  /** The service's own word for what is wrong, empty when it gave none. */
  code: string;
}

/** What a request is for, as errors tell it. */
export interface S3Purpose {
  verb: 'read' | 'write';
  name: string;
}

type Settings = S3BucketOptions & Required<Pick<S3BucketOptions, 'attempts' | 'backoffMs' | 'timeoutMs' | 'region' | 'clock' | 'fetch' | 'random'>>;

/** No service is asked to wait longer than this for us. */
const LONGEST_PAUSE_MS = 20_000;

/**
 * One signed request, repeated while it may help: every operation here can be repeated. Resolves to the answer whatever
 * its status, once it is no use to try again.
 * @throws Fault `persistence/write-failed`, `persistence/read-failed` when there was no answer at all
 */
export function createS3Request(settings: Settings): (purpose: S3Purpose, call: S3Call) => Promise<S3Answer> {
  const { endpoint, bucket, credentials, region, attempts, backoffMs, timeoutMs, clock, random, signal } = settings;
  const client = new AwsClient({ ...credentials, region, service: 's3', retries: 0 });
  const base = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;

  async function attempt({ method, key, query, headers = {}, body }: S3Call): Promise<S3Answer & { retryAfterMs: number }> {
    const url = new URL(key === '' ? base : `${base}/${key.split('/').map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const signed = await client.sign(url.href, {
      method, headers, aws: { datetime }, ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
    return within(clock, timeoutMs, signal, async (stop) => {
      // The request is taken apart: as a whole it would be streamed, and services want to know the length.
      const response = await settings.fetch(signed.url, {
        method, headers: Object.fromEntries(signed.headers), signal: stop, ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const promised = Number(response.headers.get('content-length') ?? bytes.length);
      if (response.ok && !response.headers.has('content-encoding') && promised !== bytes.length) throw new Error(`the answer was cut after ${bytes.length} of ${promised} bytes`);
      const [, code = ''] = response.ok ? [] : /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096))) ?? [];
      const after = Number(response.headers.get('retry-after') ?? 0);
      return { status: response.status, body: bytes, code, retryAfterMs: Number.isFinite(after) ? after * 1000 : 0 };
    });
  }

  return async (purpose, call) => {
    for (let n = 1; ; n += 1) {
      const outcome = await attempt(call).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      signal?.throwIfAborted();
      const failed = outcome instanceof Error;
      if (!failed && outcome.status < 500 && outcome.status !== 429) return outcome;
      if (n >= attempts) {
        if (failed) throw noAnswer(purpose, outcome);
        return outcome;
      }
      const pause = backoffMs * 2 ** (n - 1) * (0.5 + random() / 2);
      await clock.sleep(Math.min(Math.max(pause, failed ? 0 : outcome.retryAfterMs), LONGEST_PAUSE_MS), signal);
    }
  };
}

async function within<T>(clock: Clock, ms: number, outer: AbortSignal | undefined, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const done = new AbortController();
  const stop = new AbortController();
  clock.sleep(ms, done.signal).then(() => stop.abort(new Error(`no answer within ${ms} ms`)), () => undefined);
  try {
    return await work(outer === undefined ? stop.signal : AbortSignal.any([stop.signal, outer]));
  } finally {
    done.abort();
  }
}

/** Never holds headers or the address's query: they carry the signature. */
export function s3Fault({ verb, name }: S3Purpose, { status, code }: Pick<S3Answer, 'status' | 'code'>): Fault {
  const detail = `s3: cannot ${verb} ${name}: status ${status}${code === '' ? '' : ` ${code}`}`;
  const details = { status, ...(code !== '' && { s3Code: code }) };
  if (status === 401 || status === 403) {
    return new Fault('persistence/denied', detail, { hint: 'Check the keys, their rights on the bucket, the region, and this machine\'s clock.', details });
  }
  const retryable = status >= 500 || status === 429;
  return new Fault(`persistence/${verb}-failed`, detail, {
    hint: retryable ? 'The service is unwell or throttles: repeat later.' : 'Check endpoint, bucket and prefix; a bucket must exist before it is used.',
    retryable,
    details,
  });
}

function noAnswer({ verb, name }: S3Purpose, error: Error): Fault {
  const reason = error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
  return new Fault(`persistence/${verb}-failed`, `s3: cannot ${verb} ${name}: ${reason}`, {
    hint: 'Check the endpoint and the network, then repeat: every operation is safe to repeat.',
    retryable: true,
  });
}
