import { nearName } from '../../../shared/query/near-name.ts';
import type { QueryOf } from '../../../shared/query/query.ts';
import { atOnce, type Steps } from '../../schedule/steps.ts';
import type { ScoringContext } from '../../score/scoring.ts';
import type { ClauseKind, ClauseScope, Explainer } from '../clause-kind.ts';
import { bm25Explanation, normExplanation, part, weightExplanation } from '../explain-bm25.ts';
import type { Expansion } from '../expansion.ts';
import { EmptyIterator, type DocumentIterator } from '../iterator.ts';
import { iterateExpansion } from '../multi-term.ts';
import { documentsNear, occurrencesNear } from '../near-documents.ts';
import { NearIterator, nearScoring } from '../near-iterator.ts';
import { fieldOf, termFieldOf } from '../../segment/fields-of.ts';

type FuzzyQuery = QueryOf<'fuzzy'>;

export const fuzzy: ClauseKind<FuzzyQuery> = { iterate, expand, explain, isWeighed: true };

function* expand({ segment, caches }: ClauseScope, word: FuzzyQuery, isScored: boolean): Steps<Expansion | null> {
  const field = termFieldOf(segment, word.field);
  if (field === null) return null;
  return yield* (isScored ? occurrencesNear : documentsNear)({ segment, field, word, cache: caches.fuzzy });
}

function iterate(scope: ClauseScope, query: FuzzyQuery, scoring: ScoringContext | null): DocumentIterator {
  const known = scope.expansionOf(query);
  // Expanded where no scores were needed, it is not known how often documents hold the word.
  const isUsable = known !== undefined && (scoring === null || known === null || known.kind === 'near');
  const expansion = isUsable ? known : atOnce(expand(scope, query, scoring !== null));
  if (expansion === null) return new EmptyIterator();
  if (scoring === null || expansion.kind !== 'near') return iterateExpansion(scope.segment, query.field, expansion);
  const field = termFieldOf(scope.segment, query.field)!;
  return new NearIterator(expansion, scope.segment, nearScoring(field, query, scoring));
}

function explain(scope: ClauseScope, query: FuzzyQuery, scoring: ScoringContext): Explainer {
  const iterator = iterate(scope, query, scoring);
  const field = fieldOf(scope.segment, query.field, 'text');
  const name = `${query.field}:${query.term}~${query.edits}`;
  const weight = weightExplanation(scoring, { ...query, term: nearName(query) }, name);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (!(iterator instanceof NearIterator)) throw new Error('a misspelt word without frequencies');
    const frequency = part(iterator.frequency, 'frequency: occurrences, 1/2 for one edit and 1/4 for two');
    const norm =
      field === null
        ? part(iterator.norm, 'k1, as for a keyword of average length')
        : normExplanation(scoring, query.field, field, docId);
    return bm25Explanation(`fuzzy ${name}`, weight, frequency, norm);
  };
}
