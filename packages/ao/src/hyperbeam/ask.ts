import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '@beamline/core';
import { createHttp2, speaksHttp2 } from './http2.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';

export interface AskOptions {
  url: string;
  clock: Clock;
  timeoutMs: number;
  fetch: typeof fetch;
  /** `auto`: what an `https:` node prefers, HTTP/1.1 for `http:`. */
  protocol: 'auto' | 'http/1.1' | 'h2';
  ca?: string;
}

export type Ask = (question: Question, signal?: AbortSignal) => Promise<Reply>;

/**
 * One request, once, within `timeoutMs`.
 * @throws NoReply; the signal's reason when the caller gave up.
 */
export function createAsk({ url, clock, timeoutMs, fetch, protocol, ca }: AskOptions): Ask {
  const place = ca === undefined ? { url } : { url, ca };
  const http2 = createHttp2(place);
  // Asked once; a node changes its protocol no more often than its address.
  let isHttp2 = protocol === 'auto' && url.startsWith('https:') ? undefined : protocol === 'h2';

  return async (question, signal) => {
    signal?.throwIfAborted();
    const timer = new AbortController();
    const request = new AbortController();
    const giveUp = () => request.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    clock.sleep(timeoutMs, timer.signal).then(
      () => request.abort(new NoReply('timeout', `no answer from ${url} within ${timeoutMs} ms`)),
      () => undefined,
    );
    try {
      isHttp2 ??= await speaksHttp2(place, request.signal);
      if (isHttp2) return await http2(question, request.signal);
      return await viaFetch(fetch, url, question, request.signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof NoReply) throw error;
      if (request.signal.reason instanceof NoReply) throw request.signal.reason;
      const code = codeOf(error);
      if (!code.startsWith('HPE_')) throw new NoReply('network', `cannot reach ${url}: ${code || String(error)}`, error);
      // A node's errors may carry line breaks in their headers, which fetch refuses to read. Asking a second time is
      // safe for reads only.
      if (question.method === 'POST') throw new NoReply('broken-answer', `${url} answered with invalid HTTP (${code})`, error);
      return await viaHttp(url, question, request.signal);
    } finally {
      timer.abort(new Error('answered'));
      signal?.removeEventListener('abort', giveUp);
    }
  };
}

async function viaFetch(doFetch: typeof fetch, url: string, { method, path, headers = {}, body }: Question, signal: AbortSignal): Promise<Reply> {
  const response = await doFetch(url + path, { method, headers, signal, ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}) });
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** Node's own client with a parser that forgives what fetch's does not. */
function viaHttp(url: string, { method, path, headers = {} }: Question, signal: AbortSignal): Promise<Reply> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(signal.aborted ? signal.reason : new NoReply('broken-answer', `${url} answered with invalid HTTP`, error));
    send(url + path, { method, headers, signal, insecureHTTPParser: true }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          header: (name) => {
            const value = response.headers[name];
            return Array.isArray(value) ? value[0] : value;
          },
          body: Buffer.concat(chunks),
        }));
    }).on('error', fail).end();
  });
}

function codeOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: string; cause?: unknown };
  if (typeof code === 'string') return code;
  if (name === 'HTTPParserError') return 'HPE_UNKNOWN'; // undici leaves the code out for some
  return cause === undefined ? '' : codeOf(cause);
}
