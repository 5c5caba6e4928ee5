import { arrayOf, oneOf, readNonEmptyString } from '../../../shared/json/readers.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { textFields } from '../../../shared/schema/find-field.ts';
import { indexedFields, type IndexedField } from '../../../shared/schema/schema.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, resolveField, stringKinds } from '../fields.ts';
import type { BoostedField } from '../multi-match/multi-match-text.ts';
import { multiMatchTypeNames, multiMatchTypes } from '../multi-match/multi-match-types.ts';
import type { QueryScope, ReadClause } from '../query-scope.ts';
import { readTieBreaker } from './dis-max.ts';
import { matchOptionNames, readMatchOptions } from './match-text.ts';
import { readSlop } from './match-phrase.ts';

/**
 * `{"query": text, "fields"?: ["title^2", "*.en", …], "type"?, "tie_breaker"?, …}`: the text matched against several fields, all text
 * fields unless named. What a type makes of that: see multi-match/multi-match-types.ts.
 */
export const readMultiMatch: ReadClause = (node, scope) => {
  const names = ['query', 'fields', 'type', 'tie_breaker', 'slop', 'boost', ...matchOptionNames] as const;
  const properties = readObject(node, names);
  const everywhere = textFields(scope.schema).map((field) => ({ field, boost: 1 }));
  const readSome = (child: RequestNode): BoostedField[] => readFields(child, scope);
  const named = properties.optional('fields', arrayOf(readSome, limits.queryFieldsMax), undefined);
  const fields = named?.flat() ?? everywhere;
  const type = properties.optional('type', oneOf(multiMatchTypeNames), 'best_fields');
  const { refuses, tieBreaker, read } = multiMatchTypes[type];
  const refused = refuses.find((name) => properties.has(name));
  if (refused !== undefined) {
    const child = properties.required(refused, (each) => each);
    throw child.invalid({ expected: `no ${refused} beside the type ${type}` });
  }
  if (fields.length === 0 && (named === undefined || named.length === 0)) {
    throw node.invalid({ expected: 'at least one field to look in', actual: 'none' });
  }
  if (fields.length > limits.queryFieldsMax) {
    const [limit, actual] = [limits.queryFieldsMax, fields.length];
    throw node.invalid({ expected: `at most ${limit} fields`, limit, actual });
  }
  const query = read(fields, {
    node,
    scope,
    textNode: properties.required('query', (child) => child),
    options: readMatchOptions(properties),
    slop: properties.optional('slop', readSlop, 0),
    tieBreaker: properties.optional('tie_breaker', readTieBreaker, tieBreaker),
  });
  return withBoost(query, properties);
};

/** `title` or `title^2`; with a `*` all text and keyword fields whose names fit, perhaps none. */
function readFields(node: RequestNode, { schema }: QueryScope): BoostedField[] {
  const [name, boostText] = splitBoost(readNonEmptyString(node));
  const boost = boostText === undefined ? 1 : Number(boostText);
  if (boostText === '' || !(boost >= 0 && boost <= limits.boostMax)) {
    throw node.invalid({ expected: `a field, or a field^boost with a boost from 0 to ${limits.boostMax}` });
  }
  if (name.includes('*')) return fittingFields(name, schema).map((field) => ({ field, boost }));
  const field = resolveField(schema, name, faultsOf(node));
  requireKind(schema, field, stringKinds, faultsOf(node));
  return [{ field, boost }];
}

function fittingFields(pattern: string, schema: QueryScope['schema']): IndexedField[] {
  const pieces = pattern.split('*');
  return indexedFields(schema).filter(({ name, kind }) => stringKinds.includes(kind) && fits(pieces, name));
}

/** @param pieces what stands between the stars of a pattern, each found as early as it can be */
function fits(pieces: readonly string[], name: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function splitBoost(text: string): [name: string, boost: string | undefined] {
  const caret = text.indexOf('^');
  return caret < 0 ? [text, undefined] : [text.slice(0, caret), text.slice(caret + 1)];
}
