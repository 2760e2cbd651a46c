import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault, type Clock } from '@beamline/core';
import { createDice } from './dice.ts';
import type { FaultCounts, FaultKind, FaultRule } from './fault.ts';
import { createForward, readAll, type Forwarded, type Received } from './forward.ts';

export interface FaultProxyOptions {
  /** The backend, `http://127.0.0.1:8734`. */
  target: string;
  /** Measures delays. */
  clock: Clock;
  rules?: readonly FaultRule[];
  /** Same seed, same decisions. @default 1 */
  seed?: number;
}

export interface FaultProxy {
  /** Where clients go instead of the backend. Without a slash at the end. */
  readonly url: string;
  /** Replaces the rules; their dice start anew. */
  setRules(rules: readonly FaultRule[]): void;
  /** While on, every connection breaks and nothing reaches the backend; connections that wait are broken, too. */
  partition(on: boolean): void;
  counts(): FaultCounts;
  close(): Promise<void>;
}

const PAGE = '<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>Something else</h1></body></html>\n';

/**
 * A real HTTP/1.1 proxy on the loopback interface that fails on purpose, by rule and by seed. Whole requests and
 * answers are held in memory.
 * @throws Fault `ao/bad-url` when the target is no `http:` address.
 */
export async function createFaultProxy({ target, clock, rules = [], seed = 1 }: FaultProxyOptions): Promise<FaultProxy> {
  if (!URL.canParse(target) || new URL(target).protocol !== 'http:') {
    throw new Fault('ao/bad-url', `a fault proxy stands in front of an http: address, not of "${target}"`);
  }
  const { forward, close } = createForward(new URL(target));
  const counts = {
    requests: 0, forwarded: 0, partition: 0, delay: 0, drop: 0, status: 0, reset: 0, 'lost-reply': 0, truncate: 0,
    'wrong-body': 0, reorder: 0, duplicate: 0, drip: 0,
  };
  const ended = new AbortController();
  let dice = createDice(rules, seed);
  let isPartitioned = false;
  let afterNext: (() => void)[] = []; // requests that wait for another to pass

  const pass = async (received: Received): Promise<Forwarded | undefined> => {
    counts.forwarded += 1;
    return forward(received);
  };
  const pause = (ms: number) => clock.sleep(ms, ended.signal).catch(() => undefined);

  async function apply(fault: FaultKind, received: Received, response: ServerResponse): Promise<void> {
    switch (fault.kind) {
      case 'drop': return;
      case 'reset': return void response.destroy();
      case 'status':
        return void response.writeHead(fault.status, { 'content-type': 'text/html', ...fault.headers }).end(fault.body ?? PAGE);
      case 'delay':
        await pause(fault.ms);
        return write(response, await pass(received));
      case 'reorder': {
        await Promise.race([new Promise<void>((resolve) => afterNext.push(resolve)), pause(fault.withinMs)]);
        return write(response, await pass(received));
      }
      case 'duplicate':
        await pass(received);
        return write(response, await pass(received));
      case 'lost-reply':
        await pass(received);
        return fault.silent ? undefined : void response.destroy();
      case 'wrong-body': {
        const { body = PAGE, contentType = 'text/html' } = fault;
        await pass(received);
        return void response.writeHead(200, { 'content-type': contentType }).end(body);
      }
      case 'truncate': return truncate(response, await pass(received));
      case 'drip': return drip(response, await pass(received), fault.bytes, () => pause(fault.everyMs));
    }
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const received: Received = { method: message.method ?? 'GET', path: message.url ?? '/', rawHeaders: message.rawHeaders, body: await readAll(message) };
    counts.requests += 1;
    if (isPartitioned) {
      counts.partition += 1;
      response.destroy();
      return;
    }
    const fault = dice(received.method, received.path);
    if (fault) counts[fault.kind] += 1;
    if (fault?.kind === 'reorder') return apply(fault, received, response);
    await (fault ? apply(fault, received, response) : write(response, await pass(received)));
    const waiting = afterNext;
    afterNext = [];
    for (const go of waiting) go();
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    answer(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setRules: (next) => void (dice = createDice(next, seed)),
    partition(on) {
      isPartitioned = on;
      if (on) server.closeAllConnections();
    },
    counts: () => ({ ...counts }),
    async close() {
      ended.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      close();
    },
  };
}

function write(response: ServerResponse, reply: Forwarded | undefined): void {
  if (!reply) return void response.destroy();
  // Node refuses to write such headers, so what came broken goes out broken by hand.
  if (reply.broken) return void response.socket?.end('HTTP/1.1 500 X\r\ndetails: a\nb\r\ncontent-length: 0\r\n\r\n');
  response.writeHead(reply.status, [...reply.rawHeaders, 'content-length', String(reply.body.byteLength)]).end(reply.body);
}

function truncate(response: ServerResponse, reply: Forwarded | undefined): void {
  if (!reply || reply.broken) return write(response, reply);
  response.writeHead(reply.status, [...reply.rawHeaders, 'content-length', String(reply.body.byteLength)]);
  response.write(reply.body.subarray(0, reply.body.byteLength >> 1), () => response.destroy());
}

async function drip(response: ServerResponse, reply: Forwarded | undefined, bytes: number, pause: () => Promise<unknown>): Promise<void> {
  if (!reply || reply.broken) return write(response, reply);
  response.writeHead(reply.status, [...reply.rawHeaders, 'content-length', String(reply.body.byteLength)]);
  for (let at = 0; at < reply.body.byteLength && !response.destroyed; at += bytes) {
    response.write(reply.body.subarray(at, at + bytes));
    await pause();
  }
  response.end();
}
