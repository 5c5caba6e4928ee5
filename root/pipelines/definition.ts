/**
 * What a kind of pipeline is: an aggregation of the results of others, which only a root computes. It has no partial, and a
 * leaf is never told of it. A kind stands in one file, which reads what callers write and computes it; table.ts lists
 * the kinds.
 */
import type { AggregationKind, AggregationRequest } from '../../shared/aggregation/definition.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import type { BucketPath, BucketsPath } from './bucket-path.ts';
import type { Running, Shown } from './shown.ts';

/** A pipeline that was read, ready to run. */
export type Pipeline = ReadPipeline & {
  /** Its numbers, as a buckets_path names them after a dot; none where it has none. */
  readonly numbers: readonly string[];
  /** Finds one of them in a result, where it is not the property of that name. */
  readonly readNumber?: (result: Shown, name: string) => unknown;
};

type ReadPipeline =
  /** Of the buckets around it, in their order: adds to them, or leaves some out. */
  | {
      readonly of: 'buckets';
      /** What leaves buckets out comes after all that computes, and what sorts and cuts is the last. */
      readonly turn: 'computes' | 'selects' | 'sorts';
      /** @throws SheafError PIPELINES_TOO_HEAVY */
      readonly run: (buckets: readonly Shown[], running: Running) => Steps<readonly Shown[]>;
    }
  /** Of the buckets of an aggregation that stands beside it. */
  | { readonly of: 'results'; readonly run: (results: Shown, running: Running) => Steps<Shown> };

export interface PipelineDefinition {
  /**
   * Where it may stand: among the aggregations of buckets that follow one another without gaps, of any buckets, or anywhere
   * beside an aggregation with buckets.
   */
  readonly place: 'inSequence' | 'inBuckets' | 'besideBuckets';
  /** Reads what stands under the kind's name. @throws SheafError with a pointer to the fault */
  readonly read: (node: RequestNode, scope: PipelineScope) => Pipeline;
}

/** What a pipeline needs to know besides its own JSON. */
export interface PipelineScope {
  /** What the caller calls it. */
  readonly name: string;
  /** The aggregation whose buckets it is in; null at the top. */
  readonly owner: Owner | null;
  /** Reads a path to a number of each bucket around it. */
  readonly readPath: (node: RequestNode) => BucketPath;
  /** Reads a path to a number of each bucket of an aggregation beside it. */
  readonly readPathBeside: (node: RequestNode) => BucketsPath;
}

export interface Owner {
  readonly kind: AggregationKind;
  /** Without what is nested in it. */
  readonly request: Omit<AggregationRequest, 'aggregations'>;
}
