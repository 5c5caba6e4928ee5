/** Reading a schema of fields: `{"dynamic"?, "analysis"?, "fields": {path: {"kind", "analyzer"?, "bm25"?, "fields"?}}}`. */
import type { ReadContents } from '../index-kinds/shared-kind.ts';
import { readEntries, readObject } from '../json/read-object.ts';
import { oneOf } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import { countFields, fieldCollisions } from './collisions.ts';
import { readNamedAnalyzers, withNamedAnalyzers, type NamedAnalyzers } from './named-analyzers.ts';
import { checkFieldPath, checkSubField } from './field-names.ts';
import { fieldProperties, readFieldOptions } from './read-field-options.ts';
import { dynamics, type Dynamic, type FieldDefinition, type FieldOptions } from './schema.ts';

/** @throws SheafError REQUEST_…, SCHEMA_INVALID with the reason in detail */
export function readFieldsSchema(node: RequestNode): ReadContents {
  const properties = readObject(node, ['dynamic', 'analysis', 'fields']);
  const named = properties.optional('analysis', readNamedAnalyzers, new Map());
  const dynamic = properties.optional('dynamic', readDynamic, 'strict');
  const fields = properties.required('fields', (fieldsNode) => readFields(fieldsNode, named));
  return {
    contents: { schema: { fields: fields, dynamic } },
    dynamicGiven: properties.has('dynamic'),
  };
}

/** `false` and `true` may be written as in Elasticsearch: as booleans, too. */
function readDynamic(node: RequestNode): Dynamic {
  if (typeof node.value === 'boolean') return node.value ? 'true' : 'false';
  return oneOf(dynamics)(node);
}

function readFields(node: RequestNode, named: NamedAnalyzers): Record<string, FieldDefinition> {
  const fields: Record<string, FieldDefinition> = {};
  for (const entry of readEntries(node)) {
    checkFieldPath(entry.node, entry.name);
    fields[entry.name] = readField(withNamedAnalyzers(entry.node, named), entry.name, named);
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

function readField(node: RequestNode, path: string, named: NamedAnalyzers): FieldDefinition {
  const properties = readObject(node, [...fieldProperties, 'fields']);
  const options = readFieldOptions(properties);
  const { kind } = options;
  const fields = properties.optional('fields', (subNode) => readSubFields(subNode, { path, kind, named }), {});
  return Object.keys(fields).length === 0 ? options : { ...options, fields };
}

interface SubFieldParent {
  readonly path: string;
  readonly kind: FieldDefinition['kind'];
  readonly named: NamedAnalyzers;
}

function readSubFields(node: RequestNode, parent: SubFieldParent) {
  const fields: Record<string, FieldOptions> = {};
  for (const entry of readEntries(node)) {
    const options = readFieldOptions(readObject(withNamedAnalyzers(entry.node, parent.named), fieldProperties));
    checkSubField(entry.node, { ...parent, suffix: entry.name, subKind: options.kind });
    fields[entry.name] = options;
  }
  return fields;
}
