import { readObject } from '../../shared/json/read-object.ts';
import { numberThat } from '../../shared/json/readers.ts';
import { greatestOf, leastOf, readValues, sumOfValues, valuesProperties, type BucketValue } from './bucket-values.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { boundsOf, orNull } from './shown-buckets.ts';

const statsNumbers = ['count', 'min', 'max', 'avg', 'sum'];

/** `{"buckets_path", "gap_policy"?: "skip"}` */
export const statsBucket: PipelineDefinition = {
  place: 'besideBuckets',
  read: (node, scope) => {
    const values = readValues(readObject(node, valuesProperties), scope);
    return {
      of: 'results',
      numbers: statsNumbers,
      *run(results, running) {
        return { ...statsOf(yield* values(results, running)), ...boundsOf(running) };
      },
    };
  },
};

const sigmaDefault = 2;

const extendedNumbers = [
  ...statsNumbers,
  'sum_of_squares',
  'variance',
  'variance_population',
  'variance_sampling',
  'std_deviation',
  'std_deviation_population',
  'std_deviation_sampling',
];

/** The same with `"sigma"?: 2`: how many standard deviations around the mean the bounds are. */
export const extendedStatsBucket: PipelineDefinition = {
  place: 'besideBuckets',
  read: (node, scope) => {
    const properties = readObject(node, [...valuesProperties, 'sigma']);
    const values = readValues(properties, scope);
    const sigma = properties.optional(
      'sigma',
      numberThat('a number from 0', (value) => value >= 0),
      sigmaDefault,
    );
    return {
      of: 'results',
      numbers: extendedNumbers,
      *run(results, running) {
        return extendedStatsOf(yield* values(results, running), sigma, running);
      },
    };
  },
};

function statsOf(values: readonly BucketValue[]): Shown {
  return {
    count: values.length,
    min: orNull(leastOf(values)),
    max: orNull(greatestOf(values)),
    avg: orNull(sumOfValues(values) / values.length),
    sum: orNull(sumOfValues(values)),
  };
}

function extendedStatsOf(values: readonly BucketValue[], sigma: number, running: Running): Shown {
  const mean = sumOfValues(values) / values.length;
  // Around the mean: squares of numbers that lie far from zero would lose what they differ by.
  const spread = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  const [population, sampling] = [spread / values.length, spread / (values.length - 1)];
  const around = (deviation: number): [upper: number | null, lower: number | null] => [
    orNull(mean + sigma * deviation),
    orNull(mean - sigma * deviation),
  ];
  const [upper, lower] = around(Math.sqrt(population));
  const [upperSampling, lowerSampling] = around(Math.sqrt(sampling));
  return {
    ...statsOf(values),
    sum_of_squares: orNull(values.length === 0 ? NaN : values.reduce((sum, { value }) => sum + value ** 2, 0)),
    variance: orNull(population),
    variance_population: orNull(population),
    variance_sampling: orNull(sampling),
    std_deviation: orNull(Math.sqrt(population)),
    std_deviation_population: orNull(Math.sqrt(population)),
    std_deviation_sampling: orNull(Math.sqrt(sampling)),
    std_deviation_bounds: {
      upper,
      lower,
      upper_population: upper,
      lower_population: lower,
      upper_sampling: upperSampling,
      lower_sampling: lowerSampling,
    },
    ...boundsOf(running),
  };
}
