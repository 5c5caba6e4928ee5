/** What the terms of a query weigh, and what BM25 adds for the length of a text: the formulas leaves score with too. Pure. */
import { ownValue } from '../../shared/json/own-value.ts';
import type { Similarities } from '../../shared/protocol/tasks/search.ts';
import { bm25Norm, inverseDocumentFrequency } from '../../shared/ranking/bm25.ts';
import { lengthOfCode } from '../../shared/ranking/length-code.ts';
import { fieldStatisticsOf, frequencyOf, type Statistics } from '../../shared/ranking/statistics.ts';

export function weightOfTerm(statistics: Statistics, field: string, term: string): number {
  return inverseDocumentFrequency(fieldStatisticsOf(statistics, field).documents, frequencyOf(statistics, field, term));
}

/** What BM25 adds to the frequency, by length code. */
export function normsOfField(statistics: Statistics, similarities: Similarities, field: string): Float64Array {
  const { documents, length } = fieldStatisticsOf(statistics, field);
  const average = documents === 0 ? 1 : length / documents;
  const parameters = ownValue(similarities, field);
  return lengthOfCode.map((one) => bm25Norm(one, average, parameters));
}
