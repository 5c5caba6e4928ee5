import { ownValue } from '../../shared/json/own-value.ts';
import type { Similarities } from '../../shared/protocol/tasks/search.ts';
import { defaultBm25 } from '../../shared/ranking/bm25-parameters.ts';
import type { Bm25Parameters } from '../../shared/ranking/bm25-parameters.ts';
import { bm25Norm, inverseDocumentFrequency } from '../../shared/ranking/bm25.ts';
import { fieldStatisticsOf, frequencyOf } from '../../shared/ranking/statistics.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';
import { lengthOfCode } from './length-code.ts';

/** What scores depend on besides the document: counts over the whole collection, the same on every leaf. */
export interface ScoringContext {
  readonly statistics: Statistics;
  /** Of the fields that have parameters of their own. */
  readonly similarities: Similarities;
  /** By field, as they are asked for: see lengthNorms. */
  readonly norms: Map<string, Float64Array>;
  /** What every term weighs, times its inverse document frequency. */
  readonly boost: number;
}

export function makeScoringContext(statistics: Statistics, similarities: Similarities = {}): ScoringContext {
  return { statistics, similarities, norms: new Map(), boost: 1 };
}

/** The same where terms weigh so many times as much. */
export function boostedContext(context: ScoringContext, boost: number): ScoringContext {
  return { ...context, boost: context.boost * boost };
}

/** Inverse document frequency of a term in a field, boosted. */
export function termWeight({ statistics, boost }: ScoringContext, field: string, term: string): number {
  const { documents } = fieldStatisticsOf(statistics, field);
  return inverseDocumentFrequency(documents, frequencyOf(statistics, field, term)) * boost;
}

/** What BM25 adds to the frequency, by length code. Computed once a search and field. */
export function lengthNorms(context: ScoringContext, field: string): Float64Array {
  let norms = context.norms.get(field);
  if (norms === undefined) {
    const average = averageLength(context, field);
    norms = normsOf(average, ownValue(context.similarities, field) ?? defaultBm25);
    context.norms.set(field, norms);
  }
  return norms;
}

interface KnownNorms {
  readonly average: number;
  readonly parameters: Bm25Parameters;
  readonly norms: Float64Array;
}

/** Norms of late: averages change with writes, not with searches. */
const known: KnownNorms[] = [];
const knownMax = 16;

function normsOf(average: number, parameters: Bm25Parameters): Float64Array {
  const { k1, b } = parameters;
  for (const other of known) {
    if (other.average === average && other.parameters.k1 === k1 && other.parameters.b === b) return other.norms;
  }
  const norms = lengthOfCode.map((length) => bm25Norm(length, average, parameters));
  if (known.length === knownMax) known.shift();
  known.push({ average, parameters, norms });
  return norms;
}

/**
 * Mean length of the field, exact. Where no document was counted, yet one has come since, it is 1, so that scores are
 * numbers.
 */
export function averageLength({ statistics }: ScoringContext, field: string): number {
  const { documents, length } = fieldStatisticsOf(statistics, field);
  return documents === 0 ? 1 : length / documents;
}
