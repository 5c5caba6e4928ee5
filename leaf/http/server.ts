/** The HTTP side of a leaf: health, metrics and tasks for plain clients. Framed connections share its port. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Registry } from '@prometheus-io/client';
import { asSheafError, SheafError, type ErrorBody } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { Cancelled } from '../schedule/run-job.ts';
import type { TaskDesk } from '../tasks/task-desk.ts';
import { addFileRoutes, type FileRoutes } from './file-routes.ts';
import { requestFault } from './request-fault.ts';
import { inlineSources } from './inline-sources.ts';

export interface LeafHttpOptions {
  readonly telemetry: Telemetry;
  readonly registry: Registry;
  readonly desk: Pick<TaskDesk, 'answer'>;
  readonly health: () => Health;
  readonly files: FileRoutes;
}

export interface Health {
  /** True while the leaf can answer for every shard it should have, and is not about to end. */
  readonly isReady: boolean;
  /** What is out of the ordinary. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A fastify instance, not yet listening. */
export function leafHttp({ telemetry, registry, desk, health, files }: LeafHttpOptions): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = telemetry;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    bodyLimit: limits.frameBytesMax,
  });
  app.get('/v1/health/live', async () => ({ status: 'live' }));
  app.get('/v1/health/ready', async (_request, reply) => {
    const { isReady, detail } = health();
    return isReady ? { status: 'ready', ...detail } : sendError(reply, new SheafError('NOT_READY', { detail }));
  });
  app.get('/metrics', async (_request, reply) => {
    return await reply.type(registry.contentType).send(await registry.metrics());
  });
  app.post('/v1/tasks', async (request, reply) => {
    if (request.body === undefined) return sendError(reply, new SheafError('BODY_MISSING'));
    const controller = new AbortController();
    reply.raw.once('close', () => controller.abort());
    return inlineSources(await desk.answer(request.body, controller.signal));
  });
  addFileRoutes(app, files);
  app.setNotFoundHandler(async ({ method, url }, reply) =>
    sendError(reply, new SheafError('ROUTE_UNKNOWN', { detail: { method, url } })),
  );
  app.setErrorHandler(async (error, request, reply) => {
    // Nobody is there to read an answer.
    if (error instanceof Cancelled) return reply.hijack();
    const fault = requestFault(error) ?? asSheafError(error);
    if (fault.code === 'INTERNAL') telemetry.error({ err: error, url: request.url }, 'a request failed');
    return sendError(reply, fault);
  });
  return app;
}

function sendError(reply: FastifyReply, error: SheafError): { readonly error: ErrorBody; readonly status: number } {
  reply.code(error.status);
  return { error: error.toBody(), status: error.status };
}
