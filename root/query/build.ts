/** Building queries with as little nesting as they need. */
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { Query } from '../../shared/query/query.ts';
import { boosted } from './boost.ts';
import { fuzzyQuery } from './fuzziness.ts';
import type { Fuzziness } from './fuzziness.ts';
import type { ClauseBudget, MakeFault } from './clause-budget.ts';
import { queryAnalyzerOf } from './query-analyzer.ts';

type BoolQuery = Extract<Query, { kind: 'bool' }>;

export function boolOf(parts: Partial<Omit<BoolQuery, 'kind'>>): BoolQuery {
  return { kind: 'bool', must: [], should: [], filter: [], mustNot: [], ...parts };
}

/** Documents that match any; scores add. No query matches nothing, a single one is itself. */
export function anyOf(queries: readonly Query[]): Query {
  if (queries.length <= 1) return queries[0] ?? { kind: 'none' };
  return boolOf({ should: queries });
}

/** Documents that match at least so many; scores add. More than there are match nothing. */
export function atLeastOf(queries: readonly Query[], minimum: number): Query {
  if (minimum > queries.length) return { kind: 'none' };
  if (minimum <= 1) return anyOf(queries);
  return minimum === queries.length ? allOf(queries) : boolOf({ should: queries, minimumShouldMatch: minimum });
}

/** Documents that match all; scores add. No query matches nothing, a single one is itself. */
export function allOf(queries: readonly Query[]): Query {
  if (queries.length <= 1) return queries[0] ?? { kind: 'none' };
  return boolOf({ must: queries });
}

/**
 * A query for each distinct term of a text, in order: one that is repeated counts as often as it stands there. Of terms at one
 * position any will do.
 */
export function termQueries(
  field: IndexedField,
  text: string,
  budget: ClauseBudget,
  fault: MakeFault,
  fuzziness?: Fuzziness,
): Query[] {
  const times = new Map<string, number>();
  const positions: Term[][] = [];
  let last = -1;
  const add = (term: string, position: number): void => {
    const before = times.get(term) ?? 0;
    times.set(term, before + 1);
    if (before > 0) return;
    const query = fuzzyOrExact(field.name, term, fuzziness);
    // Refused as soon as it is too many, and not when all of a long text was analysed.
    budget.spend(query.kind === 'term' ? 1 : 2, fault);
    if (position === last) positions.at(-1)!.push({ term, query });
    else positions.push([{ term, query }]);
    last = position;
  };
  const analyse = (part: string): void => {
    queryAnalyzerOf(field).analyze(part, add);
  };
  budget.spendText(text, analyse, fault);
  if (times.size === 0) budget.spend(1, fault);
  return positions.map((terms) => anyTerm(terms.map(({ term, query }) => boosted(query, times.get(term)!))));
}

interface Term {
  readonly term: string;
  readonly query: Query;
}

/** What a text asks for of which the analyzer leaves nothing. */
export type ZeroTerms = 'none' | 'all';

export function withoutTerms(zeroTerms: ZeroTerms, budget: ClauseBudget, fault: MakeFault): Query {
  budget.spend(1, fault);
  return { kind: zeroTerms };
}

/** Documents with any term of one position, the best of them scoring. @param queries at least one */
export function anyTerm(queries: readonly Query[]): Query {
  return queries.length === 1 ? queries[0]! : { kind: 'disMax', queries, tieBreaker: 0 };
}

/** A term, or what it may be meant for. */
export function fuzzyOrExact(field: string, term: string, fuzziness: Fuzziness | undefined): Query {
  const exact: Query = { kind: 'term', field, term };
  const fuzzy = fuzziness === undefined ? null : fuzzyQuery(field, term, fuzziness);
  return fuzzy === null ? exact : exactOrNear(exact, fuzzy);
}

/** Documents that match either, with the better score: what is written as it was meant weighs what it does anyway. */
export function exactOrNear(exact: Query, fuzzy: Query): Query {
  return { kind: 'disMax', queries: [exact, fuzzy], tieBreaker: 0 };
}
