import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { limits } from '../../../../shared/limits.ts';
import { answers, documentParameters, idempotencyHeader } from '../../schemas.ts';
import { conditionIn } from '../../../route/read-of.ts';
import type { RootServices } from '../../services.ts';
import { ifMatchHeader, ifNoneMatchHeader, readVersioned, versionParameter } from './conditions.ts';
import { knownAgain } from './known-again.ts';
import { readRouting, readTarget, replyToWrite } from './one-document.ts';
import { createParameter, openTarget, requireMaking } from './open-target.ts';
import { readBody } from './read-body.ts';
import { runWrite } from './run-write.ts';
import {
  documentBody,
  documentTypes,
  refreshParameter,
  resultParameter,
  routingParameter,
  writeAnswer,
} from './write-schemas.ts';

export function registerPut(app: FastifyInstance, services: RootServices): void {
  app.put('/v1/indexes/:index/documents/:key', {
    bodyLimit: limits.documentBytesMax,
    schema: {
      tags: ['documents'],
      summary: 'Put one document',
      description:
        'The body is one JSON object and nothing else. With If-None-Match: * it is created, with If-Match replaced, only if the condition holds when its turn in the log comes. With an Idempotency-Key it is recorded once.',
      consumes: documentTypes,
      params: documentParameters,
      body: documentBody,
      headers: Type.Object({ ...ifMatchHeader, ...ifNoneMatchHeader, ...idempotencyHeader }),
      querystring: Type.Object({
        refresh: refreshParameter,
        result: resultParameter,
        version: versionParameter,
        routing: routingParameter,
        create: createParameter,
      }),
      response: answers({ 200: writeAnswer, 201: writeAnswer }),
    },
    handler: async (request, reply) => {
      const { name, key, wait, tellsOutcomes, version, routing, create } = readTarget(request, ['create']);
      const condition = readVersioned(request, version);
      const whole = readBody(request, limits.documentBytesMax);
      const check = (each: IndexDefinition): void => {
        readRouting(services, each, routing);
        requireMaking(name, condition, null);
      };
      const target = { name, create, operation: 'putDocument', check, isOneDocument: true } as const;
      const { index, body } = await openTarget(services, target, whole);
      const source = { kind: 'body', body } as const;
      const about = ['put', key, routing, condition, tellsOutcomes];
      const answer = await runWrite(services, {
        ...knownAgain(request, { index, name, catalog: services.catalog }, { source, about }),
        index,
        key: { kind: 'given', key, change: { condition: conditionIn(index, condition), patch: null } },
        wait,
        tellsOutcomes,
        ...readRouting(services, index, routing),
      });
      return replyToWrite(reply, 'put', { index, key, condition, answer });
    },
  });
}
