import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { termOfIndex } from '../../../../shared/catalog/index-id.ts';
import { errorTable, SheafError } from '../../../../shared/errors.ts';
import { indexIdOf } from '../../../../shared/index-kinds/partitions.ts';
import { limits } from '../../../../shared/limits.ts';
import type { IngestAnswer } from '../../../ingest.ts';
import type { LineOutcome } from '../../../plan/ask-outcomes.ts';
import type { KeySource, Rejection } from '../../../route/bulk-router.ts';
import type { BodyProbe } from '../../../route/probe-body.ts';
import { requireOperation, type IndexOperation } from '../../../kinds/root-kind.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';
import { answers, idempotencyHeader, indexParameter } from '../../schemas.ts';
import type { RootServices } from '../../services.ts';
import { isKeyed } from '../../idempotency-key.ts';
import { requireUnconditional } from './conditions.ts';
import { knownAgain } from './known-again.ts';
import { readBulkRouting } from './one-document.ts';
import { changesNothing, createParameter, openTarget } from './open-target.ts';
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
      requireUnconditional(request);
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
      const operation: IndexOperation | null =
        result !== undefined ? 'tellOutcomes' : field === undefined ? null : 'putKeyed';
      const routingIn = (each: IndexDefinition): ReturnType<typeof readBulkRouting> => {
        if (routingField !== undefined) requireOperation(services.kinds, each, 'route');
        return readBulkRouting(services, each, parameters.routing);
      };
      const tellsOutcomes = result !== undefined;
      const byField = routingField === undefined ? {} : { routingField };
      const asked = { key, arrivedAtMs: services.timeOfDay(), isOneAppend: false, keySeed: null, tellsOutcomes };
      /** An index that would take nothing is not created. */
      const check = async (each: IndexDefinition, probe: BodyProbe): Promise<void> => {
        const entries = services.kinds[each.kind].entriesOf(each);
        const options = { ...asked, ...routingIn(each), ...byField };
        const taken = await probe.taken(each, entries, options);
        if (taken === 'nothing') throw new NothingTaken(probe.rejections);
        if (taken === 'noEffect') throw changesNothing(name);
      };
      const target = { name, create, operation, check };
      const opened = await openTarget(services, target, readBody(request, bytesMax)).catch(orNothingTaken);
      if (opened instanceof NothingTaken) return reply.send(showNothing(services, opened.rejections, refresh));
      const { index, body } = opened;
      const routing = routingIn(index);
      const source = { kind: 'body', body } as const;
      const about = [
        'documents',
        field,
        result,
        parameters.routing,
        ...(routingField === undefined ? [] : [routingField]),
      ];
      const known = knownAgain(request, { index, name, catalog: services.catalog }, { source, about });
      const write = {
        ...known,
        index,
        key,
        wait: refresh !== undefined,
        tellsOutcomes,
        ...routing,
        ...byField,
      };
      return reply.send(show(await runWrite(services, write)));
    },
  });
}

/** Each line of a body is wrong, and the index is not there that would say so. */
class NothingTaken extends Error {
  readonly rejections: readonly Rejection[];

  constructor(rejections: readonly Rejection[]) {
    super('nothing of the body is taken');
    this.rejections = rejections;
  }
}

function orNothingTaken(error: unknown): NothingTaken {
  if (error instanceof NothingTaken) return error;
  throw error;
}

/** As the index would have answered. */
function showNothing({ metrics }: RootServices, rejections: readonly Rejection[], refresh: string | undefined) {
  for (const { code } of rejections) metrics.documentsRejected.inc({ code });
  return show({
    accepted: 0,
    rejected: rejections.length,
    rejections: rejections.slice(0, limits.rejectedListedMax),
    outcomes: [],
    token: null,
    refreshed: refresh === undefined ? null : true,
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

type Shown = Pick<IngestAnswer, 'accepted' | 'rejected' | 'rejections' | 'outcomes' | 'token' | 'refreshed'>;

function show({ accepted, rejected, rejections, outcomes, token, refreshed }: Shown) {
  return {
    accepted,
    rejected: { count: rejected, listed: rejections.map(showRejection) },
    ...(outcomes.length === 0 ? {} : { outcomes: outcomes.map(showOutcome) }),
    token,
    ...(refreshed === null ? {} : { refreshed }),
  };
}

function showOutcome({ line, key, partition, outcome }: LineOutcome) {
  if (outcome === null) return { line, _id: key, result: 'uncertain' };
  return { line, _id: key, ...outcome, term: termOfIndex(indexIdOf(partition)) };
}

function showRejection({ line, code, at, detail }: Rejection) {
  return { line, code, message: errorTable[code].message, at, detail };
}
