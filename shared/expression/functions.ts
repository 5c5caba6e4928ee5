/** The functions that expressions may call, by the names that Painless has for them. */

export type CallableFunction =
  | { readonly of: 'numbers'; readonly parameters: number; readonly call: (...values: number[]) => number }
  /** The first argument is the window, the others are numbers. */
  | {
      readonly of: 'window';
      readonly parameters: number;
      readonly call: (window: readonly number[], ...values: number[]) => number;
    };

const numbers = (parameters: number, call: (...values: number[]) => number): CallableFunction => ({
  of: 'numbers',
  parameters,
  call,
});

const window = (
  parameters: number,
  call: (values: readonly number[], ...others: number[]) => number,
): CallableFunction => ({ of: 'window', parameters, call });

/** A Map, because the names come from callers. */
export const functions: ReadonlyMap<string, CallableFunction> = new Map([
  ['Math.abs', numbers(1, Math.abs)],
  ['Math.ceil', numbers(1, Math.ceil)],
  ['Math.exp', numbers(1, Math.exp)],
  ['Math.floor', numbers(1, Math.floor)],
  ['Math.log', numbers(1, Math.log)],
  ['Math.log10', numbers(1, Math.log10)],
  ['Math.max', numbers(2, Math.max)],
  ['Math.min', numbers(2, Math.min)],
  ['Math.pow', numbers(2, Math.pow)],
  // To the nearest whole number, halves upwards, as in Java.
  ['Math.round', numbers(1, Math.round)],
  ['Math.sqrt', numbers(1, Math.sqrt)],
  ['MovingFunctions.ewma', window(2, exponentialMean)],
  ['MovingFunctions.holt', window(3, holt)],
  ['MovingFunctions.linearWeightedAvg', window(1, linearMean)],
  [
    'MovingFunctions.max',
    window(1, (values) => values.reduce((most, value) => Math.max(most, value), values[0] ?? NaN)),
  ],
  [
    'MovingFunctions.min',
    window(1, (values) => values.reduce((least, value) => Math.min(least, value), values[0] ?? NaN)),
  ],
  ['MovingFunctions.stdDev', window(2, standardDeviation)],
  ['MovingFunctions.sum', window(1, sumOf)],
  ['MovingFunctions.unweightedAvg', window(1, (values) => sumOf(values) / values.length)],
]);

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Around a mean that is given, of all values as a population. NaN of none. */
function standardDeviation(values: readonly number[], mean = NaN): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Weighted 1, 2, 3 and so on, the last most. NaN of none. */
function linearMean(values: readonly number[]): number {
  const weights = (values.length * (values.length + 1)) / 2;
  return values.reduce((sum, value, i) => sum + value * (i + 1), 0) / weights;
}

/** The first value, moved towards each of the next by the share `alpha` of the distance. NaN of none. */
function exponentialMean(values: readonly number[], alpha = NaN): number {
  return values.length === 0 ? NaN : values.reduce((mean, value) => alpha * value + (1 - alpha) * mean);
}

/**
 * Holt's linear trend: a level that is smoothed by `alpha` and a trend by `beta`, which begins at 0. The level after the last
 * value; NaN of none.
 */
function holt(values: readonly number[], alpha = NaN, beta = NaN): number {
  let level = values[0] ?? NaN;
  let trend = 0;
  for (let i = 1; i < values.length; i++) {
    const before = level;
    level = alpha * values[i]! + (1 - alpha) * (before + trend);
    trend = beta * (level - before) + (1 - beta) * trend;
  }
  return level;
}
