import type { Kept } from '../../shared/rollup/rollup-schema.ts';
import type { KeptValues, Value } from './kept-values.ts';

/** What a roll-up, whose documents are rows, can answer of a kind of aggregation. */
export interface RollupAnswer {
  /**
   * It can be asked of a dimension, as of any field: its result does not depend on how many increments or rows hold a
   * value, or it has buckets, which count increments.
   */
  readonly ofDimension?: true;
  /** How it is made of what is kept of a metric. */
  readonly ofMetric?: OfMetric;
}

interface OfMetric {
  /** What has to be kept of the metric. */
  readonly needs: readonly Kept[];
  /** @throws SheafError SUM_TOO_LARGE */
  readonly result: (kept: KeptValues) => Readonly<Record<string, Value>>;
}
