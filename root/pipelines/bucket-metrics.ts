/** `{"buckets_path", "gap_policy"?: "skip"}`: one number of the numbers in the buckets of an aggregation. */
import { readObject } from '../../shared/json/read-object.ts';
import { greatestOf, leastOf, readValues, sumOfValues, valuesProperties, type BucketValue } from './bucket-values.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { shownValue } from './shown-buckets.ts';

type Result = (values: readonly BucketValue[], running: Running) => Shown;

function metric(result: Result): PipelineDefinition {
  return {
    place: 'besideBuckets',
    read: (node, scope) => {
      const values = readValues(readObject(node, valuesProperties), scope);
      return {
        of: 'results',
        numbers: ['value'],
        *run(results, running) {
          return result(yield* values(results, running), running);
        },
      };
    },
  };
}

/** Null of no numbers. */
export const avgBucket = metric((values, running) => shownValue(sumOfValues(values) / values.length, running));

export const sumBucket = metric((values, running) => shownValue(sumOfValues(values), running));

/** With the keys of all buckets that have it. */
export const minBucket = metric((values, running) => extreme(values, leastOf(values), running));

export const maxBucket = metric((values, running) => extreme(values, greatestOf(values), running));

function extreme(values: readonly BucketValue[], found: number, running: Running): Shown {
  const keys = values.filter(({ value }) => value === found).map(({ key }) => key);
  return { ...shownValue(found, running), keys };
}
