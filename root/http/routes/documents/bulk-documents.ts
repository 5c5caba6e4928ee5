import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { errorTable, SheafError } from '../../../../shared/errors.ts';
import { limits } from '../../../../shared/limits.ts';
import type { IngestAnswer } from '../../../ingest.ts';
import type { LineOutcome } from '../../../plan/ask-outcomes.ts';
import type { KeySource, Rejection } from '../../../route/bulk-router.ts';
import { requireOperation } from '../../../kinds/root-kind.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';
import { answers, idempotencyHeader, indexParameter } from '../../schemas.ts';
import type { RootServices } from '../../services.ts';
import { isKeyed } from '../../idempotency-key.ts';
import { knownAgain } from './known-again.ts';
import { readBulkRouting } from './one-document.ts';
import { createParameter, openTarget } from './open-target.ts';
import { readBody } from './read-body.ts';
import { runWrite } from './run-write.ts';
import {
  bulkAnswer,
  bulkBody,
  documentTypes,
  refreshParameter,
  resultParameter,
  routingParameter,
} from './write-schemas.ts';

const keyParameter = Type.Optional(
  Type.String({ description: 'Field that holds the key; without it keys are generated.', examples: ['id'] }),
);

const routingFieldParameter = Type.Optional(
  Type.String({
    description:
      'Field that decides the shard in place of the key, of lines without a _routing of their own; a document without it is rejected.',
  }),
);

export function registerBulk(app: FastifyInstance, services: RootServices): void {
  const { bulkBytesMax } = services.config;
  app.post('/v1/indexes/:index/documents', {
    bodyLimit: bulkBytesMax,
    schema: {
      tags: ['documents'],
      summary: 'Put and delete many documents',
      description:
        'NDJSON (one document a line) or one JSON array, streamed; content-encoding gzip is read too. A document whose key exists replaces it; a line {"_delete": KEY} deletes, and lines may create, put or patch under a condition. A line that is wrong is rejected and no other. The documents of a roll-up index are increments. With an Idempotency-Key the body is recorded once, in one piece.',
      consumes: documentTypes,
      params: indexParameter('books'),
      body: bulkBody,
      headers: Type.Object(idempotencyHeader),
      querystring: Type.Object({
        key: keyParameter,
        refresh: refreshParameter,
        result: resultParameter,
        routing: routingParameter,
        routingField: routingFieldParameter,
        create: createParameter,
      }),
      response: answers({ 200: bulkAnswer }),
    },
    handler: async (request, reply) => {
      const parameters = readParameters(request.query, [
        'key',
        'refresh',
        'result',
        'routing',
        'routingField',
        'create',
      ]);
      const { key: field, refresh, result, create } = parameters;
      if (result !== undefined) requireOneOf('result', result, ['wait']);
      if (refresh !== undefined) requireOneOf('refresh', refresh, ['wait']);
      const key = readKeySource(field);
      const routingField = readField('routingField', parameters.routingField);
      if (routingField !== undefined && parameters.routing !== undefined) {
        const detail = { expected: 'routing or routingField, not both', actual: routingField };
        throw new SheafError('PARAMETER_INVALID', { at: 'routingField', detail });
      }
      const { index: name } = request.params as { index: string };
      const bytesMax = isKeyed(request) ? Math.min(bulkBytesMax, limits.keyedBodyBytesMax) : bulkBytesMax;
      // What tells outcomes has keys.
      const operation = result !== undefined ? 'tellOutcomes' : field === undefined ? null : 'putKeyed';
      const { index, body } = await openTarget(services, { name, create, operation }, readBody(request, bytesMax));
      const routing = readBulkRouting(services, index, parameters.routing);
      if (routingField !== undefined) requireOperation(services.kinds, index, 'route');
      const source = { kind: 'body', body } as const;
      const about = [
        'documents',
        field,
        result,
        parameters.routing,
        ...(routingField === undefined ? [] : [routingField]),
      ];
      const known = knownAgain(request, { index, name }, { source, about });
      const tellsOutcomes = result !== undefined;
      const write = {
        ...known,
        index,
        key,
        wait: refresh !== undefined,
        tellsOutcomes,
        ...routing,
        ...(routingField === undefined ? {} : { routingField }),
      };
      return reply.send(show(await runWrite(services, write)));
    },
  });
}

/** @throws SheafError PARAMETER_INVALID */
function readKeySource(field: string | undefined): KeySource {
  const named = readField('key', field);
  return named === undefined ? { kind: 'generated' } : { kind: 'field', field: named };
}

/** @throws SheafError PARAMETER_INVALID */
function readField(at: string, field: string | undefined): string | undefined {
  const limit = limits.fieldPathLengthMax;
  if (field === undefined || (field !== '' && field.length <= limit)) return field;
  const expected = `the path of a field, 1 to ${limit} characters`;
  throw new SheafError('PARAMETER_INVALID', { at, detail: { expected, actual: `${field.length} characters` } });
}

function show({ accepted, rejected, rejections, outcomes, token, refreshed }: IngestAnswer) {
  return {
    accepted,
    rejected: { count: rejected, listed: rejections.map(showRejection) },
    ...(outcomes.length === 0 ? {} : { outcomes: outcomes.map(showOutcome) }),
    token,
    ...(refreshed === null ? {} : { refreshed }),
  };
}

function showOutcome({ line, key, outcome }: LineOutcome) {
  return { line, _id: key, ...(outcome ?? { result: 'uncertain' }) };
}

function showRejection({ line, code, at, detail }: Rejection) {
  return { line, code, message: errorTable[code].message, at, detail };
}
