/** Routes of templates: what an index is like that is created because it is written to. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { TemplateDefinition } from '../../../shared/catalog/definition.ts';
import { indexKinds, servedKinds } from '../../../shared/index-kinds/index-kinds.ts';
import { limits } from '../../../shared/limits.ts';
import { checkIndexName } from '../../../shared/schema/index-name.ts';
import { deleteTemplate, putTemplate, templateNotFound } from '../../catalog/set-templates.ts';
import { parseTemplateBody } from '../../query/parse-template-body.ts';
import { newTemplate } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { anySchema, answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['templates'];

const age = (description: string) =>
  Type.Union([Type.String(), Type.Integer()], {
    description: `${description} As 90s, 12h or 30d, or in milliseconds: ${limits.rolloverAgeMsMin} at least.`,
  });

const templateProperties = {
  patterns: Type.Array(Type.String(), {
    minItems: 1,
    maxItems: limits.patternsMax,
    description: 'Names of indexes; * stands for any characters.',
  }),
  priority: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.templatePriorityMax,
      default: 0,
      description: 'Of several that fit the highest is used; two that fit one name cannot have the same.',
    }),
  ),
  kind: Type.Optional(Type.String({ enum: [...servedKinds], default: 'document' })),
  shards: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.shardsMax, default: 16 })),
  replicas: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.replicasMax })),
  routing: Type.Optional(
    Type.String({
      enum: ['required', 'optional'],
      default: 'optional',
      description: 'Whether documents of the index are written, read and deleted with a routing only.',
    }),
  ),
  schema: Type.Optional(anySchema),
  aliases: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        filter: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'See POST /v1/aliases.' })),
        write: Type.Optional(Type.Boolean()),
      }),
      {
        description: `Aliases that each index is added to as it is created, at most ${limits.templateAliasesMax}: none of them fits the patterns.`,
      },
    ),
  ),
  rollover: Type.Optional(
    Type.Object(
      {
        alias: Type.String({ description: 'One of the aliases, which is written to.' }),
        documents: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.rolloverDocumentsMax })),
        bytes: Type.Optional(
          Type.Integer({ minimum: 1, maximum: limits.rolloverBytesMax, description: 'Of one copy, on disk.' }),
        ),
        age: Type.Optional(age('Since the index was created.')),
        deleteAfter: Type.Optional(age('Since writes have moved on from it, after which an index is deleted.')),
      },
      {
        description:
          'When writes through an alias move on to a new index: at the first of these. See docs/templates.md.',
      },
    ),
  ),
};

const sameName = Type.Optional(Type.String({ description: 'That of the path, where it is said.' }));
const templateBody = Type.Object({ name: sameName, ...templateProperties }, { examples: [newTemplate] });
const templateAnswer = Type.Object({ name: Type.String(), ...templateProperties });
const templateParameter = Type.Object({
  template: Type.String({ description: '1 to 100 of a-z, 0-9, - and _.', examples: ['events'] }),
});

export function registerTemplateRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog, config } = services;

  app.put('/v1/templates/:template', {
    schema: {
      tags,
      summary: 'Set a template',
      description:
        'What an index is like that is created because it is written to (create=template, or as the root is set to). The indexes there are stay as they are.',
      params: templateParameter,
      body: templateBody,
      response: answers({ 200: templateAnswer, 201: templateAnswer }),
    },
    handler: async (request, reply) => {
      readParameters(request.query, []);
      const template = parseTemplateBody(nameOf(request.params), request.body, config);
      const outcome = await putTemplate(catalog, template);
      return reply.code(outcome === 'created' ? 201 : 200).send(show(template));
    },
  });

  app.get('/v1/templates', {
    schema: {
      tags,
      summary: 'All templates',
      response: answers({ 200: Type.Object({ templates: Type.Array(templateAnswer) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await catalog.catchUp();
      const templates = [...catalog.state.templates.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { templates: templates.map(show) };
    },
  });

  app.get('/v1/templates/:template', {
    schema: { tags, summary: 'A template', params: templateParameter, response: answers({ 200: templateAnswer }) },
    handler: async (request) => {
      readParameters(request.query, []);
      const name = nameOf(request.params);
      await catalog.catchUp();
      const template = catalog.state.templates.get(name);
      if (template === undefined) throw templateNotFound(name);
      return show(template);
    },
  });

  app.delete('/v1/templates/:template', {
    schema: {
      tags,
      summary: 'Delete a template',
      description: 'The indexes that were created by it stay.',
      params: templateParameter,
      response: answers({ 200: Type.Object({ acknowledged: Type.Boolean() }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await deleteTemplate(catalog, nameOf(request.params));
      return { acknowledged: true };
    },
  });
}

function nameOf(params: unknown): string {
  const { template } = params as { template: string };
  checkIndexName(template, 'template');
  return template;
}

/** As it can be sent back. */
function show({ name, patterns, priority, definition, aliases, rollover }: TemplateDefinition) {
  const { kind, shards, replicas, routing } = definition;
  const schema = indexKinds[kind].shownSchema(definition);
  return {
    name,
    patterns,
    priority,
    kind,
    shards,
    replicas,
    ...(routing === undefined ? {} : { routing }),
    schema,
    aliases: Object.fromEntries(aliases.map(({ alias, ...rest }) => [alias, rest])),
    ...(rollover === undefined ? {} : { rollover: showPolicy(rollover) }),
  };
}

function showPolicy({ ageMs, deleteAfterMs, ...policy }: NonNullable<TemplateDefinition['rollover']>) {
  return {
    ...policy,
    ...(ageMs === undefined ? {} : { age: ageMs }),
    ...(deleteAfterMs === undefined ? {} : { deleteAfter: deleteAfterMs }),
  };
}
