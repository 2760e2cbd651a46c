import { createHash, createHmac } from 'node:crypto';

export interface SignedRequest {
  method: string;
  /** Path and query as they were sent. */
  target: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
}

export interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: readonly string[];
  signature: string;
}

const FORM = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** `undefined`: it is not of the form that version 4 has. */
export function readAuthorization(header: string | undefined): Authorization | undefined {
  const [, accessKeyId, date, region, service, names, signature] = FORM.exec(header ?? '') ?? [];
  if (accessKeyId === undefined || names === undefined) return undefined;
  return { accessKeyId, date: date!, region: region!, service: service!, signedHeaders: names.split(';'), signature: signature! };
}

/**
 * The signature a request should carry, hex: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API reference.
 * In S3 the path is the object's key encoded once, however the request spelt it.
 */
export function signatureOf({ method, target, headers }: SignedRequest, { date, region, service, signedHeaders }: Omit<Authorization, 'signature' | 'accessKeyId'>, secret: string): string {
  const [path = '', query = ''] = target.split('?');
  const parameters = query === '' ? [] : query.split('&').map((pair) => pair.split('=').concat('').slice(0, 2).map((part) => encoded(decodeURIComponent(part.replaceAll('+', ' ')))));
  const canonical = [
    method,
    path.split('/').map((part) => encoded(decodeURIComponent(part))).join('/'),
    parameters.map(([name, value]) => `${name}=${value}`).sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce((above: string | Buffer, part) => hmac(above, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** RFC 3986, what `encodeURIComponent` leaves included. */
const encoded = (text: string): string => encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
