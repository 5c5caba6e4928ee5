import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { requireOperation } from '../../../kinds/root-kind.ts';
import { answers, documentParameters, idempotencyHeader } from '../../schemas.ts';
import { conditionIn } from '../../../route/read-of.ts';
import type { RootServices } from '../../services.ts';
import { ifMatchHeader, readDeletion, versionParameter } from './conditions.ts';
import { knownAgain } from './known-again.ts';
import { readRouting, readTarget, replyToWrite } from './one-document.ts';
import { runWrite } from './run-write.ts';
import { refreshParameter, resultParameter, routingParameter, writeAnswer } from './write-schemas.ts';

export function registerDelete(app: FastifyInstance, services: RootServices): void {
  app.delete('/v1/indexes/:index/documents/:key', {
    schema: {
      tags: ['documents'],
      summary: 'Delete one document',
      description:
        'Acknowledged whether or not the document exists, unless it has If-Match or asks for the result. With an Idempotency-Key it is recorded once.',
      params: documentParameters,
      headers: Type.Object({ ...ifMatchHeader, ...idempotencyHeader }),
      querystring: Type.Object({
        refresh: refreshParameter,
        result: resultParameter,
        version: versionParameter,
        routing: routingParameter,
      }),
      response: answers({ 200: writeAnswer }),
    },
    handler: async (request, reply) => {
      const { name, key, wait, tellsOutcomes, version, routing } = readTarget(request);
      const condition = readDeletion(request, version);
      const index = await services.catalog.findWritten(name);
      requireOperation(services.kinds, index, 'deleteDocument');
      const source = { kind: 'delete', key } as const;
      const about = ['delete', key, routing, condition, tellsOutcomes];
      const answer = await runWrite(services, {
        ...knownAgain(request, { index, name, catalog: services.catalog }, { source, about }),
        index,
        key: { kind: 'given', key, change: { condition: conditionIn(index, condition), patch: null } },
        wait,
        tellsOutcomes,
        ...readRouting(services, index, routing),
      });
      return replyToWrite(reply, 'delete', { index, key, condition, answer });
    },
  });
}
