/** Routes of indexes. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { findIndex, type IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { limits } from '../../../shared/limits.ts';
import { indexKinds, servedKinds } from '../../../shared/index-kinds/index-kinds.ts';
import { checkIndexName } from '../../../shared/schema/index-name.ts';
import { parseIndexBody } from '../../../shared/schema/parse.ts';
import { defineIndex, deleteIndex, waitUntilReady } from '../../catalog/define-index.ts';
import { behindOf } from '../../freshness/index-lag.ts';
import { countDocuments } from '../count-documents.ts';
import { named, newIndexes, newIndexNames } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { answers, indexAnswer, indexParameter, anySchema } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['indexes'];
const readyTimeoutMs = 30_000;

const indexBody = Type.Object(
  {
    kind: Type.Optional(Type.String({ enum: [...servedKinds], default: 'document' })),
    shards: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.shardsMax, default: 16 })),
    replicas: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.replicasMax,
        description: 'Left out: what the root was told, and 1 where nothing.',
      }),
    ),
    routing: Type.Optional(
      Type.String({
        enum: ['optional', 'required'],
        default: 'optional',
        description: 'required: documents are written, read and deleted with ?routing= only.',
      }),
    ),
    schema: anySchema,
  },
  named(newIndexes),
);

export function registerIndexRoutes(app: FastifyInstance, services: RootServices): void {
  registerPut(app, services);
  registerGet(app, services);
  registerDelete(app, services);
  registerList(app, services);
}

function registerPut(app: FastifyInstance, services: RootServices): void {
  app.put('/v1/indexes/:index', {
    schema: {
      tags,
      summary: 'Create an index, add fields to it, or change how many replicas it has',
      description:
        'Answers when the replicas of the index are ready, as many as there are leaves for. The same PUT again changes nothing; fields that are new are added, replicas come and go with `replicas`; anything else that differs is refused with 409.',
      params: indexParameter(newIndexNames),
      body: indexBody,
      response: answers({ 200: indexAnswer, 201: indexAnswer }),
    },
    handler: async (request, reply) => {
      const name = nameOf(request.params);
      readParameters(request.query, []);
      const { definition, outcome } = await defineIndex(
        services.catalog,
        name,
        parseIndexBody(request.body, services.config),
        services.userTime(),
      );
      await waitUntilReady(services, definition, readyTimeoutMs);
      return reply.code(outcome === 'created' ? 201 : 200).send(show(services, definition));
    },
  });
}

function registerGet(app: FastifyInstance, services: RootServices): void {
  app.get('/v1/indexes/:index', {
    schema: {
      tags,
      summary: 'Definition of an index',
      params: indexParameter('books'),
      response: answers({ 200: indexAnswer }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      return show(services, await services.catalog.find(nameOf(request.params)));
    },
  });
}

function registerDelete(app: FastifyInstance, services: RootServices): void {
  app.delete('/v1/indexes/:index', {
    schema: {
      tags,
      summary: 'Delete an index and its documents',
      params: indexParameter('books'),
      response: answers({ 200: Type.Object({ acknowledged: Type.Boolean() }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await deleteIndex(services.catalog, nameOf(request.params));
      return { acknowledged: true };
    },
  });
}

function registerList(app: FastifyInstance, services: RootServices): void {
  app.get('/v1/indexes', {
    schema: {
      tags,
      summary: 'All indexes',
      response: answers({ 200: Type.Object({ indexes: Type.Array(indexAnswer) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const state = await services.catalog.knownState();
      const names = [...state.indexes.keys()].sort();
      return { indexes: names.map((name) => show(services, findIndex(state, name)!)) };
    },
  });
}

function nameOf(params: unknown): string {
  const { index } = params as { index: string };
  checkIndexName(index);
  return index;
}

function show(services: RootServices, index: IndexDefinition) {
  const { name, id, kind, shards, replicas, createdAtMs } = index;
  const schema = indexKinds[kind].shownSchema(index);
  const documents = countDocuments(services.membership, index);
  const routing = index.routing === undefined ? {} : { routing: index.routing };
  const createdAt = createdAtMs === undefined ? null : new Date(createdAtMs).toISOString();
  const behind = behindOf(services, index);
  return { name, id, kind, shards, replicas, ...routing, createdAt, schema, ...showRestored(index), documents, behind };
}

function showRestored({ restored }: IndexDefinition) {
  if (restored === undefined) return {};
  const { id, offsets: shards, base } = restored;
  return { restored: { id, shards, base } };
}
