/** What is computed of the results of aggregations, where callers ask for it: root/pipelines. No leaf is told of it. */
import type { Steps } from './steps.ts';

export interface Pipelines {
  /**
   * Adds to the results, and leaves out of them what the caller does not want, some buckets a step.
   * @throws SheafError PIPELINES_TOO_HEAVY
   */
  readonly run: (
    results: Readonly<Record<string, unknown>>,
    about: {
      /** See FinishOptions. */
      readonly isComplete: boolean;
    },
  ) => Steps<void>;
}
