import type { PipelineWork } from './pipeline-work.ts';

/** Results as JSON by the caller's names; a bucket, too, which has its key and its count beside them. */
export type Shown = Record<string, unknown>;

export interface Running {
  /** Whether every shard answered. Where one did not, nothing is known of what the whole would have given. */
  readonly isComplete: boolean;
  readonly work: PipelineWork;
}
