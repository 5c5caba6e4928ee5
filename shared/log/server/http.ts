/** The HTTP side of the log: health and metrics. Framed connections share its port. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Registry } from '@prometheus-io/client';
import { errorTable, SheafError, type ErrorBody } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface HttpOptions {
  readonly telemetry: Telemetry;
  readonly registry: Registry;
  /** True once appends are taken. */
  readonly isReady: () => boolean;
}

/** A fastify instance, not yet listening. */
export function logHttp({ telemetry, registry, isReady }: HttpOptions): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = telemetry;
  // A line for each probe and scrape would bury the others.
  const logController = new LogController({ disableRequestLogging: true });
  const app = Fastify({ loggerInstance, logController, forceCloseConnections: true });
  app.get('/v1/health/live', async () => ({ status: 'live' }));
  app.get('/v1/health/ready', async (_request, reply) => {
    if (isReady()) return { status: 'ready' };
    reply.code(errorTable.NOT_READY.status);
    return answerOf(new SheafError('NOT_READY'));
  });
  app.get('/metrics', async (_request, reply) => {
    return await reply.type(registry.contentType).send(await registry.metrics());
  });
  app.setNotFoundHandler(async (request, reply) => {
    reply.code(errorTable.ROUTE_UNKNOWN.status);
    return answerOf(new SheafError('ROUTE_UNKNOWN', { detail: { method: request.method, url: request.url } }));
  });
  return app;
}

function answerOf(error: SheafError): { readonly error: ErrorBody; readonly status: number } {
  return { error: error.toBody(), status: error.status };
}
