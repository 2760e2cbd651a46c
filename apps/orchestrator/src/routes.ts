import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventStreams } from './event-stream.ts';
import { openapi } from './openapi.ts';
import type { Watch } from './watch.ts';
import type { WatchedEnvironment } from './watched-environment.ts';

/** One readable thing: served at `path`, described in `/openapi.json`. */
export interface Route {
  path: string;
  summary: string;
  contentType: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8';
  query?: Readonly<Record<string, { type: 'integer'; minimum: number; description: string }>>;
  read(request: FastifyRequest): Promise<unknown>;
}

const json = 'application/json' as const;

export function createRoutes(environment: WatchedEnvironment, watch: Watch): readonly Route[] {
  return [
    { path: '/api/status', contentType: json, summary: 'Everything about the environment, as last seen (StatusReport)', read: () => watch.latest() },
    { path: '/api/instances', contentType: json, summary: 'Its processes with health and counters (InstanceStatus[])', read: async () => (await watch.latest()).instances },
    { path: '/api/deployments', contentType: json, summary: 'Deployments, newest first (DeploymentStatus[])', read: async () => (await watch.latest()).deployments },
    { path: '/api/snapshots', contentType: json, summary: 'Snapshots in the store, newest first (SnapshotStatus[])', read: async () => (await watch.latest()).snapshots },
    { path: '/api/rates', contentType: json, summary: 'Messages per second of every instance over the last minutes (RatePoint[])', read: async () => environment.rates() },
    { path: '/api/sizes', contentType: json, summary: 'Bytes of each role and module of the release that runs, and of the one before (ReleaseSizes, or null)', read: async () => (await environment.bundleSizes()) ?? 'null' },
    {
      path: '/api/timeline',
      contentType: json,
      summary: 'What happened, oldest first (TimelineEvent[])',
      query: {
        after: { type: 'integer', minimum: 0, description: 'Only events with a greater id' },
        limit: { type: 'integer', minimum: 1, description: 'The newest so many, 500 unless told' },
      },
      read: async ({ query }) => environment.events.list(query as { after?: number; limit?: number }),
    },
    { path: '/metrics', contentType: 'text/plain; version=0.0.4; charset=utf-8', summary: 'Prometheus text', read: () => environment.prometheusText() },
  ];
}

export function serveRoutes(server: FastifyInstance, routes: readonly Route[], streams: EventStreams): void {
  for (const { path, contentType, query = {}, read } of routes) {
    const schema = { querystring: { type: 'object', additionalProperties: false, properties: query } };
    server.get(path, { schema }, async (request, reply) => reply.type(contentType).send(await read(request)));
  }
  server.get('/api/events', (request, reply) => {
    const resumeFrom = Number(request.headers['last-event-id'] ?? NaN);
    reply.hijack();
    streams.open(reply.raw, Number.isSafeInteger(resumeFrom) ? resumeFrom : undefined);
  });
  server.get('/openapi.json', async () => openapi(routes, '1'));
}
