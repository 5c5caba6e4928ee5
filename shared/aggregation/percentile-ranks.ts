/** How much of all values is at most as large as given numbers: exactly while there are few, beyond with a known error. */
import { readBoolean, readString } from '../json/readers.ts';
import { shaped, validateNumber, validateNumbers } from '../json/validators.ts';
import type { AggregationDefinition, ResultOf } from './definition.ts';
import type { DistributionPartial } from './distribution-partial.ts';
import { bytesOfMany, errorOf, ofDistribution, shownMany } from './percentiles.ts';
import { ranksOf } from './quantile.ts';
import { binWidth } from './sketch-bins.ts';

export type PercentileRanksRequest = {
  readonly kind: 'percentile_ranks';
  readonly field: string;
  /** Ascending. */
  readonly numbers: readonly number[];
  readonly keyed: boolean;
  /** The value of documents without one. */
  readonly missing?: number;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly percentile_ranks: {
      readonly request: PercentileRanksRequest;
      readonly partial: DistributionPartial;
      readonly result: ResultOf<'percentiles'>;
    };
  }
}

export const percentileRanks: AggregationDefinition<'percentile_ranks'> = {
  ...ofDistribution,
  validate: shaped({ field: readString, numbers: validateNumbers, keyed: readBoolean }, { missing: validateNumber }),
  resultBytes: ({ numbers, keyed }) => bytesOfMany(numbers.length, { keyed, show: 'plain' }),
  finish: ({ numbers, keyed }, partial, { isComplete }) => ({
    values: shownMany({ keys: numbers, values: ranksOf(partial, numbers), keyed, show: 'plain' }),
    error: isComplete ? errorOf(partial, binWidth) : null,
  }),
};
