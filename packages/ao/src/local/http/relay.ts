import type { Clock } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import type { Answer } from './answer.ts';
import type { Segment } from './path.ts';
import { paramOf, type LocalRequest } from './request.ts';

const TIMEOUT_MS = 10_000;

/**
 * `/~relay@1.0/{call,cast}?relay-path=<url>&relay-method=POST`: a request on behalf of whoever asks; `cast` does not
 * wait. A node reaches the whole internet; this one only what listens on loopback, for any web page could ask it to.
 */
export async function relayRoute(clock: Clock, segment: Segment | undefined, request: LocalRequest): Promise<Answer> {
  if (segment?.key !== 'call' && segment?.key !== 'cast') throw refusal(404, 'ao/not-found', 'there is no such key');
  const target = URL.parse(paramOf(request, segment, 'relay-path') ?? '');
  const method = (paramOf(request, segment, 'relay-method') ?? request.method).toUpperCase();
  if (!target || target.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(target.hostname)) {
    throw refusal(400, 'ao/bad-relay', 'relay-path must be an http address on loopback');
  }
  if (!/^[A-Z]{3,7}$/.test(method)) throw refusal(400, 'ao/bad-relay', 'relay-method is no method');
  const answered = ask(clock, target, method, request.body);
  if (segment.key === 'call') return answered;
  answered.catch(() => undefined);
  return { status: 200, value: 'OK' };
}

async function ask(clock: Clock, target: URL, method: string, body: Buffer): Promise<Answer> {
  const request = new AbortController();
  const timer = new AbortController();
  clock.sleep(TIMEOUT_MS, timer.signal).then(() => request.abort(), () => undefined);
  const carries = body.byteLength > 0 && method !== 'GET' && method !== 'HEAD';
  try {
    const response = await fetch(target, { method, redirect: 'manual', signal: request.signal, ...(carries ? { body: new Uint8Array(body) } : {}) });
    return { status: response.status, value: await response.text() };
  } catch (error) {
    throw refusal(500, 'ao/relay-failed', `${target.origin} does not answer: ${String(error)}`);
  } finally {
    timer.abort();
  }
}
