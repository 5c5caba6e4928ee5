/** Routes of aliases. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { AliasDefinition } from '../../../shared/catalog/definition.ts';
import { SheafError } from '../../../shared/errors.ts';
import { limits } from '../../../shared/limits.ts';
import { setAliases } from '../../catalog/set-aliases.ts';
import { parseAliasesBody } from '../../query/parse-aliases-body.ts';
import { shownTime } from '../../rollover/show-rollovers.ts';
import { newAliases } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['aliases'];

const indexName = Type.String({ description: 'Name of an index.' });
const filter = Type.Record(Type.String(), Type.Unknown(), {
  description: `A query: searches through the alias see only the documents of the index that it finds. At most ${limits.aliasFilterBytesMax} bytes of JSON.`,
});
const write = Type.Boolean({ description: 'Writes and reads by key through the alias go to this index.' });

const aliasAnswer = Type.Object({
  alias: Type.String(),
  indexes: Type.Array(
    Type.Object({
      index: indexName,
      filter: Type.Optional(filter),
      write: Type.Optional(write),
      rolledAt: Type.Optional(Type.String({ description: 'When writes moved on to another index by a roll.' })),
    }),
    { description: 'By name.' },
  ),
});

const aliasesBody = Type.Object(
  {
    actions: Type.Array(
      Type.Union([
        Type.Object({
          add: Type.Object({
            alias: Type.String({ description: '1 to 100 of a-z, 0-9, - and _.' }),
            index: indexName,
            filter: Type.Optional(filter),
            write: Type.Optional(write),
          }),
        }),
        Type.Object({ remove: Type.Object({ alias: Type.String(), index: indexName }) }),
      ]),
      { minItems: 1, maxItems: limits.aliasActionsMax },
    ),
  },
  { examples: [newAliases] },
);

export function registerAliasRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog } = services;

  app.post('/v1/aliases', {
    schema: {
      tags,
      summary: 'Add indexes to aliases and remove them',
      description:
        'All of the actions apply in one step, for every search on every root, or none of them does: remove one index and add another, and no search sees both or neither. An alias is there as long as it has an index.',
      body: aliasesBody,
      response: answers({ 200: Type.Object({ acknowledged: Type.Boolean() }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await setAliases(catalog, parseAliasesBody(request.body));
      return { acknowledged: true };
    },
  });

  app.get('/v1/aliases', {
    schema: {
      tags,
      summary: 'All aliases',
      response: answers({ 200: Type.Object({ aliases: Type.Array(aliasAnswer) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const { aliases: known } = await catalog.knownState();
      const aliases = [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { aliases: aliases.map(show) };
    },
  });

  app.get('/v1/aliases/:alias', {
    schema: {
      tags,
      summary: 'The indexes of an alias',
      params: Type.Object({ alias: Type.String({ description: 'Name of the alias.', examples: ['library'] }) }),
      response: answers({ 200: aliasAnswer }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const { alias: name } = request.params as { alias: string };
      const find = () => catalog.state.aliases.get(name);
      // Another root may have made it a moment ago.
      if (find() === undefined) await catalog.catchUp();
      const alias = find();
      if (alias === undefined) throw new SheafError('ALIAS_NOT_FOUND', { detail: { alias: name } });
      return show(alias);
    },
  });
}

function show({ name, indexes }: AliasDefinition) {
  const shown = indexes.map(({ id: _id, rolledAtMs, ...rest }) => {
    return { ...rest, ...(rolledAtMs === undefined ? {} : { rolledAt: shownTime(rolledAtMs) }) };
  });
  return { alias: name, indexes: shown };
}
