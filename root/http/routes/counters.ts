/** POST /v1/counters/{index}: the simplest way to count. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { SheafError } from '../../../shared/errors.ts';
import { rollupOf } from '../../../shared/index-kinds/rollup.ts';
import { requireEncoding } from '../../../shared/http/body-encoding.ts';
import { limits } from '../../../shared/limits.ts';
import { quoteAsWritten } from '../../../shared/json/written-number.ts';
import type { RequestAnswer } from '../../../shared/log/keyed-requests.ts';
import { formFields, readForm, type FormFields } from '../../../shared/rollup/counter-form.ts';
import { IncrementReader, type Increment } from '../../../shared/rollup/read-increment.ts';
import type { RollupSchema } from '../../../shared/rollup/rollup-schema.ts';
import { counterHint } from '../../kinds/refusals.ts';
import { requireOperation, type RootKinds } from '../../kinds/root-kind.ts';
import { encodeToken, highestOffsets } from '../../route/token.ts';
import { visit, visitForm } from '../examples.ts';
import { readIdempotencyKey, requestDigest } from '../idempotency-key.ts';
import { readJson } from '../json-body.ts';
import { readParameters } from '../parameters.ts';
import { answers, idempotencyHeader, indexParameter } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const formType = 'application/x-www-form-urlencoded';
const jsonType = 'application/json';
const answerType = 'application/json; charset=utf-8';

const counterAnswer = Type.Object({
  accepted: Type.Integer({ description: 'Increments that are durable.' }),
  token: Type.String({ description: 'Pass it to a search that must see them.' }),
});

const views = Type.Integer({ description: 'What is added to the counter of the name.' });
const increment = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A value for each dimension and metric of the index.',
  examples: [visit],
});
const counterBody = {
  content: {
    [jsonType]: { schema: Type.Union([increment, Type.Array(increment)], { examples: [visit] }) },
    [formType]: {
      schema: Type.Object(
        { home: Type.Optional(views), about: Type.Optional(views) },
        { additionalProperties: views, examples: [visitForm] },
      ),
    },
  },
};

/** What is needed to read the increments of an index, by its id: a roll-up's definition never changes. */
interface Counter {
  readonly reader: IncrementReader;
  readonly schema: RollupSchema;
  form: FormFields | null;
}

/** Definitions remembered; beyond it they are made anew. */
const countersMax = 1000;

/** @param scope of this route alone: its bodies are read whole, by its own parsers */
export function registerCounterRoutes(scope: FastifyInstance, services: RootServices): void {
  const counters = new Map<string, Counter>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([formType, jsonType], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const answerBody = counterAnswers();

  /** Without a promise of its own: of a small request those were measured to be a good part of the cost. */
  const count = (index: IndexDefinition, request: FastifyRequest, reply: FastifyReply): void => {
    const body = request.body as Buffer | undefined;
    if (body === undefined || body.length === 0) throw new SheafError('BODY_MISSING');
    requireEncoding(request.headers['content-encoding'], ['identity']);
    const type = isForm(request) ? formType : jsonType;
    const { index: name } = request.params as { index: string };
    const key = readIdempotencyKey(request, { index, name, catalog: services.catalog });
    const increments = readIncrements(counterOf(counters, index), type, body, services.timeOfDay());
    const identity = key === null ? null : { key, digest: requestDigest(`counters ${type}`, body) };
    services.incrementLane.add({
      index,
      increments,
      identity,
      onRecorded: (answer) => {
        services.metrics.documentsAccepted.inc(increments.length);
        reply.header('content-type', answerType).send(answerBody(increments.length, answer));
      },
      onRefused: (error) => void reply.send(error),
    });
  };

  scope.post('/v1/counters/:index', {
    bodyLimit: limits.counterBodyBytesMax,
    schema: {
      tags: ['documents'],
      summary: 'Add to counters of a roll-up index',
      description:
        'A form, `clicks=1&views=2`, for an index of one keyword dimension and one metric; or JSON: one increment or an array of them, such as `{"page": "home", "views": 1}`. All are taken or none. Answered when they are durable.',
      consumes: [formType, jsonType],
      params: indexParameter('visits'),
      body: counterBody,
      headers: Type.Object(idempotencyHeader),
      response: answers({ 200: counterAnswer }),
    },
    handler: (request, reply) => {
      readParameters(request.query, []);
      const { index: name } = request.params as { index: string };
      const index = services.catalog.findKnown(name);
      if (index !== undefined) return count(requireCounters(services.kinds, index), request, reply);
      return findCounters(services, name).then((found) => {
        count(found, request, reply);
        return reply;
      });
    },
  });
}

/** @throws SheafError INDEX_KIND_WRONG */
function requireCounters(kinds: RootKinds, index: IndexDefinition): IndexDefinition {
  requireOperation(kinds, index, 'count');
  return index;
}

/** @throws SheafError INDEX_NOT_FOUND with the way out, INDEX_KIND_WRONG */
async function findCounters({ catalog, kinds }: RootServices, name: string): Promise<IndexDefinition> {
  try {
    return requireCounters(kinds, await catalog.findOne(name));
  } catch (error) {
    if (!(error instanceof SheafError) || error.code !== 'INDEX_NOT_FOUND') throw error;
    throw new SheafError('INDEX_NOT_FOUND', { detail: { ...error.detail, hint: counterHint }, cause: error });
  }
}

/** Renders answers. All requests of one append have the same one, so the last token that was made is kept. */
function counterAnswers(): (accepted: number, answer: RequestAnswer) => string {
  let last: RequestAnswer | null = null;
  let token = '';
  return (accepted, answer) => {
    if (answer !== last) {
      const spans = answer.map(([partition, lastOffset]) => ({ partition, firstOffset: lastOffset, lastOffset }));
      token = encodeToken(highestOffsets(spans));
      last = answer;
    }
    return JSON.stringify({ accepted, token });
  };
}

function isForm(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith(formType) === true;
}

function counterOf(counters: Map<string, Counter>, index: IndexDefinition): Counter {
  const known = counters.get(index.id);
  if (known !== undefined) return known;
  if (counters.size >= countersMax) counters.clear();
  const schema = rollupOf(index);
  const counter = { reader: new IncrementReader(schema), schema, form: null };
  counters.set(index.id, counter);
  return counter;
}

/** @throws SheafError the fault of the first that cannot be taken */
function readIncrements(counter: Counter, type: string, body: Buffer, arrivedAtMs: number): Increment[] {
  const json = type === formType ? null : readJson(body);
  const documents = json === null ? readForm(body.toString(), formOf(counter)) : documentsOf(json);
  return documents.map((document, i) => {
    const read = counter.reader.read(document, arrivedAtMs);
    if ('row' in read) return read;
    const fault = json === null ? read : quoteAsWritten(read, body, Array.isArray(json) ? `/${i}${read.at}` : read.at);
    throw new SheafError(read.code, { ...fault, at: documents.length === 1 ? read.at : `/${i}${read.at}` });
  });
}

function formOf(counter: Counter): FormFields {
  return (counter.form ??= formFields(counter.schema));
}

function documentsOf(body: unknown): readonly unknown[] {
  const documents = Array.isArray(body) ? (body as unknown[]) : [body];
  if (documents.length === 0) throw new SheafError('BODY_MISSING');
  return documents;
}
