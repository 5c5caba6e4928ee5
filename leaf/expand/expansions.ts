/**
 * What the wildcards and misspelt words of a query stand for in the segments it searches, found in steps before a segment
 * is entered: afterwards clauses are made at once. Kept for as long as the query is.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../aggregate/collector.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Segment } from '../segment/open.ts';
import { expandFuzzy, expandWildcard, fuzzySteps, wildcardSteps } from './expand.ts';

type Wildcard = Extract<Query, { kind: 'wildcard' }>;
type Fuzzy = Extract<Query, { kind: 'fuzzy' }>;

const wildcards = new WeakMap<Wildcard, Map<Dictionary, readonly number[]>>();
const misspelt = new WeakMap<Fuzzy, Map<Dictionary, readonly (readonly number[])[]>>();

/** Ordinals of the terms that match: see wildcardSteps. At once where they were not found before. */
export function ordinalsOfWildcard(dictionary: Dictionary, query: Wildcard): readonly number[] {
  return wildcards.get(query)?.get(dictionary) ?? expandWildcard(dictionary, query);
}

/** Ordinals by distance: see fuzzySteps. At once where they were not found before. */
export function ordinalsOfFuzzy(dictionary: Dictionary, query: Fuzzy): readonly (readonly number[])[] {
  return misspelt.get(query)?.get(dictionary) ?? expandFuzzy(dictionary, query);
}

/** Finds what all wildcards and misspelt words of a query stand for in a segment. @throws SheafError QUERY_TOO_MANY_TERMS */
export function* expandInSteps(segment: Segment, query: Query): Steps<void> {
  switch (query.kind) {
    case 'wildcard':
    case 'fuzzy': {
      const field = segment.fieldsByName.get(query.field);
      if (field === undefined || field.kind === 'number') return;
      const { dictionary } = field;
      if (query.kind === 'wildcard') remember(wildcards, query, dictionary, yield* wildcardSteps(dictionary, query));
      else remember(misspelt, query, dictionary, yield* fuzzySteps(dictionary, query));
      return;
    }
    case 'bool':
      for (const child of [...query.must, ...query.should, ...query.filter, ...query.mustNot]) {
        yield* expandInSteps(segment, child);
      }
      return;
    case 'disMax':
      for (const child of query.queries) yield* expandInSteps(segment, child);
      return;
    case 'boosted':
    case 'constantScore':
      return yield* expandInSteps(segment, query.query);
    case 'all':
    case 'none':
    case 'term':
    case 'keywords':
    case 'numbers':
    case 'numberRange':
    case 'keywordRange':
    case 'prefix':
    case 'phrase':
    case 'exists':
    case 'ids':
  }
}

function remember<Q extends object, T>(
  known: WeakMap<Q, Map<Dictionary, T>>,
  query: Q,
  at: Dictionary,
  found: T,
): void {
  const byDictionary = known.get(query);
  if (byDictionary === undefined) known.set(query, new Map([[at, found]]));
  else byDictionary.set(at, found);
}
