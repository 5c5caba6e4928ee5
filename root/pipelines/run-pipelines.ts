/** Runs the pipelines of a request over its finished results: those furthest inside first, at each level in order. */
import type { Pipelines } from '../../shared/aggregation/pipelines.ts';
import type { Pipeline } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { PipelineWork } from './pipeline-work.ts';
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
    run: (results, { isComplete }) => {
      runIn(plan, [results], { isComplete, work: new PipelineWork() });
    },
  };
}

/** What making a result in a bucket takes, in nodes of an expression. */
const stepsPerResult = 16;

/** @returns the buckets that are left, in the order that was asked for */
function runIn(plan: PipelinePlan, buckets: readonly Shown[], running: Running): readonly Shown[] {
  for (const [name, below] of plan.below) {
    for (const bucket of buckets) runBelow(below, bucket[name] as Shown, running);
  }
  let left = buckets;
  for (const { name, pipeline } of plan.pipelines) {
    running.work.take(left.length * stepsPerResult);
    if (pipeline.of === 'buckets') left = pipeline.run(left, running);
    else for (const bucket of left) bucket[name] = pipeline.run(bucket, running);
  }
  return left;
}

function runBelow(plan: PipelinePlan, result: Shown, running: Running): void {
  const buckets = bucketsOf(result);
  const left = runIn(plan, buckets, running);
  if (left !== buckets) keepBuckets(result, left);
}
