/** What the root's main thread and its parse worker say to each other. A job is one write request. */
import type { ErrorBody } from '../../shared/errors.ts';
import type { BulkOptions, Rejection, RoutedBatch } from './bulk-router.ts';

export type ToWorker =
  | { readonly kind: 'begin'; readonly job: number; readonly options: BulkOptions }
  | { readonly kind: 'chunk'; readonly job: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'delete'; readonly job: number; readonly key: string }
  | { readonly kind: 'end'; readonly job: number }
  /** Nothing more is wanted of the job. */
  | { readonly kind: 'abort'; readonly job: number };

export type FromWorker = {
  readonly job: number;
  /** Chunks worked through since the last message of this job. */
  readonly chunks: number;
  readonly batches: readonly RoutedBatch[];
  readonly rejections: readonly Rejection[];
  /** The job is over: by `end`, or by a fault of the body as a whole. */
  readonly over: { readonly fault: ErrorBody | null } | null;
};
