/** Routes of restoring: what object storage has of a cluster that is lost, or of another one, or of snapshots that are kept. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { errorTable, SheafError } from '../../../shared/errors.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { arrayOf, integerWithin, readBoolean, readString } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { RequestNode } from '../../../shared/json/request-node.ts';
import { servedKinds } from '../../../shared/index-kinds/index-kinds.ts';
import {
  listRestorable,
  restoreIndex,
  restoreTemplate,
  unevenOf,
  type RestoreAsk,
  type StoredIndex,
} from '../../restore/restore-index.ts';
import { newRestore } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['snapshots'];

const at = Type.Optional(
  Type.String({ description: 'Name of a snapshot that is kept; what was stored last where it is left out.' }),
);

const body = Type.Object(
  {
    index: Type.Optional(Type.String({ description: 'Name of the index, as object storage has it.' })),
    as: Type.Optional(Type.String({ description: 'The name it gets here; its own where it is left out.' })),
    aliases: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether it comes into its aliases, where it keeps its name.' }),
    ),
    template: Type.Optional(Type.String({ description: 'In place of an index: the template that is put.' })),
    without: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'Shards that come back empty, because what object storage has of them cannot be restored.',
      }),
    ),
    at,
  },
  { examples: [newRestore] },
);

const stored = {
  kind: Type.String({ enum: [...servedKinds] }),
  shards: Type.Array(Type.Integer(), {
    description:
      'Of each shard the log offset up to which it is stored; -1 where nothing of it is, or what is cannot be restored.',
  }),
  faults: Type.Array(
    Type.Object({ shard: Type.Integer(), code: Type.String(), reason: Type.String(), fix: Type.String() }),
    { description: 'Shards that had something and cannot be restored: why, and the way out.' },
  ),
  documents: Type.Integer(),
  storedAt: Type.Union([Type.Null(), Type.String()], {
    description: 'When the last of its shards was stored, by the clock of a leaf; null where nothing of it is.',
  }),
  bytes: Type.Integer(),
  uneven: Type.Union([Type.Null(), Type.Object({ after: Type.Integer(), upTo: Type.Integer() })], {
    description:
      'Of a term index whose shards do not go equally far: documents with offsets in between are found by some of their terms only. Write them again.',
  }),
};
const from = Type.Object({
  place: Type.String(),
  snapshot: Type.Union([Type.String(), Type.Null()], { description: 'Id of the snapshot that is kept.' }),
});

export function registerRestoreRoutes(app: FastifyInstance, services: RootServices): void {
  app.get('/v1/restores', {
    schema: {
      tags,
      summary: 'What can be restored',
      description: 'Of the place of --restore-from, or where there is none of the one of this cluster.',
      querystring: Type.Object({ at }),
      response: answers({
        200: Type.Object({
          from,
          indexes: Type.Array(Type.Object({ index: Type.String(), id: Type.String(), ...stored })),
          templates: Type.Array(Type.String()),
        }),
      }),
    },
    handler: async (request) => {
      const given = readParameters(request.query, ['at']);
      const { source, indexes, templates } = await listRestorable(services.restoring, given['at']);
      const shown = indexes.map((each) => ({ index: each.index.name, id: each.index.id, ...show(each) }));
      return { from: showSource(source), indexes: shown, templates };
    },
  });

  app.post('/v1/restores', {
    schema: {
      tags,
      summary: 'Restore an index from object storage',
      description:
        'Answers once the index is there, and says up to where: its shards are fetched from then on, and GET /v1/cluster says when they are ready. Its offsets go on above those of before; tokens and states of before are refused (INDEX_RESTORED). See docs/snapshots.md.',
      body,
      response: answers({
        200: Type.Object({ template: Type.String() }),
        201: Type.Object({
          index: Type.String(),
          id: Type.String(),
          from: Type.Object({ index: Type.String(), id: Type.String(), ...from.properties }),
          ...stored,
          base: Type.Integer({ description: 'Where its offsets go on.' }),
          aliases: Type.Array(Type.String()),
        }),
      }),
    },
    handler: async (request, reply) => {
      readParameters(request.query, []);
      const ask = readBody(request.body);
      if ('template' in ask) {
        await restoreTemplate(services.restoring, ask.template, ask.at);
        return { template: ask.template };
      }
      const restored = await restoreIndex(services.restoring, ask);
      const { made, index, source, aliases } = restored;
      return reply.code(201).send({
        index: made.name,
        id: made.id,
        from: { index: index.name, id: index.id, ...showSource(source) },
        ...show(restored),
        base: made.restored!.base,
        aliases,
      });
    },
  });
}

const readShards = arrayOf(integerWithin(0, limits.shardsMax - 1), limits.shardsMax);

type Ask = RestoreAsk | { readonly template: string; readonly at: string | undefined };

/** @throws SheafError BODY_MISSING, REQUEST_… */
function readBody(given: unknown): Ask {
  if (given === undefined) throw new SheafError('BODY_MISSING');
  const node = RequestNode.body(given);
  const properties = readObject(node, ['index', 'as', 'at', 'aliases', 'template', 'without']);
  const name = properties.optional('at', readString, undefined);
  const template = properties.optional('template', readString, undefined);
  const index = properties.optional('index', readString, undefined);
  const as = properties.optional('as', readString, undefined);
  const aliases = properties.optional('aliases', readBoolean, true);
  const without = properties.optional('without', readShards, []);
  if (template !== undefined && index === undefined && as === undefined) return { template, at: name };
  if (index === undefined || template !== undefined) {
    throw node.invalid({ expected: 'either an index or a template', actual: 'neither or both' });
  }
  return { index, as, at: name, aliases, without };
}

function show(each: StoredIndex) {
  const { index, offsets: shards, documents, storedAtMs, bytes } = each;
  const faults = each.faults.map(({ shard, error: { code, detail } }) => {
    const { key, reason } = detail;
    const told = [key, reason].filter((text) => typeof text === 'string').join(': ');
    return { shard, code, reason: told === '' ? errorTable[code].message : told, fix: errorTable[code].fix };
  });
  const storedAt = storedAtMs === null ? null : new Date(storedAtMs).toISOString();
  return { kind: index.kind, shards, faults, documents, storedAt, bytes, uneven: unevenOf(each) };
}

function showSource({ place, snapshot }: { readonly place: string; readonly snapshot: string | null }) {
  return { place, snapshot };
}
