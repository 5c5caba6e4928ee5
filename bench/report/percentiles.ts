/** Exact percentiles of measured durations: every value is kept, none is rounded into a bucket. Pure. */

/** Durations, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
}

/**
 * The smallest value that at least the share `p` of the values do not exceed (nearest rank), so always one that was
 * measured.
 * @param sorted ascending, at least one
 * @param p over 0, to 1
 */
export function percentile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) throw new RangeError('no values have no percentile');
  if (!(p > 0 && p <= 1)) throw new RangeError(`a percentile is over 0 and at most 1, not ${p}`);
  // 0.07 × 100 is a hair over 7: a rank must not grow by an error of rounding.
  return sorted[Math.ceil(p * sorted.length - 1e-9) - 1]!;
}

/** @param values in any order, at least one; left as they are */
export function summarize(values: Float64Array): Summary {
  const sorted = values.slice().sort();
  let sum = 0;
  for (const value of sorted) sum += value;
  return {
    count: sorted.length,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p99: percentile(sorted, 0.99),
    max: sorted[sorted.length - 1]!,
    mean: sum / sorted.length,
  };
}

/** All values in one array. */
export function concatValues(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
