import type { Query } from '../../shared/query/query.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Steps } from '../schedule/steps.ts';
import { makeExplainer } from '../evaluate/explain.ts';
import { gatherInSteps } from '../evaluate/gather.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { CollectedHit, SearchedSegment } from './hit-collector.ts';

/** What explaining one document costs, in documents. */
const documentCost = 64;

/** The explanations of hits, parallel to them. Each segment's clauses are made once and asked of ascending documents. */
export function* explainHits(
  hits: readonly CollectedHit[],
  query: Query,
  scoring: ScoringContext,
): Steps<Explanation[]> {
  const bySegment = new Map<SearchedSegment, number[]>();
  for (const [i, { searched }] of hits.entries()) {
    const known = bySegment.get(searched);
    if (known === undefined) bySegment.set(searched, [i]);
    else known.push(i);
  }
  const explanations: Explanation[] = [];
  for (const [{ live }, places] of bySegment) {
    yield* gatherInSteps(live.segment, query, true);
    const explain = makeExplainer(live.segment, query, scoring);
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
