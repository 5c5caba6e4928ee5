/** The route that rolls an alias by hand. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { findIndex } from '../../../shared/catalog/catalog.ts';
import { SheafError } from '../../../shared/errors.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { RequestNode } from '../../../shared/json/request-node.ts';
import { checkIndexName } from '../../../shared/schema/index-name.ts';
import { conditionsOf } from '../../rollover/due.ts';
import { measureIndex } from '../../rollover/measure.ts';
import { planRoll, rollAlias } from '../../rollover/roll-alias.ts';
import { policiesOf } from '../../rollover/rollover-runner.ts';
import { readParameters, requireOneOf } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const open = Type.Record(Type.String(), Type.Unknown());
const orNull = <T extends ReturnType<typeof Type.Integer>>(type: T) => Type.Union([type, Type.Null()]);

const rollAnswer = Type.Object({
  alias: Type.String(),
  from: Type.String({ description: 'The index that the alias was written to.' }),
  to: Type.String({ description: 'The index that it is written to now; of a dry run the one to come.' }),
  rolled: Type.Boolean({
    description: 'Whether this request did it: false of a dry run, and where others were first.',
  }),
  documents: orNull(Type.Integer({ description: 'Of the index before, as far as it is known.' })),
  bytes: orNull(Type.Integer({ description: 'Of one copy of it.' })),
  ageMs: orNull(Type.Integer()),
  conditions: Type.Array(open, {
    description: 'Those of its policy, as they stand; by hand it rolls whether they hold or not.',
  }),
});

export function registerRolloverRoute(app: FastifyInstance, services: RootServices): void {
  app.post('/v1/aliases/:alias/rollover', {
    schema: {
      tags: ['aliases'],
      summary: 'Have writes through an alias go to a new index',
      description:
        'The new index has the name of the one before counted up, is as the template of its name says, or as the one before, and takes over in one step: no write fails. See docs/templates.md.',
      params: Type.Object({ alias: Type.String({ description: 'Name of the alias.', examples: ['shelf'] }) }),
      querystring: Type.Object({
        dryRun: Type.Optional(
          Type.String({ enum: ['true', 'false'], default: 'false', description: 'Only say what would be done.' }),
        ),
        from: Type.Optional(
          Type.String({ description: 'Only where the alias is written to by this index: so a repeat does nothing.' }),
        ),
      }),
      response: answers({ 200: rollAnswer }),
    },
    handler: async (request) => {
      // Conditions in a body, as others take them, would be overlooked.
      if (request.body !== undefined && request.body !== null) readObject(RequestNode.body(request.body), []);
      const { dryRun = 'false', from } = readParameters(request.query, ['dryRun', 'from']);
      const isDry = requireOneOf('dryRun', dryRun, ['true', 'false']) === 'true';
      const { alias } = request.params as { alias: string };
      checkIndexName(alias, 'alias');
      if (from !== undefined) checkIndexName(from, 'from');
      return await roll(services, alias, { isDry, from });
    },
  });
}

async function roll(
  { catalog, membership, userTime }: RootServices,
  alias: string,
  { isDry, from }: { readonly isDry: boolean; readonly from: string | undefined },
) {
  await catalog.catchUp();
  const root = { catalog, membership, timeOfDay: userTime };
  const planned = planRoll(root, alias);
  if (from !== undefined && findIndex(catalog.state, from) === undefined) {
    throw new SheafError('INDEX_NOT_FOUND', { at: 'from', detail: { index: from } });
  }
  const policy = policiesOf(catalog.state).find((each) => each.alias === alias);
  const measured = measureIndex(root, planned.from);
  const answer = { alias, ...measured, conditions: policy === undefined ? [] : conditionsOf(policy, measured) };
  if (from !== undefined && from !== planned.from.name) {
    return { ...answer, from, to: planned.from.name, rolled: false };
  }
  const rolled = !isDry && (await rollAlias(root, planned));
  const to = rolled || isDry ? planned.to : planRoll(root, alias).from.name;
  return { ...answer, from: planned.from.name, to, rolled };
}
