import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { Fault } from '@beamline/core';

const LOOPBACK_NAMES = ['localhost', '::1', '[::1]'];

export const isLoopback = (host: string): boolean =>
  LOOPBACK_NAMES.includes(host) || (isIPv4(host) && host.startsWith('127.'));

/** @throws Fault `orchestrator/token-required`: whoever reaches the port could read everything. */
export function assertSafeToBind(host: string, token: string | undefined): void {
  if (isLoopback(host) || token !== undefined) return;
  throw new Fault('orchestrator/token-required', `refuses to listen on ${host} without a token`, {
    hint: 'Set serve.token in beamline.config.ts (env:NAME or file:path), or listen on 127.0.0.1.',
  });
}

/** Why a request may not pass, or `undefined`. */
export interface Refusal {
  status: 401 | 403;
  code: 'orchestrator/unauthorized' | 'orchestrator/wrong-host';
  message: string;
  hint: string;
}

/**
 * With a token: the request must carry it. Without: it must be addressed to loopback by name, because a web page on any
 * domain can make a browser call 127.0.0.1 under that domain's name (DNS rebinding).
 */
export function refusalOf(headers: { host?: string | undefined; authorization?: string | undefined }, token: string | undefined): Refusal | undefined {
  if (token === undefined) {
    const name = (headers.host ?? '').replace(/:\d+$/, '');
    if (isLoopback(name)) return undefined;
    return { status: 403, code: 'orchestrator/wrong-host', message: `this server does not answer to the name ${name}`, hint: 'Open it as http://127.0.0.1, or configure serve.token.' };
  }
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return undefined;
  return { status: 401, code: 'orchestrator/unauthorized', message: given === undefined ? 'a bearer token is needed' : 'this token is not the right one', hint: 'Send the header authorization: Bearer <token>.' };
}

// Digests have one length, so comparing them tells nothing about the token's.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
