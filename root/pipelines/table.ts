import { bucketScript } from './bucket-script.ts';
import { bucketSelector } from './bucket-selector.ts';
import { bucketSort } from './bucket-sort.ts';
import { avgBucket, maxBucket, minBucket, sumBucket } from './bucket-metrics.ts';
import { cumulativeSum } from './cumulative-sum.ts';
import type { PipelineDefinition } from './definition.ts';
import { derivative } from './derivative.ts';
import { movingFn } from './moving-fn.ts';
import { percentilesBucket } from './percentiles-bucket.ts';
import { extendedStatsBucket, statsBucket } from './stats-bucket.ts';

/** The kinds of pipelines, by the names that callers use. A Map, because these come from callers. */
export const pipelineTable: ReadonlyMap<string, PipelineDefinition> = new Map([
  ['derivative', derivative],
  ['cumulative_sum', cumulativeSum],
  ['moving_fn', movingFn],
  ['bucket_script', bucketScript],
  ['bucket_selector', bucketSelector],
  ['bucket_sort', bucketSort],
  ['avg_bucket', avgBucket],
  ['sum_bucket', sumBucket],
  ['min_bucket', minBucket],
  ['max_bucket', maxBucket],
  ['stats_bucket', statsBucket],
  ['extended_stats_bucket', extendedStatsBucket],
  ['percentiles_bucket', percentilesBucket],
]);

export const pipelineKinds: readonly string[] = [...pipelineTable.keys()];
