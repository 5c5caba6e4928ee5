/** What is asked of every process by those who operate it: whether it lives, whether it is ready, and its metrics. */
import type { Registry } from '@prometheus-io/client';
import type { FastifyInstance, FastifySchema } from 'fastify';

/** Open to everybody, whoever else has to prove who they are. */
export const probePaths: readonly string[] = ['/v1/health/live', '/v1/health/ready', '/metrics'];

export interface Probes {
  /** The status of a process that lives, in a word. */
  readonly live: string;
  /** Told of a process that takes requests. @throws SheafError NOT_READY of one that does not */
  readonly ready: () => Readonly<Record<string, unknown>>;
  readonly registry: Registry;
  /** How the routes are described, where they are. */
  readonly schemas?: Readonly<Record<'live' | 'ready' | 'metrics', FastifySchema>>;
}

export function addProbeRoutes(app: FastifyInstance, { live, ready, registry, schemas }: Probes): void {
  app.get('/v1/health/live', { schema: schemas?.live ?? {} }, async () => ({ status: live }));
  app.get('/v1/health/ready', { schema: schemas?.ready ?? {} }, async () => ready());
  app.get('/metrics', { schema: schemas?.metrics ?? {} }, async (_request, reply) => {
    reply.header('content-type', registry.contentType);
    return await reply.send(await registry.metrics());
  });
}
