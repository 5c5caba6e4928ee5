/** The root's HTTP server, put together: parsers, documentation, hooks, routes. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Authenticate } from '../../shared/http/authenticate.ts';
import { openServer, type Server } from '../../shared/http/server.ts';
import { limits } from '../../shared/limits.ts';
import { acceptJsonBodies } from './json-body.ts';
import { requireDecodable } from './parameters.ts';
import { registerProbes } from './probes.ts';
import { registerAliasRoutes } from './routes/aliases.ts';
import { registerAnalyzeRoute } from './routes/analyze.ts';
import { registerClusterRoutes } from './routes/cluster.ts';
import { registerCounterRoutes } from './routes/counters.ts';
import { registerDocumentRoutes } from './routes/documents.ts';
import { registerIndexRoutes } from './routes/indexes.ts';
import { registerJobRoutes } from './routes/jobs.ts';
import { registerRestoreRoutes } from './routes/restores.ts';
import { registerRolloverRoute } from './routes/rollover.ts';
import { registerRowsRoute } from './routes/rows.ts';
import { registerSearchRoutes } from './routes/search.ts';
import { registerSnapshotRoutes } from './routes/snapshots.ts';
import { registerSourceRoutes } from './routes/sources.ts';
import { registerTemplateRoutes } from './routes/templates.ts';
import { securityHeaders } from '../../shared/http/security-headers.ts';
import type { RootServices } from './services.ts';

/** Longest URL path segment read: a key of 512 bytes, percent-encoded, three characters each. */
const segmentLengthMax = 3 * limits.keyBytesMax + 64;
/** Seconds after which a refused request is worth repeating. */
const retryAfterSeconds = 1;

/** A policy without what makes a browser ask for the parts of a page over TLS, which is not spoken here. */
const servedPlain = (policy: string): string => policy.replace(/;? ?upgrade-insecure-requests;?/, '');

/** The server, ready to listen. */
export async function createApp(services: RootServices, authenticate: Authenticate | undefined): Promise<Server> {
  const { config, metrics, telemetry } = services;
  const server = openServer({
    telemetry,
    door: { ...config, pages: ['/docs', '/openapi.json'] },
    authenticate,
    bodyBytesMax: config.bodyBytesMax,
    segmentLengthMax,
    headers: securityHeaders(),
    retryAfterSeconds,
    tellsMethods: true,
    closes: 'idle',
  });
  const { app } = server;
  // Schemas describe the API; the parsers behind the routes check, coerce nothing and say where and why.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  acceptJsonBodies(app, config.bodyBytesMax);

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
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, transformStaticCSP: servedPlain });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());

  // Hooks that take a callback: every request passes through them, and a promise each was measured to cost more than they do.
  app.addHook('onRequest', (request, _reply, done) => {
    requireDecodable(request.url);
    done();
  });
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
  registerAliasRoutes(app, services);
  registerRolloverRoute(app, services);
  registerTemplateRoutes(app, services);
  registerAnalyzeRoute(app, services);
  registerSearchRoutes(app, services);
  registerJobRoutes(app, services);
  registerRestoreRoutes(app, services);
  registerSnapshotRoutes(app, services);
  registerSourceRoutes(app, services);
  registerClusterRoutes(app, services);
  registerProbes(app, services);
  registerRowsRoute(app, services);
  await app.register(async (scope) => {
    scope.addHook('onRequest', (request, _reply, done) => {
      server.stream(request.raw);
      done();
    });
    registerDocumentRoutes(scope, services);
  });
  await app.register(async (scope) => registerCounterRoutes(scope, services));
  return server;
}
