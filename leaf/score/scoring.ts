import { inverseDocumentFrequency } from '../../shared/ranking/bm25.ts';
import { fieldStatisticsOf, frequencyOf } from '../../shared/ranking/statistics.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';

/** What scores depend on besides the document: counts over the whole collection, the same on every leaf. */
export interface ScoringContext {
  readonly statistics: Statistics;
}

/** Inverse document frequency of a term in a field. */
export function termWeight({ statistics }: ScoringContext, field: string, term: string): number {
  return inverseDocumentFrequency(fieldStatisticsOf(statistics, field).documents, frequencyOf(statistics, field, term));
}

/**
 * Mean length of the field. Where no document was counted, yet one has come since, it is 1, so that scores are
 * numbers.
 */
export function bm25Average({ statistics }: ScoringContext, field: string): number {
  const { documents, length } = fieldStatisticsOf(statistics, field);
  return documents === 0 ? 1 : length / documents;
}
