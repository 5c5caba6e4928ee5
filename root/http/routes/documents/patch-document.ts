import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { limits } from '../../../../shared/limits.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';
import { answers, documentParameters, idempotencyHeader } from '../../schemas.ts';
import { conditionIn } from '../../../route/read-of.ts';
import type { RootServices } from '../../services.ts';
import { ifMatchHeader, readPatchCondition } from './conditions.ts';
import { knownAgain } from './known-again.ts';
import { readDocumentName, readRouting, replyToWrite } from './one-document.ts';
import { createParameter, openTarget, requireMaking } from './open-target.ts';
import { readBody } from './read-body.ts';
import { runWrite } from './run-write.ts';
import { mergePatchType, patchBody, refreshParameter, routingParameter, writeAnswer } from './write-schemas.ts';

const flag = (description: string, fallback: 'true' | 'false') =>
  Type.Optional(Type.String({ enum: ['true', 'false'], default: fallback, description }));

export function registerPatch(app: FastifyInstance, services: RootServices): void {
  app.patch('/v1/indexes/:index/documents/:key', {
    bodyLimit: limits.documentBytesMax,
    schema: {
      tags: ['documents'],
      summary: 'Change a part of one document',
      description:
        'The body is laid over the document: objects are merged, anything else is replaced. As application/merge-patch+json a null takes a member away (RFC 7396), else it is the value. Judged in the order of the log: two patches of different fields both hold. With an Idempotency-Key it is recorded once.',
      consumes: Object.keys(patchBody.content),
      params: documentParameters,
      body: patchBody,
      headers: Type.Object({ ...ifMatchHeader, ...idempotencyHeader }),
      querystring: Type.Object({
        upsert: flag('Where there is no document, the body is it.', 'false'),
        detectNoop: flag('A patch that changes nothing leaves sequence and version as they are.', 'true'),
        refresh: refreshParameter,
        routing: routingParameter,
        create: createParameter,
      }),
      response: answers({ 200: writeAnswer, 201: writeAnswer }),
    },
    handler: async (request, reply) => {
      const parameters = readParameters(request.query, ['upsert', 'detectNoop', 'refresh', 'routing', 'create']);
      const { upsert = 'false', detectNoop = 'true', refresh, create } = parameters;
      if (refresh !== undefined) requireOneOf('refresh', refresh, ['wait']);
      const isUpsert = requireOneOf('upsert', upsert, ['true', 'false']) === 'true';
      const detectsNoop = requireOneOf('detectNoop', detectNoop, ['true', 'false']) === 'true';
      const { name, key } = readDocumentName(request);
      const condition = readPatchCondition(request, isUpsert);
      const whole = readBody(request, limits.documentBytesMax);
      const check = (each: IndexDefinition): void => {
        readRouting(services, each, parameters.routing);
        requireMaking(name, condition, { upsert: isUpsert });
      };
      const target = { name, create, operation: 'changeDocument', check, isOneDocument: true } as const;
      const { index, body } = await openTarget(services, target, whole);
      const isMergePatch = request.headers['content-type']?.startsWith(mergePatchType) === true;
      const patch = { upsert: isUpsert, detectNoop: detectsNoop, nulls: isMergePatch ? 'removed' : 'kept' } as const;
      const source = { kind: 'body', body } as const;
      const about = ['patch', key, parameters.routing, condition, patch];
      const answer = await runWrite(services, {
        ...knownAgain(request, { index, name, catalog: services.catalog }, { source, about }),
        index,
        key: { kind: 'given', key, change: { condition: conditionIn(index, condition), patch } },
        wait: refresh !== undefined,
        ...readRouting(services, index, parameters.routing),
      });
      return replyToWrite(reply, 'put', { index, key, condition, answer });
    },
  });
}
