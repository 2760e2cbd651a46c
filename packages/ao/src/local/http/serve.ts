import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isFault, type Clock, type Logger } from '@beamline/core';
import { refusal, statusOf } from '../answer-fault.ts';
import { createCounts } from './counts.ts';
import { createCron } from './cron.ts';
import { createLegacyUnits, isLegacyPath, type LegacyUnits } from '../legacy/legacy-units.ts';
import type { LocalNode } from '../node.ts';
import { writeAnswer, type AnswerForm, type WrittenAnswer } from './answer.ts';
import { parsePath } from './path.ts';
import { formOf, readItem, type LocalRequest } from './request.ts';
import { createRate } from './rate.ts';
import { route, type RouteContext } from './routes.ts';

export interface NodeServer {
  server: Server;
  /** Ends what goes on without a request. */
  close(): Promise<void>;
}

/** An HTTP server over a node. The caller makes it listen, on the loopback interface only. */
export function createNodeServer(node: LocalNode, clock: Clock, logger: Logger): NodeServer {
  const context: RouteContext = {
    node, clock,
    counts: createCounts(clock.now()),
    links: new Map(),
    names: new Map(),
    cron: createCron({ clock, run: (path) => runTask(context, path, logger) }),
  };
  const legacy = createLegacyUnits(node, clock, logger);
  const rate = createRate(node.limits.requestsPerSecond);
  let underWay = 0;
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 300_000 }, (message, response) => {
    const begun = clock.now();
    const waitMs = rate(begun);
    // What is left of a refused request is read and dropped, so that the connection can be used again.
    const answered = waitMs > 0 ? Promise.resolve(tooMany(message.resume(), waitMs)) : answerTo(context, legacy, message, logger, () => underWay === 1);
    underWay += 1;
    answered
      .then((answer) => {
        context.counts.add(message.method ?? '', answer.status, clock.now() - begun);
        send(response, answer);
      })
      .catch((error: unknown) => {
        logger.error('an answer could not be written', { error: String(error) });
        response.destroy();
      })
      .finally(() => (underWay -= 1));
  });
  server.on('close', () => void legacy.close());
  return { server, close: () => context.cron.close() };
}

/** What a task meets is nobody's answer: a node only logs it. */
async function runTask(context: RouteContext, url: string, logger: Logger): Promise<void> {
  try {
    await route(context, { method: 'GET', url, path: parsePath(url), headers: {}, body: Buffer.alloc(0) });
  } catch (error) {
    logger.debug('a task failed', { url, error: String(error) });
  }
}

async function answerTo(context: RouteContext, legacy: LegacyUnits, message: IncomingMessage, logger: Logger, isAlone: () => boolean): Promise<WrittenAnswer> {
  const { headers, method = 'GET', url = '/' } = message;
  let form: AnswerForm = { json: false, bundle: false };
  try {
    if (isLegacyPath(url)) return await legacy.answer(message, await readBody(message, context.node.limits.bodyBytes));
    const path = parsePath(url);
    form = formOf({ path, headers });
    const body = await readBody(message, context.node.limits.bodyBytes);
    const item = body.byteLength === 0 ? undefined : await readItem(headers, body, isAlone());
    form = formOf({ path, headers }, item);
    const request: LocalRequest = { method, url, path, headers, body, ...(item ? { item } : {}) };
    return writeAnswer(await route(context, request), form, context.links);
  } catch (error) {
    if (!isFault(error)) logger.error('a request crashed', { url, error: error instanceof Error ? (error.stack ?? '') : String(error) });
    const status = statusOf(error);
    // JSON errors say no more than their status; the reason of a refusal goes into the log only.
    if (isFault(error)) logger.debug(error.message, { url, status, code: error.code });
    const plain = status === 400 && isFault(error, 'ao/bad-signature') && !form.json;
    return writeAnswer({ status, ...(form.json ? { value: { status } } : plain ? { value: error.message } : {}) }, form, context.links);
  }
}

function tooMany({ url = '/', headers }: IncomingMessage, waitMs: number): WrittenAnswer {
  const json = /json/.test(`${url} ${String(headers['accept'])}`);
  const retry = { 'retry-after': Math.ceil(waitMs / 1000) };
  return writeAnswer({ status: 429, headers: retry, ...(json ? { value: { status: 429 } } : {}) }, { json, bundle: false }, new Map());
}

function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = () => {
      chunks.length = 0; // the rest is read and dropped, so that the client gets to see the answer
      reject(refusal(413, 'ao/body-too-large', `bodies end at ${limit} bytes`));
    };
    // Who says beforehand that it is too much need not send it first.
    if (Number(message.headers['content-length'] ?? 0) > limit) refuse();
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= limit) chunks.push(chunk);
      else refuse();
    });
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    // Whoever went away in the middle of a request has no use for an answer.
    message.on('error', () => reject(refusal(400, 'ao/aborted', 'the request ended early')));
  });
}

function send(response: ServerResponse, { status, headers, body, brokenHeader }: WrittenAnswer): void {
  if (brokenHeader !== undefined && response.socket) {
    // Node refuses to write such a header, so the answer goes out by hand.
    response.socket.end(`HTTP/1.1 ${status} Internal Server Error\r\n${brokenHeader}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
