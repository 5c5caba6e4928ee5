/** What the root's main thread and its parse worker say to each other. A job is one write request. */
import type { Fields } from '../../shared/schema/collisions.ts';
import type { ErrorBody } from '../../shared/errors.ts';
import type { BulkOptions, Rejection, Resumption, RoutedBatch } from './bulk-router.ts';
import type { MessageRules, PackedMessages } from './messages.ts';

export type ToWorker =
  | { readonly kind: 'begin'; readonly job: number; readonly options: BulkOptions }
  | { readonly kind: 'chunk'; readonly job: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'messages'; readonly job: number; readonly packed: PackedMessages; readonly rules: MessageRules }
  | { readonly kind: 'delete'; readonly job: number; readonly key: string }
  | { readonly kind: 'end'; readonly job: number }
  /** The index as it is now, after `missing`. */
  | ({ readonly kind: 'resume'; readonly job: number } & Resumption)
  /** Nothing more is wanted of the job. */
  | { readonly kind: 'abort'; readonly job: number };

export type FromWorker = {
  readonly job: number;
  /** Chunks worked through since the last message of this job. */
  readonly chunks: number;
  readonly batches: readonly RoutedBatch[];
  readonly rejections: readonly Rejection[];
  /** Fields that the schema lacks: the job goes on with `resume`. */
  readonly missing: Fields | null;
  /** The job is over: by `end`, or by a fault of the body as a whole. */
  readonly over: { readonly fault: ErrorBody | null } | null;
};
