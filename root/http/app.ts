/** The root's HTTP server, put together: parsers, documentation, errors, routes. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SheafError } from '../../shared/errors.ts';
import { answerClientError } from './client-errors.ts';
import { pathSegmentLengthMax, replyError } from './error-reply.ts';
import { acceptJsonBodies } from './json-body.ts';
import { noteRoutes } from './method-not-allowed.ts';
import { requireDecodable } from './parameters.ts';
import { registerAnalyzeRoute } from './routes/analyze.ts';
import { registerClusterRoutes } from './routes/cluster.ts';
import { registerCounterRoutes } from './routes/counters.ts';
import { registerDocumentRoutes } from './routes/documents.ts';
import { registerIndexRoutes } from './routes/indexes.ts';
import { registerRowsRoute } from './routes/rows.ts';
import { registerSearchRoutes } from './routes/search.ts';
import { securityHeaders } from './security-headers.ts';
import type { RootServices } from './services.ts';

/** The server, ready to listen. */
export async function createApp(services: RootServices): Promise<FastifyInstance> {
  const { config, metrics } = services;
  const app: FastifyInstance = fastify({
    bodyLimit: config.bodyBytesMax,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: pathSegmentLengthMax },
    frameworkErrors: (error, _request, reply) => replyError(error, reply, services),
    clientErrorHandler: answerClientError,
  });
  // Schemas describe the API; the parsers behind the routes check, coerce nothing and say where and why.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  acceptJsonBodies(app, config.bodyBytesMax);
  const methodsOf = noteRoutes(app);

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sheaf',
        version: '0.1.0',
        description: 'Scatter/gather search and aggregation that says how complete every answer is.',
      },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());

  app.setErrorHandler((error: FastifyError, _request, reply) => replyError(error, reply, services));
  // Hooks that take a callback: every request passes through them, and a promise each was measured to cost more than they do.
  const headers = securityHeaders();
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    // Here and not in the handler: a path that is not there has no content types to read a body by.
    if (request.is404) refuseRoute(request, reply, methodsOf);
    requireDecodable(request.url);
    done();
  });
  // Makes fastify run the hooks for paths that are not there.
  app.setNotFoundHandler((request, reply) => refuseRoute(request, reply, methodsOf));
  // Whoever is answered so opens its next connection elsewhere.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (services.isLeaving()) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requestSeconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });

  registerIndexRoutes(app, services);
  registerAnalyzeRoute(app, services);
  registerSearchRoutes(app, services);
  registerClusterRoutes(app, services);
  registerRowsRoute(app, services);
  await app.register(async (scope) => registerDocumentRoutes(scope, services));
  await app.register(async (scope) => registerCounterRoutes(scope, services));
  return app;
}

/** @throws SheafError METHOD_NOT_ALLOWED with the header `allow`, ROUTE_UNKNOWN */
function refuseRoute(request: FastifyRequest, reply: FastifyReply, methodsOf: (path: string) => string[]): never {
  const { method, url } = request;
  const path = url.split('?', 1)[0]!;
  const allowed = methodsOf(path);
  if (allowed.length === 0) throw new SheafError('ROUTE_UNKNOWN', { detail: { method, path } });
  reply.header('allow', allowed.join(', '));
  throw new SheafError('METHOD_NOT_ALLOWED', { detail: { method, allowed } });
}
