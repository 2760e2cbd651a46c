import type { Route } from './routes.ts';

/** OpenAPI 3.1 of the routes, from the same table that serves them. */
export function openapi(routes: readonly Route[], version: string): object {
  const security = [{ bearer: [] }, {}];
  const operation = ({ summary, contentType, query = {} }: Omit<Route, 'read' | 'path'> & { contentType: string }): object => ({
    get: {
      summary,
      security,
      parameters: Object.entries(query).map(([name, { description, ...schema }]) => ({ name, in: 'query', description, schema })),
      responses: {
        200: { description: summary, content: { [contentType]: {} } },
        401: { description: 'The token is missing or wrong', content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Beamline orchestrator', version },
    paths: {
      ...Object.fromEntries(routes.map((route) => [route.path, operation(route)])),
      '/api/events': operation({ summary: 'Server-sent events: timeline (resumable by Last-Event-ID) and status', contentType: 'text/event-stream' } as never),
    },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          required: ['code', 'message'],
          properties: { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
        },
      },
    },
  };
}
