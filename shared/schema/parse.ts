/** Reading the body of PUT /v1/indexes/{index}. */
import { SheafError } from '../errors.ts';
import { readEntries, readObject } from '../json/read-object.ts';
import { integerWithin, oneOf } from '../json/readers.ts';
import { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import { readRollupSchema } from '../rollup/parse-rollup.ts';
import { visibleFields, type RollupSchema } from '../rollup/rollup-schema.ts';
import { countFields, fieldCollisions } from './collisions.ts';
import { checkFieldPath, checkSubField } from './field-names.ts';
import { servedKinds, type IndexKind } from './index-kind.ts';
import { fieldProperties, readFieldOptions } from './read-field-options.ts';
import type { FieldDefinition, FieldOptions, IndexSchema } from './schema.ts';

/** What may be left out of the body: a new index gets the default, an existing one keeps what it has. */
type IndexOption = 'kind' | 'shards' | 'replicas' | 'dynamic';

export interface IndexBody {
  readonly kind: IndexKind;
  readonly schema: IndexSchema;
  /** Of a roll-up, and of no other kind: `schema` then has its dimensions and metrics as fields. */
  readonly rollup?: RollupSchema;
  readonly shards: number;
  readonly replicas: number;
  /** The options the caller wrote; the others have their defaults. */
  readonly given: ReadonlySet<IndexOption>;
}

const indexDefaults = { kind: 'document', shards: 16, replicas: 1, dynamic: 'strict' } as const;

/**
 * Reads `{"kind"?, "shards"?, "replicas"?, "schema": {"dynamic"?, "fields": {path: {"kind", "analyzer"?, "bm25"?,
 * "fields"?}}}}`.
 * @throws SheafError BODY_MISSING, REQUEST_…, or SCHEMA_INVALID with the reason in detail
 */
export function parseIndexBody(body: unknown): IndexBody {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const properties = readObject(RequestNode.body(body), ['kind', 'shards', 'replicas', 'schema']);
  const kind = properties.optional('kind', oneOf(servedKinds), indexDefaults.kind);
  const rollup = kind === 'rollup' ? properties.required('schema', readRollupSchema) : undefined;
  const { schema, dynamicGiven } =
    rollup === undefined ? properties.required('schema', readSchema) : schemaOfRollup(rollup);
  const given = new Set<IndexOption>((['kind', 'shards', 'replicas'] as const).filter((name) => properties.has(name)));
  if (dynamicGiven) given.add('dynamic');
  return {
    kind,
    schema,
    ...(rollup === undefined ? {} : { rollup }),
    shards: properties.optional('shards', integerWithin(1, limits.shardsMax), indexDefaults.shards),
    replicas: properties.optional('replicas', integerWithin(1, limits.replicasMax), indexDefaults.replicas),
    given,
  };
}

/** What documents and searches see of a roll-up. */
function schemaOfRollup(rollup: RollupSchema): { schema: IndexSchema; dynamicGiven: boolean } {
  return { schema: { fields: visibleFields(rollup), dynamic: 'strict' }, dynamicGiven: false };
}

function readSchema(node: RequestNode): { schema: IndexSchema; dynamicGiven: boolean } {
  const properties = readObject(node, ['dynamic', 'fields']);
  const dynamic = properties.optional('dynamic', readDynamic, indexDefaults.dynamic);
  return {
    schema: { fields: properties.required('fields', readFields), dynamic },
    dynamicGiven: properties.has('dynamic'),
  };
}

/** `false` may be written as in Elasticsearch: as a boolean, too. */
function readDynamic(node: RequestNode): 'strict' | 'false' {
  return node.value === false ? 'false' : oneOf(['strict', 'false'])(node);
}

function readFields(node: RequestNode): Record<string, FieldDefinition> {
  const fields: Record<string, FieldDefinition> = {};
  for (const entry of readEntries(node)) {
    checkFieldPath(entry.node, entry.name);
    fields[entry.name] = readField(entry.node, entry.name);
  }
  const [collision] = fieldCollisions(fields);
  if (collision !== undefined) {
    const reason = 'a field cannot lie inside another, whose values would have to be objects';
    throw node.child(collision.field, undefined).fault('SCHEMA_INVALID', { reason, ...collision });
  }
  const count = countFields(fields);
  if (count > limits.fieldsMax) {
    const reason = 'the schema has more fields than the limit, sub-fields included';
    throw node.fault('SCHEMA_INVALID', { reason, limit: limits.fieldsMax, actual: count });
  }
  return fields;
}

function readField(node: RequestNode, path: string): FieldDefinition {
  const properties = readObject(node, [...fieldProperties, 'fields']);
  const options = readFieldOptions(properties);
  const { kind } = options;
  const fields = properties.optional('fields', (subNode) => readSubFields(subNode, { path, kind }), {});
  return Object.keys(fields).length === 0 ? options : { ...options, fields };
}

function readSubFields(node: RequestNode, parent: { path: string; kind: FieldDefinition['kind'] }) {
  const fields: Record<string, FieldOptions> = {};
  for (const entry of readEntries(node)) {
    const options = readFieldOptions(readObject(entry.node, fieldProperties));
    checkSubField(entry.node, { ...parent, suffix: entry.name, subKind: options.kind });
    fields[entry.name] = options;
  }
  return fields;
}
