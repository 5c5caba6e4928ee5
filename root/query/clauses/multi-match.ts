import { arrayOf, oneOf, readNonEmptyString } from '../../../shared/json/readers.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { textFields } from '../../../shared/schema/find-field.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { anyOf } from '../build.ts';
import { boosted, withBoost } from '../boost.ts';
import { faultsOf, requireKind, resolveField, stringKinds } from '../fields.ts';
import type { QueryScope, ReadClause } from '../query-scope.ts';
import { readTieBreaker } from './dis-max.ts';
import { matchOptionNames, matchQuery, readMatchOptions } from './match-text.ts';

interface BoostedField {
  readonly field: IndexedField;
  readonly boost: number;
}

/**
 * `{"query": text, "fields"?: ["title^2", …], "type"?: "best_fields" | "most_fields", "tie_breaker"?, …}`: the text
 * matched against several fields, all text fields unless named. The score is that of the best field, or of all.
 */
export const readMultiMatch: ReadClause = (node, scope) => {
  const names = ['query', 'fields', 'type', 'tie_breaker', 'boost', ...matchOptionNames] as const;
  const properties = readObject(node, names);
  const everywhere = textFields(scope.schema).map((field) => ({ field, boost: 1 }));
  const readOne = (child: RequestNode): BoostedField => readField(child, scope);
  const fields = properties.optional('fields', arrayOf(readOne, limits.queryFieldsMax), everywhere);
  const type = properties.optional('type', oneOf(['best_fields', 'most_fields']), 'best_fields');
  const tieBreaker = properties.optional('tie_breaker', readTieBreaker, 0);
  const options = readMatchOptions(properties);
  const textNode = properties.required('query', (child) => child);
  if (fields.length === 0) throw node.invalid({ expected: 'at least one field to look in', actual: 'none' });
  const queries = fields.map(({ field, boost }) =>
    boosted(matchQuery(field, options, { textNode, node, scope }), boost),
  );
  const matching = queries.filter(({ kind }) => kind !== 'none');
  const best = type === 'best_fields' && matching.length > 1;
  return withBoost(best ? { kind: 'disMax', queries: matching, tieBreaker } : anyOf(matching), properties);
};

/** `title` or `title^2`. */
function readField(node: RequestNode, { schema }: QueryScope): BoostedField {
  const [name, boostText] = splitBoost(readNonEmptyString(node));
  const field = resolveField(schema, name, faultsOf(node));
  requireKind(schema, field, stringKinds, faultsOf(node));
  const boost = boostText === undefined ? 1 : Number(boostText);
  if (boostText === '' || !(boost >= 0 && boost <= limits.boostMax)) {
    throw node.invalid({ expected: `a field, or a field^boost with a boost from 0 to ${limits.boostMax}` });
  }
  return { field, boost };
}

function splitBoost(text: string): [name: string, boost: string | undefined] {
  const caret = text.indexOf('^');
  return caret < 0 ? [text, undefined] : [text.slice(0, caret), text.slice(caret + 1)];
}
