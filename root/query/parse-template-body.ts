/** Reading the body of PUT /v1/templates/{template}. */
import type { RolloverPolicy, TemplateAlias, TemplateDefinition } from '../../shared/catalog/definition.ts';
import { fitterOf } from '../../shared/catalog/pattern.ts';
import { SheafError } from '../../shared/errors.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { readEntries, readObject, type Properties } from '../../shared/json/read-object.ts';
import { arrayOf, integerWithin, oneOf, readBoolean, readString } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { checkIndexName } from '../../shared/schema/index-name.ts';
import { parseIndexBody, type IndexBody, type IndexDefaults } from '../../shared/schema/parse.ts';
import { readAliasFilter } from './parse-aliases-body.ts';
import { readAge } from './read-duration.ts';
import { anyTime } from './query-scope.ts';
import { readQuery } from './read-query.ts';

const ofIndex = ['kind', 'shards', 'replicas', 'routing', 'schema'] as const;
const ofTemplate = ['name', 'patterns', 'priority', 'aliases', 'rollover'] as const;

/** What an index has whose template says nothing of its schema: every field of its documents, by their values. */
const openSchema = { dynamic: true, fields: {} } as const;

/**
 * `{"name"?, "patterns", "priority"?, "kind"?, "shards"?, "replicas"?, "routing"?, "schema"?, "aliases"?, "rollover"?}`, of which everything is looked at
 * that can be without the other templates.
 * @param name of the template
 * @throws SheafError BODY_MISSING, REQUEST_…, SCHEMA_INVALID, INDEX_NAME_INVALID, what reading a filter throws; TEMPLATE_INVALID where
 *   its parts contradict one another
 */
export function parseTemplateBody(name: string, body: unknown, defaults: IndexDefaults): TemplateDefinition {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const root = RequestNode.body(body);
  const properties = readObject(root, [...ofTemplate, ...ofIndex]);
  // What GET shows can be sent back.
  properties.optional('name', oneOf([name]), name);
  const patterns = properties.required('patterns', readPatterns);
  const index = readIndex(properties, defaults);
  const aliases = properties.optional('aliases', (node) => readAliases(node, index, patterns), []);
  const rollover = properties.optional('rollover', (node) => readRollover(node, index, aliases), undefined);
  const { given: _given, ...definition } = index;
  return {
    name,
    patterns,
    priority: properties.optional('priority', integerWithin(0, limits.templatePriorityMax), 0),
    definition,
    aliases,
    ...(rollover === undefined ? {} : { rollover }),
  };
}

/** As the body of a PUT of an index says it, at the same places. */
function readIndex(
  properties: Properties<(typeof ofTemplate)[number] | (typeof ofIndex)[number]>,
  defaults: IndexDefaults,
): IndexBody {
  const said = ofIndex.filter((option) => properties.has(option));
  const body = Object.fromEntries(said.map((option) => [option, properties.required(option, ({ value }) => value)]));
  return parseIndexBody({ schema: openSchema, ...body }, defaults);
}

function readPatterns(node: RequestNode): string[] {
  const patterns = arrayOf(readPattern, limits.patternsMax)(node);
  if (patterns.length === 0) throw node.invalid({ expected: 'at least one pattern', actual: 'none' });
  return patterns;
}

/** A name of an index, of which stars stand for a part: what no name fits is refused. */
function readPattern(node: RequestNode): string {
  const pattern = readString(node);
  // The shortest name that it fits, but for a star at the beginning, which stands for a letter then.
  const name = pattern.replace(/^\*/, 'a').replaceAll('*', '');
  checkIndexName(name, node.at);
  if (pattern.length > limits.indexNameLengthMax) checkIndexName(pattern, node.at);
  return pattern;
}

function readAliases(node: RequestNode, { schema }: IndexBody, patterns: readonly string[]): TemplateAlias[] {
  const entries = readEntries(node);
  const limit = limits.templateAliasesMax;
  if (entries.length > limit) {
    throw node.invalid({ expected: `at most ${limit} aliases`, limit, actual: entries.length });
  }
  return entries.map(({ name: alias, node: body }) => {
    checkIndexName(alias, body.at);
    const pattern = patterns.find((each) => fitterOf(each)(alias));
    if (pattern !== undefined) {
      const reason = 'the alias fits a pattern: an index of its name would be created in its place';
      throw body.fault('TEMPLATE_INVALID', { reason, alias, pattern });
    }
    const properties = readObject(body, ['filter', 'write']);
    const filter = properties.optional('filter', readAliasFilter, undefined);
    if (filter !== undefined) readQuery(filter, schema, { now: anyTime });
    const write = properties.optional('write', readBoolean, false);
    return { alias, ...(filter === undefined ? {} : { filter: filter.value }), ...(write ? { write } : {}) };
  });
}

function readRollover(node: RequestNode, { kind }: IndexBody, aliases: readonly TemplateAlias[]): RolloverPolicy {
  const properties = readObject(node, ['alias', 'documents', 'bytes', 'age', 'deleteAfter']);
  const alias = properties.required('alias', (place) => {
    const name = readString(place);
    if (aliases.some((each) => each.alias === name && each.write === true)) return name;
    const reason = 'the alias that rolls is one of the template’s, with "write": true';
    throw place.fault('TEMPLATE_INVALID', { reason, alias: name });
  });
  const documents = properties.optional(
    'documents',
    (place) => {
      const count = integerWithin(1, limits.rolloverDocumentsMax)(place);
      const most = indexKinds[kind].offsetMax;
      if (count <= most) return count;
      const reason = 'an index of this kind is full before';
      throw place.fault('TEMPLATE_INVALID', { reason, kind, limit: most, actual: count });
    },
    undefined,
  );
  const bytes = properties.optional('bytes', integerWithin(1, limits.rolloverBytesMax), undefined);
  const ageMs = properties.optional('age', readAge, undefined);
  const deleteAfterMs = properties.optional('deleteAfter', readAge, undefined);
  if ([documents, bytes, ageMs, deleteAfterMs].every((each) => each === undefined)) {
    const reason = 'a policy says when the alias rolls, when old indexes are deleted, or both';
    throw node.fault('TEMPLATE_INVALID', { reason, missing: ['documents', 'bytes', 'age', 'deleteAfter'] });
  }
  return {
    alias,
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(ageMs === undefined ? {} : { ageMs }),
    ...(deleteAfterMs === undefined ? {} : { deleteAfterMs }),
  };
}
