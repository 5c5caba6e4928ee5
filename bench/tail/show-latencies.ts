/** Histograms as cells of a table and as points of a curve. Pure. */
import type { Histogram } from 'hdr-histogram-js';
import type { Curve } from '../report/percentile-plot.ts';
import type { Cell } from '../report/table.ts';

export const percentileColumns = ['p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'max ms'];

/** Milliseconds at a percentile, 0 to 100; NaN when nothing was recorded. */
export function percentileMs(histogram: Histogram, percentile: number): number {
  return histogram.totalCount === 0 ? Number.NaN : histogram.getValueAtPercentile(percentile) / 1000;
}

/** One cell for each of `percentileColumns`. */
export function percentileCells(histogram: Histogram): Cell[] {
  return [50, 90, 99, 99.9, 100].map((percentile) => percentileMs(histogram, percentile));
}

/** As far to the right as the number of values allows. */
export function curveOf(name: string, histogram: Histogram): Curve {
  const largestDecade = Math.min(4, Math.log10(Math.max(10, histogram.totalCount)));
  const steps = 60;
  const points = Array.from({ length: steps + 1 }, (_, i) => {
    const share = 1 - 10 ** ((-largestDecade * i) / steps);
    return { share, ms: Math.max(0.001, percentileMs(histogram, share * 100)) };
  });
  return { name, points };
}
