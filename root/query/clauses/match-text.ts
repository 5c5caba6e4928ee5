/** A text matched against one field: what `match` and `multi_match` have in common. */
import type { Properties } from '../../../shared/json/read-object.ts';
import { oneOf, readString } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { Query } from '../../../shared/query/query.ts';
import { isAnalyzed } from '../../../shared/schema/find-field.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { allOf, atLeastOf, termQueries, type ZeroTerms } from '../build.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import { readFuzziness } from '../fuzziness.ts';
import type { Fuzziness } from '../fuzziness.ts';
import { readMinimumShouldMatch } from '../minimum-should-match.ts';
import type { MinimumShouldMatch } from '../minimum-should-match.ts';
import type { QueryScope } from '../query-scope.ts';

export const matchOptionNames = ['operator', 'minimum_should_match', 'fuzziness', 'zero_terms_query'] as const;
export type MatchOptionName = (typeof matchOptionNames)[number];

export interface MatchOptions {
  readonly operator: 'or' | 'and';
  readonly minimum: MinimumShouldMatch;
  /** Absent: words are meant as they are. */
  readonly fuzziness: Fuzziness | undefined;
  readonly zeroTerms: ZeroTerms;
}

export const readZeroTerms = oneOf(['none', 'all']);
const anyTerm: MinimumShouldMatch = () => 1;

export function readMatchOptions<Name extends string>(
  options: Properties<Name | MatchOptionName> | undefined,
): MatchOptions {
  return {
    operator: options?.optional('operator', oneOf(['or', 'and']), 'or') ?? 'or',
    minimum: options?.optional('minimum_should_match', readMinimumShouldMatch, anyTerm) ?? anyTerm,
    fuzziness: options?.optional('fuzziness', readFuzziness, undefined),
    zeroTerms: options?.optional('zero_terms_query', readZeroTerms, 'none') ?? 'none',
  };
}

export interface MatchPlace {
  /** What is looked for. */
  readonly textNode: RequestNode;
  /** The clause. */
  readonly node: RequestNode;
  readonly scope: Pick<QueryScope, 'budget' | 'now'>;
}

/**
 * On text: documents with any, enough or all of the terms; a text without terms matches nothing, or all. On a field that is not
 * text: exactly this value.
 */
export function matchQuery(field: IndexedField, options: MatchOptions, { textNode, node, scope }: MatchPlace): Query {
  const { budget } = scope;
  if (isAnalyzed(field)) {
    const queries = termQueries(field, readString(textNode), budget, faultsOf(node), options.fuzziness);
    // They were paid for when they were found to be none.
    if (queries.length === 0) return { kind: options.zeroTerms };
    return options.operator === 'and' ? allOf(queries) : atLeastOf(queries, options.minimum(queries.length));
  }
  const query = queriesOf(field, scope).exact(field.name, textNode);
  budget.spend(1, faultsOf(node));
  return query;
}
