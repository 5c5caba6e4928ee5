/** Runs the pipelines of a request over its finished results: those furthest inside first, at each level in order. */
import type { Pipelines } from '../../shared/aggregation/pipelines.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { Pipeline } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { PipelineWork, stepsPerResult } from './pipeline-work.ts';
import { bucketsOf, keepBuckets } from './shown-buckets.ts';

/** The pipelines in one `aggs`, and those further inside. */
export interface PipelinePlan {
  /** In the order in which they run. */
  readonly pipelines: readonly { readonly name: string; readonly pipeline: Pipeline }[];
  /** By the name of the aggregation in whose buckets they are. */
  readonly below: ReadonlyMap<string, PipelinePlan>;
}

export function pipelinesOf(plan: PipelinePlan): Pipelines {
  return {
    *run(results, { isComplete }) {
      yield* runIn(plan, [results], { isComplete, work: new PipelineWork() });
    },
  };
}

/** @returns the buckets that are left, in the order that was asked for */
function* runIn(plan: PipelinePlan, buckets: readonly Shown[], running: Running): Steps<readonly Shown[]> {
  for (const [name, below] of plan.below) {
    for (const bucket of buckets) {
      yield* runBelow(below, bucket[name] as Shown, running);
      if (running.work.isDue()) yield;
    }
  }
  let left = buckets;
  for (const { name, pipeline } of plan.pipelines) {
    running.work.take(left.length * stepsPerResult);
    if (pipeline.of === 'buckets') left = yield* pipeline.run(left, running);
    else {
      for (const bucket of left) {
        bucket[name] = yield* pipeline.run(bucket, running);
        if (running.work.isDue()) yield;
      }
    }
  }
  return left;
}

function* runBelow(plan: PipelinePlan, result: Shown, running: Running): Steps<void> {
  const buckets = bucketsOf(result);
  const left = yield* runIn(plan, buckets, running);
  if (left !== buckets) yield* keepBuckets(result, left);
}
