import type { Query } from '../../shared/query/query.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Steps } from '../schedule/steps.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import { SegmentClauses } from '../evaluate/segment-clauses.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { CollectedHit, SearchedSegment } from './hit-collector.ts';

/** What explaining one document costs, in documents. */
const documentCost = 64;

/** The explanations of hits, parallel to them. Each segment's clauses are made once and asked of ascending documents. */
export function* explainHits(
  hits: readonly CollectedHit[],
  query: Query,
  scoring: ScoringContext,
  caches: QueryCaches,
): Steps<Explanation[]> {
  const bySegment = new Map<SearchedSegment, number[]>();
  for (const [i, { searched }] of hits.entries()) {
    const known = bySegment.get(searched);
    if (known === undefined) bySegment.set(searched, [i]);
    else known.push(i);
  }
  const explanations: Explanation[] = [];
  for (const [{ live }, places] of bySegment) {
    const clauses = new SegmentClauses(live, caches);
    yield* clauses.expand(query, true);
    const explain = clauses.explain(query, scoring);
    for (const i of places.sort((a, b) => hits[a]!.docId - hits[b]!.docId)) {
      const explanation = explain(hits[i]!.docId);
      // Both are evaluated from the same bytes.
      if (explanation === null) throw new Error('a hit that does not match');
      explanations[i] = explanation;
      yield documentCost;
    }
  }
  return explanations;
}
