/**
 * Why a document scores what it scores: the slow twin of the scores, which names every number that goes into them. The
 * sums and products are those of the iterators, in their order, so the value is the score to the last bit.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import { clause } from './evaluate.ts';
import { explainFuzzy, explainPhrase, explainTerm } from './explain-bm25.ts';
import type { DocumentIterator } from './iterator.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** Explains a document of one segment, null where it does not match. To be asked of ascending documents. */
export type Explainer = (docId: number) => Explanation | null;

/** Cost: that of `clause`, once; then an advance of every clause for each document. */
export function makeExplainer(segment: Segment, query: Query, scoring: ScoringContext): Explainer {
  switch (query.kind) {
    case 'term':
      return explainTerm(segment, query, scoring);
    case 'phrase':
      return explainPhrase(segment, query, scoring);
    case 'fuzzy':
      return explainFuzzy(segment, query, scoring);
    case 'bool':
      return explainBool(segment, query, scoring);
    case 'disMax':
      return explainDisMax(segment, query, scoring);
    case 'boosted':
      return explainBoosted(segment, query, scoring);
    case 'all':
    case 'none':
    case 'keywords':
    case 'numbers':
    case 'numberRange':
    case 'keywordRange':
    case 'prefix':
    case 'wildcard':
    case 'exists':
    case 'ids':
    case 'constantScore': {
      const iterator = clause(segment, query, scoring);
      const description = describe(query);
      return (docId) => (matches(iterator, docId) ? { value: iterator.score(), description } : null);
    }
  }
}

function matches(iterator: DocumentIterator, docId: number): boolean {
  return iterator.advance(docId, docId + 1) === docId;
}

/** What of several explainers matches, in their order. */
function explainAll(explainers: readonly Explainer[], docId: number): Explanation[] {
  return explainers.map((explain) => explain(docId)).filter((part) => part !== null);
}

function explainBool(segment: Segment, query: QueryOf<'bool'>, scoring: ScoringContext): Explainer {
  const matching = clause(segment, query, null);
  const scored = [...query.must, ...query.should].map((child) => makeExplainer(segment, child, scoring));
  return (docId) => {
    if (!matches(matching, docId)) return null;
    const details = explainAll(scored, docId);
    if (details.length === 0) return { value: 0, description: 'bool, of which no clause that matches scores' };
    return { value: sumOf(details), description: 'bool: the sum of the clauses that match', details };
  };
}

function explainDisMax(segment: Segment, query: QueryOf<'disMax'>, scoring: ScoringContext): Explainer {
  const children = query.queries.map((child) => makeExplainer(segment, child, scoring));
  return (docId) => {
    const details = explainAll(children, docId);
    if (details.length === 0) return null;
    const most = Math.max(0, ...details.map(({ value }) => value));
    const value = most + query.tieBreaker * (sumOf(details) - most);
    const description = `dis_max: the greatest + ${query.tieBreaker} × (the sum − the greatest)`;
    return { value, description, details };
  };
}

function explainBoosted(segment: Segment, query: QueryOf<'boosted'>, scoring: ScoringContext): Explainer {
  const explain = makeExplainer(segment, query.query, scoring);
  return (docId) => {
    const inner = explain(docId);
    if (inner === null) return null;
    return { value: inner.value * query.boost, description: `boost: the score × ${query.boost}`, details: [inner] };
  };
}

function sumOf(parts: readonly Explanation[]): number {
  let sum = 0;
  for (const { value } of parts) sum += value;
  return sum;
}

function describe(query: Query): string {
  const field = 'field' in query ? ` ${query.field}` : '';
  return `${query.kind}${field}: a constant score`;
}
