/** Routes of documents. */
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { errorTable, SheafError } from '../../../shared/errors.ts';
import { limits } from '../../../shared/limits.ts';
import { checkKey } from '../../../shared/schema/key.ts';
import { getDocument } from '../../get-document.ts';
import { ingest, type IngestAnswer } from '../../ingest.ts';
import type { KeySource, Rejection } from '../../route/bulk-router.ts';
import type { WriteSource } from '../../route/write-jobs.ts';
import { readParameters, requireOneOf } from '../parameters.ts';
import { answers, documentParameters, indexParameter } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const refreshTimeoutMs = 30_000;
const bulkTypes = ['application/x-ndjson', 'application/ndjson', 'application/json', 'text/plain'];

const token = Type.Union([Type.String(), Type.Null()], {
  description: 'Pass it to a search that must see these writes. null when nothing was accepted.',
});
const refreshed = Type.Optional(
  Type.Boolean({ description: 'With refresh=wait: whether every ready replica has the writes searchable.' }),
);
const refresh = Type.Optional(
  Type.String({ enum: ['wait'], description: 'wait: answer when the writes can be searched.' }),
);
const writeAnswer = Type.Object({ _index: Type.String(), _id: Type.String(), result: Type.String(), token, refreshed });

const bulkAnswer = Type.Object({
  accepted: Type.Integer({ description: 'Puts and deletes that are durable.' }),
  rejected: Type.Object({
    count: Type.Integer(),
    listed: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'Line of NDJSON, or element of the array, from 1.' }),
        code: Type.String(),
        message: Type.String(),
        at: Type.String({ description: 'JSON pointer into the document.' }),
        detail: Type.Record(Type.String(), Type.Unknown()),
      }),
      { description: `The first ${limits.rejectedListedMax}.` },
    ),
  }),
  token,
  refreshed,
});

export function registerDocumentRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog, config } = services;
  const tags = ['documents'];
  // Bodies stay streams here: the parse worker reads them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));

  const run = async (
    index: IndexDefinition,
    key: KeySource,
    source: WriteSource,
    wait: boolean,
  ): Promise<IngestAnswer> => {
    const request = {
      index,
      catalog: catalog.state,
      key,
      source,
      refreshTimeoutMs: wait ? refreshTimeoutMs : undefined,
    };
    const answer = await ingest(services, request);
    services.metrics.documentsAccepted.inc(answer.accepted);
    for (const { code } of answer.rejections) services.metrics.documentsRejected.inc({ code });
    return answer;
  };

  app.post('/v1/indexes/:index/documents', {
    bodyLimit: config.bulkBytesMax,
    schema: {
      tags,
      summary: 'Put and delete many documents',
      description:
        'NDJSON (one document a line) or one JSON array, streamed; content-encoding gzip is read too. A document whose key exists replaces it; a line {"_delete": KEY} deletes. A line that is wrong is rejected and no other.',
      consumes: bulkTypes,
      params: indexParameter,
      querystring: Type.Object({
        key: Type.Optional(Type.String({ description: 'Field that holds the key; without it keys are generated.' })),
        refresh,
      }),
      response: answers({ 200: bulkAnswer }),
    },
    handler: async (request, reply) => {
      const { key, refresh: wait } = readParameters(request.query, ['key', 'refresh']);
      if (wait !== undefined) requireOneOf('refresh', wait, ['wait']);
      const index = await catalog.find((request.params as { index: string }).index);
      const source: KeySource = key === undefined ? { kind: 'generated' } : { kind: 'field', field: key };
      const body = readBody(request, config.bulkBytesMax);
      const answer = await run(index, source, { kind: 'body', body }, wait !== undefined);
      if (answer.fault !== null) throw faultOf(answer.fault, answer);
      return reply.send(showBulk(answer));
    },
  });

  app.put('/v1/indexes/:index/documents/:key', {
    bodyLimit: limits.documentBytesMax,
    schema: {
      tags,
      summary: 'Put one document',
      consumes: ['application/json'],
      params: documentParameters,
      querystring: Type.Object({ refresh }),
      response: answers({ 200: writeAnswer }),
    },
    handler: async (request, reply) => {
      const { name, key, wait } = readTarget(request);
      const index = await catalog.find(name);
      const body = wrapAsArray(readBody(request, limits.documentBytesMax));
      const answer = await run(index, { kind: 'given', key }, { kind: 'body', body }, wait);
      return replyToWrite(reply, 'put', { name, key, answer });
    },
  });

  app.delete('/v1/indexes/:index/documents/:key', {
    schema: {
      tags,
      summary: 'Delete one document',
      description: 'Acknowledged whether or not the document exists.',
      params: documentParameters,
      querystring: Type.Object({ refresh }),
      response: answers({ 200: writeAnswer }),
    },
    handler: async (request, reply) => {
      const { name, key, wait } = readTarget(request);
      const index = await catalog.find(name);
      const answer = await run(index, { kind: 'given', key }, { kind: 'delete', key }, wait);
      return replyToWrite(reply, 'delete', { name, key, answer });
    },
  });

  app.get('/v1/indexes/:index/documents/:key', {
    schema: {
      tags,
      summary: 'One document by key',
      description:
        'Sees every write acknowledged before it. With realtime=false it asks a replica as it is, which works while the log is down.',
      params: documentParameters,
      querystring: Type.Object({ realtime: Type.Optional(Type.String({ enum: ['true', 'false'], default: 'true' })) }),
      response: answers({
        200: Type.Object({ _index: Type.String(), _id: Type.String(), found: Type.Boolean(), _source: Type.Unknown() }),
      }),
    },
    handler: async (request, reply) => {
      const { index: name, key } = request.params as { index: string; key: string };
      const { realtime = 'true' } = readParameters(request.query, ['realtime']);
      requireOneOf('realtime', realtime, ['true', 'false']);
      requireKey(key);
      const index = await catalog.find(name);
      const source = await getDocument(services, {
        index,
        key,
        realtime: realtime === 'true',
        timeoutMs: config.timeoutMs,
      });
      const head = `{"_index":${JSON.stringify(name)},"_id":${JSON.stringify(key)},"found":true,"_source":`;
      reply.header('content-type', 'application/json; charset=utf-8');
      return reply.send(Buffer.concat([Buffer.from(head), source, Buffer.from('}')]));
    },
  });
}

function requireKey(key: string): void {
  const fault = checkKey(key);
  if (fault !== null) throw new SheafError(fault.code, fault);
}

function readTarget(request: FastifyRequest): { name: string; key: string; wait: boolean } {
  const { index, key } = request.params as { index: string; key: string };
  const { refresh: wait } = readParameters(request.query, ['refresh']);
  if (wait !== undefined) requireOneOf('refresh', wait, ['wait']);
  requireKey(key);
  return { name: index, key, wait: wait !== undefined };
}

/** The body's bytes, unzipped if they are gzip. @throws SheafError BODY_TOO_LARGE while reading, BODY_MISSING */
async function* readBody(request: FastifyRequest, limitBytes: number): AsyncIterable<Buffer> {
  const raw = request.body as Readable | undefined;
  if (raw === undefined || raw === null) throw new SheafError('BODY_MISSING');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new SheafError('MEDIA_TYPE_UNSUPPORTED', {
      at: 'content-encoding',
      detail: { allowed: ['identity', 'gzip'] },
    });
  }
  const body = encoding === 'gzip' ? raw.pipe(createGunzip()) : raw;
  if (body !== raw) raw.on('error', (error) => body.destroy(error));
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += (chunk as Buffer).length;
      if (sizeBytes > limitBytes) throw new SheafError('BODY_TOO_LARGE', { detail: { limitBytes } });
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof SheafError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('JSON_MALFORMED', { detail: { reason: `the body broke off: ${reason}` }, cause: error });
  }
}

/** One document as the only element of an array, so that line breaks inside it do not cut it. */
async function* wrapAsArray(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield Buffer.from('[');
  yield* body;
  yield Buffer.from(']');
}

function showRejection({ line, code, at, detail }: Rejection) {
  return { line, code, message: errorTable[code].message, at, detail };
}

function showBulk(answer: IngestAnswer) {
  const { accepted, rejected, rejections, token: given, refreshed: done } = answer;
  return {
    accepted,
    rejected: { count: rejected, listed: rejections.map(showRejection) },
    token: given,
    ...(done === null ? {} : { refreshed: done }),
  };
}

/** What ended a bulk early, with what was accepted before: that stays. */
function faultOf(fault: SheafError, answer: IngestAnswer): SheafError {
  const { accepted, rejected, token: given } = answer;
  const detail = { ...fault.detail, accepted, rejected, token: given };
  return new SheafError(fault.code, { ...(fault.at === undefined ? {} : { at: fault.at }), detail, cause: fault });
}

interface OneWrite {
  readonly name: string;
  readonly key: string;
  readonly answer: IngestAnswer;
}

function replyToWrite(reply: FastifyReply, result: 'put' | 'delete', { name, key, answer }: OneWrite): FastifyReply {
  if (answer.fault !== null) throw answer.fault;
  const [rejection] = answer.rejections;
  if (rejection !== undefined) throw new SheafError(rejection.code, rejection);
  if (answer.accepted === 0) throw new SheafError('BODY_MISSING');
  if (answer.accepted > 1) {
    throw new SheafError('JSON_MALFORMED', { detail: { reason: 'the body holds more than one document' } });
  }
  const { token: given, refreshed: done } = answer;
  return reply.send({ _index: name, _id: key, result, token: given, ...(done === null ? {} : { refreshed: done }) });
}
