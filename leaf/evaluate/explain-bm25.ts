/** The part of an explanation that is BM25: see shared/ranking/bm25.ts for the formulas. */
import { ownValue } from '../../shared/json/own-value.ts';
import { defaultBm25 } from '../../shared/ranking/bm25-parameters.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import { fieldStatisticsOf, frequencyOf } from '../../shared/ranking/statistics.ts';
import { lengthOfCode } from '../score/length-code.ts';
import { averageLength, lengthNorms, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';

export function bm25Explanation(
  name: string,
  weight: Explanation,
  frequency: Explanation,
  norm: Explanation,
): Explanation {
  const value = (weight.value * frequency.value) / (frequency.value + norm.value);
  const description = `${name}: (idf × frequency) / (frequency + norm)`;
  return { value, description, details: [weight, frequency, norm] };
}

/** @param name what it is shown as */
export function weightExplanation(
  scoring: ScoringContext,
  { field, term }: { readonly field: string; readonly term: string },
  name = `${field}:${term}`,
): Explanation {
  const { statistics, boost } = scoring;
  const idf = {
    value: termWeight({ ...scoring, boost: 1 }, field, term),
    description: `idf of ${name} = ln(1 + (N − n + 0.5) / (n + 0.5))`,
    details: [
      part(fieldStatisticsOf(statistics, field).documents, 'N: live documents with the field'),
      part(frequencyOf(statistics, field, term), 'n: live documents with the term'),
    ],
  };
  return boost === 1
    ? idf
    : { value: termWeight(scoring, field, term), description: `boost: the idf × ${boost}`, details: [idf] };
}

export function normExplanation(scoring: ScoringContext, name: string, field: TextField, docId: number): Explanation {
  const code = field.lengthCodes[docId]!;
  const { k1, b } = ownValue(scoring.similarities, name) ?? defaultBm25;
  return {
    value: lengthNorms(scoring, name)[code]!,
    description: 'norm = k1 × (1 − b + b × length / average)',
    details: [
      part(k1, 'k1'),
      part(b, 'b'),
      part(lengthOfCode[code]!, 'length: terms in the field, as one byte holds it'),
      part(averageLength(scoring, name), 'average: mean length of the field'),
    ],
  };
}

/** A number that is not made of others. */
export function part(value: number, description: string): Explanation {
  return { value, description };
}
