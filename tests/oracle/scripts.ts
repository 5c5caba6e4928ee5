/** The expressions that random pipelines use, and what each of them means. */

/** Of the numbers `a` and `n` of a bucket. */
export const bucketScripts: Readonly<Record<string, (a: number, n: number) => number>> = {
  'params.a * 2 - params.n': (a, n) => a + a - n,
  'params.a > params.n ? params.a : -params.n': (a, n) => (a > n ? a : 0 - n),
  'params.n == 0 ? 0 : params.a / params.n': (a, n) => (n === 0 ? 0 : a / n),
  'Math.floor(Math.abs(params.a) / 7) % 5 + Math.max(params.n, 3)': (a, n) =>
    (Math.floor(Math.abs(a) / 7) % 5) + Math.max(n, 3),
};

/** Whether a bucket stays. */
export const bucketChoices: Readonly<Record<string, (a: number, n: number) => boolean>> = {
  'params.n >= 2': (_a, n) => n >= 2,
  'params.a > 0 || params.n % 2 == 1': (a, n) => a > 0 || n % 2 === 1,
  '!(params.a < 20) && params.n != 3': (a, n) => !(a < 20) && n !== 3,
};

const mean = (window: readonly number[]): number => window.reduce((sum, value) => sum + value, 0) / window.length;

/** Of a window of numbers. */
export const windowScripts: Readonly<Record<string, (window: readonly number[]) => number>> = {
  'MovingFunctions.sum(values)': (window) => window.reduce((sum, value) => sum + value, 0),
  'MovingFunctions.unweightedAvg(values)': mean,
  'MovingFunctions.max(values) - MovingFunctions.min(values)': (window) =>
    window.length === 0 ? NaN : window.toSorted((a, b) => a - b).at(-1)! - window.toSorted((a, b) => a - b)[0]!,
  'MovingFunctions.stdDev(values, MovingFunctions.unweightedAvg(values))': (window) =>
    Math.sqrt(mean(window.map((value) => (value - mean(window)) * (value - mean(window))))),
  'MovingFunctions.linearWeightedAvg(values)': (window) => {
    // A value counts as often as its place says.
    const repeated = window.flatMap((value, i) => Array.from({ length: i + 1 }, () => value));
    return mean(repeated);
  },
};
