/** The routes of a root for those who operate it. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../shared/errors.ts';
import { addProbeRoutes } from '../../shared/http/probe-routes.ts';
import { answers } from './schemas.ts';
import type { RootServices } from './services.ts';

const ok = Type.Object({ status: Type.String({ enum: ['ok'] }) });
const tags = ['cluster'];
const schemas = {
  live: { tags, summary: 'Whether the process runs', response: answers({ 200: ok }) },
  ready: { tags, summary: 'Whether this root takes requests', response: answers({ 200: ok }) },
  metrics: { tags, summary: 'Metrics for Prometheus', produces: ['text/plain'], response: { 200: Type.String() } },
};

export function registerProbes(app: FastifyInstance, { isReady, logProblem, membership, metrics }: RootServices): void {
  const ready = () => {
    if (isReady()) return { status: 'ok' };
    const problems = [logProblem(), ...membership.statuses().map(({ problem }) => problem)];
    const wrong = problems.find((problem) => problem?.code === 'SECRET_WRONG');
    if (wrong) throw new SheafError('SECRET_WRONG', { detail: wrong.detail ?? {} });
    throw new SheafError('NOT_READY', { detail: { waitingFor: 'the catalog and the leaves' } });
  };
  addProbeRoutes(app, { live: 'ok', ready, registry: metrics.registry, schemas });
}
