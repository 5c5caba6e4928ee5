/** Routes of snapshots: states of all indexes that are kept in object storage. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../../shared/errors.ts';
import { documentsOfShards } from '../../../shared/snapshots/count-documents.ts';
import { limits } from '../../../shared/limits.ts';
import type { KeptSnapshot } from '../../../shared/snapshots/kept-snapshot.ts';
import { keptStates, type KeptRow } from '../../../shared/snapshots/kept-table.ts';
import { checkSnapshotName, type SnapshotDesk } from '../../snapshots/snapshot-desk.ts';
import { newSnapshot } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['snapshots'];

const nameDescription = `1 to ${limits.snapshotNameLengthMax} of a-z, 0-9, - and _, the first a letter or digit.`;
const body = Type.Object(
  {
    name: Type.String({ description: nameDescription }),
    timeout: Type.Optional(
      Type.Union([Type.String(), Type.Integer()], {
        description:
          'Within which every shard has to be in object storage up to where it was when this was asked: 90s, 10m, or milliseconds.',
        default: '10m',
      }),
    ),
  },
  { examples: [newSnapshot] },
);

const rowProperties = {
  name: Type.String(),
  state: Type.String({
    enum: [...keptStates],
    description: 'Only one that is `whole` can be used. One that has failed can be made again under the same name.',
  }),
  createdAt: Type.String(),
  shards: Type.Object(
    { all: Type.Integer(), kept: Type.Integer() },
    { description: 'How many it has, or is to have, and how many of them are kept.' },
  ),
  documents: Type.Integer({ description: 'Of all its indexes, as far as their shards are kept.' }),
  bytes: Type.Integer({ description: 'Of the files that its shards name.' }),
  error: Type.Optional(Type.Unknown({ description: 'Why it failed.' })),
};
const row = Type.Object(rowProperties);
const whole = Type.Object({
  ...rowProperties,
  catalogOffset: Type.Optional(Type.Integer({ description: 'Up to where it has the catalog.' })),
  indexes: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        id: Type.String(),
        documents: Type.Integer(),
        offsets: Type.Array(Type.Integer(), {
          description: 'Of each shard the log offset up to which it is in the snapshot; -1 of one that had nothing.',
        }),
      }),
    ),
  ),
});
const nameParameter = Type.Object({ name: Type.String({ description: nameDescription, examples: ['before-change'] }) });

export function registerSnapshotRoutes(app: FastifyInstance, { snapshots }: RootServices): void {
  app.post('/v1/snapshots', {
    schema: {
      tags,
      summary: 'Keep the state of all indexes',
      description:
        'Answers at once; GET /v1/snapshots/{name} says how far it is. It has everything that was acknowledged before. See docs/snapshots.md.',
      body,
      response: answers({ 202: row }),
    },
    handler: async (request, reply) => {
      readParameters(request.query, []);
      return reply.code(202).send(show(await deskOf(snapshots).create(request.body)));
    },
  });

  app.get('/v1/snapshots', {
    schema: {
      tags,
      summary: 'All snapshots that are kept',
      response: answers({ 200: Type.Object({ snapshots: Type.Array(row) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      return { snapshots: (await deskOf(snapshots).list()).map(show) };
    },
  });

  app.get('/v1/snapshots/:name', {
    schema: {
      tags,
      summary: 'A snapshot: how far it is, or up to where it has each index',
      params: nameParameter,
      response: answers({ 200: whole }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const found = await deskOf(snapshots).find(nameOf(request.params));
      return { ...show(found.row), ...(found.snapshot === null ? {} : showWhole(found.snapshot)) };
    },
  });

  app.delete('/v1/snapshots/:name', {
    schema: {
      tags,
      summary: 'Let go of a snapshot',
      description:
        'One that is being made is ended. What only this snapshot named is deleted from object storage later.',
      params: nameParameter,
      response: answers({ 200: Type.Object({ acknowledged: Type.Boolean() }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await deskOf(snapshots).delete(nameOf(request.params));
      return { acknowledged: true };
    },
  });
}

function deskOf(desk: SnapshotDesk | null): SnapshotDesk {
  if (desk === null) throw new SheafError('SNAPSHOTS_NOT_KEPT');
  return desk;
}

function nameOf(params: unknown): string {
  const { name } = params as { name: string };
  checkSnapshotName(name, 'name');
  return name;
}

function show({ name, state, createdAtMs, shards, keptShards, documents, bytes, error }: KeptRow) {
  return {
    name,
    state,
    createdAt: new Date(createdAtMs).toISOString(),
    shards: { all: shards, kept: keptShards },
    documents,
    bytes,
    ...(error === undefined ? {} : { error }),
  };
}

function showWhole({ catalog, shards }: KeptSnapshot) {
  const byIndex = Map.groupBy(shards, ({ indexId }) => indexId);
  const indexes = Object.values(catalog.indexes).map(({ name, id, kind }) => {
    const ofIndex = (byIndex.get(id) ?? []).toSorted((a, b) => a.shard - b.shard);
    const documents = documentsOfShards(
      kind,
      ofIndex.map((each) => each.documents),
    );
    return { name, id, documents, offsets: ofIndex.map(({ offset }) => offset) };
  });
  return { catalogOffset: catalog.offset, indexes: indexes.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
