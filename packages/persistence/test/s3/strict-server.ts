import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readAuthorization, signatureOf } from './signature-v4.ts';

export interface StrictServer {
  endpoint: string;
  /** Of every answer, in order: `200`, or the code it refused with. */
  answers: string[];
  stop(): Promise<void>;
}

export interface StrictServerOptions {
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region: string;
  now(): number;
}

const SKEW_MS = 15 * 60_000;

interface Answer {
  status: number;
  body?: Uint8Array | string;
}
const refused = (status: number, code: string): Answer => ({ status, body: `<Error><Code>${code}</Code></Error>` });

/** An S3 service over HTTP that keeps objects in memory, and takes nothing whose signature it does not find itself. */
export async function startStrictServer({ keys, region, now }: StrictServerOptions): Promise<StrictServer> {
  const objects = new Map<string, Uint8Array>();
  const answers: string[] = [];

  function refusal({ method = '', url = '', headers: given }: IncomingMessage, body: Uint8Array): Answer | undefined {
    const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    const stated = readAuthorization(headers['authorization']);
    if (stated?.service !== 's3' || stated.region !== region) return refused(400, 'AuthorizationHeaderMalformed');
    if (stated.accessKeyId !== keys.accessKeyId) return refused(403, 'InvalidAccessKeyId');
    if (headers['x-amz-security-token'] !== keys.sessionToken) return refused(403, 'InvalidToken');
    const time = (headers['x-amz-date'] ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    if (!(Math.abs(Date.parse(time) - now()) <= SKEW_MS)) return refused(403, 'RequestTimeTooSkewed');
    const mustBeSigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
    if (!mustBeSigned.every((name) => stated.signedHeaders.includes(name))) return refused(403, 'AccessDenied');
    if (signatureOf({ method, target: url, headers }, stated, keys.secretAccessKey) !== stated.signature) return refused(403, 'SignatureDoesNotMatch');
    const hash = headers['x-amz-content-sha256'];
    const unsigned = hash === 'UNSIGNED-PAYLOAD' && body.length === 0;
    return unsigned || hash === createHash('sha256').update(body).digest('hex') ? undefined : refused(400, 'XAmzContentSHA256Mismatch');
  }

  function act({ method, url = '', headers: { range } }: IncomingMessage, body: Uint8Array): Answer {
    const { pathname, searchParams } = new URL(url, 'http://host');
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
    if (key === '') return listing(searchParams);
    if (method === 'PUT') objects.set(key, body);
    if (method === 'PUT') return { status: 200 };
    if (method === 'DELETE') return objects.delete(key), { status: 204 };
    const found = objects.get(key);
    if (found === undefined) return refused(404, 'NoSuchKey');
    const [, last] = /^bytes=0-(\d+)$/.exec(range ?? '') ?? [];
    if (last === undefined) return { status: 200, body: found };
    return found.length === 0 ? refused(416, 'InvalidRange') : { status: 206, body: found.subarray(0, Number(last) + 1) };
  }

  function listing(query: URLSearchParams): Answer {
    const from = query.get('continuation-token') ?? '';
    const names = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '') && name > from).sort();
    const some = names.slice(0, Number(query.get('max-keys') ?? 1_000));
    const entries = some.map((name) => `<Contents><Key>${name}</Key><Size>${objects.get(name)!.length}</Size></Contents>`).join('');
    const next = some.length < names.length ? `<NextContinuationToken>${some.at(-1)}</NextContinuationToken>` : '';
    return { status: 200, body: `<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${next}${entries}</ListBucketResult>` };
  }

  const server = createServer((request, response) => {
    void buffer(request).then((whole) => {
      const body = new Uint8Array(whole);
      const refusedWith = refusal(request, body);
      const answer = refusedWith ?? act(request, body);
      answers.push(refusedWith === undefined ? '200' : /<Code>(\w+)/.exec(String(answer.body))![1]!);
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    stop: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}
