/** The types of `multi_match`: how a text is looked for in each field, and how the scores of fields come together. */
import { readString } from '../../../shared/json/readers.ts';
import type { Query } from '../../../shared/query/query.ts';
import { isAnalyzed } from '../../../shared/schema/find-field.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { boolPrefixQuery } from '../bool-prefix.ts';
import { boosted } from '../boost.ts';
import { anyOf } from '../build.ts';
import { matchQuery } from '../clauses/match-text.ts';
import { faultsOf } from '../fields.ts';
import { phraseQuery } from '../phrase.ts';
import { crossFieldsQuery } from './cross-fields.ts';
import type { BoostedField, MultiMatchText } from './multi-match-text.ts';

interface MultiMatchType {
  readonly read: (fields: readonly BoostedField[], text: MultiMatchText) => Query;
  /** Options that mean nothing to it. */
  readonly refuses: readonly ('slop' | 'fuzziness' | 'operator' | 'minimum_should_match')[];
  /** Unless given. */
  readonly tieBreaker: number;
}

type QueryIn = (field: IndexedField, text: MultiMatchText) => Query;

const matchIn: QueryIn = (field, text) => matchQuery(field, text.options, text);

const phraseIn: QueryIn = (field, text) => {
  if (!isAnalyzed(field)) return matchQuery(field, text.options, text);
  const place = { budget: text.scope.budget, fault: faultsOf(text.node) };
  return phraseQuery(field, readString(text.textNode), text.slop, place) ?? { kind: text.options.zeroTerms };
};

const boolPrefixIn: QueryIn = (field, { textNode, node, scope, options }) =>
  boolPrefixQuery(field, readString(textNode), options, { budget: scope.budget, fault: faultsOf(node) });

/** The best field, and a share of the others. */
function best(queryIn: QueryIn): MultiMatchType['read'] {
  return (fields, text) => {
    const matching = each(fields, text, queryIn);
    return matching.length <= 1 ? anyOf(matching) : { kind: 'disMax', queries: matching, tieBreaker: text.tieBreaker };
  };
}

function each(fields: readonly BoostedField[], text: MultiMatchText, queryIn: QueryIn): Query[] {
  return fields.map(({ field, boost }) => boosted(queryIn(field, text), boost)).filter(({ kind }) => kind !== 'none');
}

export const multiMatchTypeNames = ['best_fields', 'most_fields', 'cross_fields', 'phrase', 'bool_prefix'] as const;

export const multiMatchTypes: { readonly [Type in (typeof multiMatchTypeNames)[number]]: MultiMatchType } = {
  best_fields: { read: best(matchIn), refuses: ['slop'], tieBreaker: 0 },
  most_fields: { read: (fields, text) => anyOf(each(fields, text, matchIn)), refuses: ['slop'], tieBreaker: 1 },
  cross_fields: { read: crossFieldsQuery, refuses: ['slop', 'fuzziness'], tieBreaker: 0 },
  phrase: { read: best(phraseIn), refuses: ['fuzziness', 'operator', 'minimum_should_match'], tieBreaker: 0 },
  bool_prefix: { read: best(boolPrefixIn), refuses: ['slop'], tieBreaker: 1 },
};
