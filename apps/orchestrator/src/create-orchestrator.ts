import fastifyStatic from '@fastify/static';
import { Fault, silentLogger, systemClock, type Clock, type Logger } from '@beamline/core';
import { buildDashboard } from '@beamline/dashboard';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { assertSafeToBind, refusalOf } from './access.ts';
import { createEventStreams } from './event-stream.ts';
import { explainErrors } from './explain-errors.ts';
import { answerWithCodes } from './problem.ts';
import { createRoutes, serveRoutes } from './routes.ts';
import { createWatch } from './watch.ts';
import type { WatchedEnvironment } from './watched-environment.ts';

export interface OrchestratorOptions {
  environment: WatchedEnvironment;
  /** 0 takes a free one. @default 7700 */
  port?: number;
  /** Another address than loopback needs a token. @default '127.0.0.1' */
  host?: string;
  /** Bearer token that everything but the page itself asks for. @default none */
  token?: string;
  /** How often the environment is looked at. @default 1000 */
  intervalMs?: number;
  /** Folder of the built page; `false` serves the API alone. @default built from `@beamline/dashboard` when it changed */
  dashboard?: string | false;
  clock?: Clock;
  logger?: Logger;
}

export interface Orchestrator {
  /** Where people open the dashboard. */
  url: string;
  /** Ends open streams, finishes open requests, stops looking. */
  close(): Promise<void>;
}

/**
 * Serves one environment over HTTP: API, server-sent events, Prometheus text, the dashboard.
 * @throws Fault `orchestrator/token-required`, `orchestrator/port-taken`
 */
export async function createOrchestrator({
  environment, port = 7700, host = '127.0.0.1', token, intervalMs = 1_000, dashboard, clock = systemClock, logger = silentLogger,
}: OrchestratorOptions): Promise<Orchestrator> {
  assertSafeToBind(host, token);
  const page = dashboard ?? (await buildDashboard());
  const server = fastify({ forceCloseConnections: true, ajv: { customOptions: { removeAdditional: false } } });
  const watch = createWatch({ environment, clock, intervalMs });
  const streams = createEventStreams(environment, watch, clock);
  const endExplaining = explainErrors(environment, watch, logger);

  answerWithCodes(server, logger);
  server.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
  server.addHook('preClose', async () => streams.close());
  server.addHook('onClose', async () => {
    await endExplaining();
    await watch.close();
  });

  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const refusal = refusalOf(request.headers, token);
    if (refusal === undefined) return undefined;
    const { status, ...problem } = refusal;
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(status).send(problem);
  };
  await server.register(async (api) => {
    api.addHook('onRequest', guard);
    serveRoutes(api, createRoutes(environment, watch), streams);
  });
  if (page !== false) {
    await server.register(async (site) => {
      // The page holds no secrets and must load before it can ask for the token.
      if (token === undefined) site.addHook('onRequest', guard);
      await site.register(fastifyStatic, { root: page, index: 'index.html' });
    });
  }

  const url = await listen(server, host, port);
  logger.info('serving', { url });
  return { url, close: () => server.close() };
}

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new Fault('orchestrator/port-taken', `port ${port} on ${host} is in use`, {
      hint: 'Another orchestrator may be running. Close it, or choose another port: beamline serve --port 7701', cause,
    });
  }
}
