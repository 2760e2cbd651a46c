import type { EncodedMessage } from './encode.ts';

export interface SignatureParams {
  alg: 'rsa-pss-sha512' | 'hmac-sha256';
  keyid: string;
}

// RFC 9421's derived components: a node writes them with an `@` among the parameters, but not in the base.
const DERIVED = new Set(['method', 'target-uri', 'authority', 'scheme', 'request-target', 'path', 'query', 'query-param']);

/** The text under an `httpsig@1.0` signature: one line per field, then the parameters (RFC 9421, section 2.5). */
export function signatureBase(fields: EncodedMessage['fields'], params: SignatureParams): string {
  const lines = fields.map(([name, value]) => `"${name}": ${value}`);
  return [...lines, `"@signature-params": ${signatureParams(fields, params)}`].join('\n');
}

/** The inner list of `signature-input`. */
export function signatureParams(fields: EncodedMessage['fields'], { alg, keyid }: SignatureParams): string {
  const names = fields.map(([name]) => `"${DERIVED.has(name) ? '@' : ''}${name}"`);
  return `(${names.join(' ')});alg="${alg}";keyid="${keyid}"`;
}
