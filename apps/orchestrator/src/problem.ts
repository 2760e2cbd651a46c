import { isFault, type Logger } from '@beamline/core';
import type { FastifyError, FastifyInstance } from 'fastify';

/** Every error leaves as `{ code, message, hint? }`. What is nobody's fault but ours says no more than that. */
export function answerWithCodes(server: FastifyInstance, logger: Logger): void {
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: 'orchestrator/not-found', message: `there is nothing at ${request.url}`, hint: 'GET /openapi.json lists what there is.' }));

  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.validation !== undefined) {
      return reply.code(400).send({ code: 'orchestrator/bad-request', message: error.message });
    }
    if (isFault(error)) {
      const { code, message, hint } = error;
      return reply.code(error.retryable ? 503 : 500).send({ code, message, ...(hint === undefined ? {} : { hint }) });
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(error.statusCode).send({ code: 'orchestrator/bad-request', message: error.message });
    }
    logger.error('request failed', { url: request.url, error: error.stack });
    return reply.code(500).send({ code: 'orchestrator/failed', message: 'the request failed; the log of the server says why' });
  });
}
