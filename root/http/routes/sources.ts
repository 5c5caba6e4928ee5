/** Routes of sources: topics of Kafka whose messages become documents. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { sourceFacts } from '../../../shared/catalog/definition.ts';
import { limits } from '../../../shared/limits.ts';
import { checkIndexName } from '../../../shared/schema/index-name.ts';
import { sourceCounts } from '../../../shared/sources/source-entry.ts';
import {
  controlSource,
  replaySource,
  showOne,
  showSources,
  type SourceControl,
} from '../../sources/control-sources.ts';
import { deleteSource, putSource } from '../../sources/define-source.ts';
import { readSource } from '../../sources/read-source.ts';
import { sourceStates, type ShownSource } from '../../sources/show-source.ts';
import { newSource } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['sources'];

const topicDescription = '1 to 249 of a-z, A-Z, 0-9, ., _ and -; of a source it stays the same.';

const properties = {
  brokers: Type.Array(Type.String(), {
    minItems: 1,
    maxItems: limits.sourceBrokersMax,
    description: 'host:port of some brokers of the cluster. Every root connects to them, without TLS or credentials.',
  }),
  topic: Type.String({ description: topicDescription }),
  index: Type.String({ description: 'Name of the index, or of an alias that is written to; it may be created later.' }),
  key: Type.Optional(
    Type.Union([Type.String({ enum: ['message', 'place'] }), Type.Object({ field: Type.String() })], {
      default: 'place',
      description:
        'Under which key a message is written: its own, that of a field of its document, or one made of topic, partition and offset, so that each message is a document.',
    }),
  ),
  at: Type.Optional(
    Type.String({
      description: 'Dotted path to the object inside the value that is the document, such as payload.after.',
    }),
  ),
  add: Type.Optional(
    Type.Record(Type.String(), Type.String({ enum: [...sourceFacts] }), {
      description: 'Fields that each document gets, and what they have of its message.',
    }),
  ),
  from: Type.Optional(
    Type.String({
      enum: ['earliest', 'latest'],
      default: 'earliest',
      description: 'Whether a partition is begun with all it has, or with what comes once it is looked at.',
    }),
  ),
  deadLetters: Type.Optional(
    Type.String({
      description:
        'The topic of messages that are no documents, TOPIC.dead-letters where left out; made where it is not there.',
    }),
  ),
};

const sourceBody = Type.Object(
  { name: Type.Optional(Type.String({ description: 'That of the path, where it is said.' })), ...properties },
  { examples: [newSource] },
);

const nullable = <T extends ReturnType<typeof Type.Integer>>(type: T) => Type.Union([type, Type.Null()]);
const anyError = Type.Union([Type.Unknown(), Type.Null()]);
const root = Type.Union([Type.String(), Type.Null()], { description: 'Which root reads it.' });
const counts = Type.Object(Object.fromEntries(sourceCounts.map((name) => [name, Type.Integer()])), {
  description: 'Messages that became documents, deleted one, or are dead letters; offsets that Kafka had no more.',
});

const sourceAnswer = Type.Object({
  name: Type.String(),
  ...properties,
  state: Type.String({ enum: [...sourceStates], description: 'standing: it cannot go on, and error says why.' }),
  error: anyError,
  lag: nullable(Type.Integer({ description: 'Offsets that are not read yet; null where it is not known.' })),
  counts,
  partitions: Type.Array(
    Type.Object({
      partition: Type.Integer(),
      next: nullable(Type.Integer({ description: 'The offset that is read next; what is below is in the index.' })),
      latest: nullable(Type.Integer({ description: 'The offset that comes next in Kafka.' })),
      lag: nullable(Type.Integer()),
      counts,
      error: anyError,
      root,
    }),
  ),
  replay: Type.Union([
    Type.Object({ next: Type.Integer(), until: Type.Integer(), counts, error: anyError, root }),
    Type.Null(),
  ]),
});

const sourceParameter = Type.Object({
  source: Type.String({ description: '1 to 100 of a-z, 0-9, - and _.', examples: ['orders'] }),
});

/** What a caller may want of a source, by the last part of the path. */
const controls: readonly [
  path: string,
  act: (control: SourceControl, name: string) => Promise<ShownSource>,
  summary: string,
  description: string,
][] = [
  [
    'pause',
    (control, name) => controlSource(control, name, 'pause'),
    'Pause a source',
    'It stands still after the append that is under way, until it is resumed.',
  ],
  [
    'resume',
    (control, name) => controlSource(control, name, 'run'),
    'Resume a source',
    'It goes on where it was paused.',
  ],
  [
    'replay',
    replaySource,
    'Replay dead letters',
    'Each dead letter of now is written once more, by the schema and the rules of now. What is no document still is a dead letter again.',
  ],
];

export function registerSourceRoutes(app: FastifyInstance, { sources, catalog }: RootServices): void {
  app.put('/v1/sources/:source', {
    schema: {
      tags,
      summary: 'Set a source',
      description: 'Has the messages of a topic of Kafka written to an index, each once. See docs/sources.md.',
      params: sourceParameter,
      body: sourceBody,
      response: answers({ 200: sourceAnswer, 201: sourceAnswer }),
    },
    handler: async (request, reply) => {
      readParameters(request.query, []);
      const name = nameOf(request.params);
      const { isNew } = await putSource(catalog, readSource(name, request.body));
      return reply.code(isNew ? 201 : 200).send(await showOne(sources, name));
    },
  });

  app.get('/v1/sources', {
    schema: {
      tags,
      summary: 'All sources',
      description: 'With how far each has come, and how far its topic is ahead.',
      response: answers({ 200: Type.Object({ sources: Type.Array(sourceAnswer) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      return { sources: await showSources(sources) };
    },
  });

  app.get('/v1/sources/:source', {
    schema: { tags, summary: 'A source', params: sourceParameter, response: answers({ 200: sourceAnswer }) },
    handler: async (request) => {
      readParameters(request.query, []);
      return await showOne(sources, nameOf(request.params));
    },
  });

  app.delete('/v1/sources/:source', {
    schema: {
      tags,
      summary: 'Delete a source',
      description: 'What is in the index and in the topics stays. Created again, it begins anew.',
      params: sourceParameter,
      response: answers({ 200: Type.Object({ acknowledged: Type.Boolean() }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await deleteSource(catalog, nameOf(request.params));
      return { acknowledged: true };
    },
  });

  for (const [path, act, summary, description] of controls) {
    app.post(`/v1/sources/:source/${path}`, {
      schema: { tags, summary, description, params: sourceParameter, response: answers({ 200: sourceAnswer }) },
      handler: async (request) => {
        readParameters(request.query, []);
        return await act(sources, nameOf(request.params));
      },
    });
  }
}

function nameOf(params: unknown): string {
  const { source } = params as { source: string };
  checkIndexName(source, 'source');
  return source;
}
