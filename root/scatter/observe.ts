/** What can be seen of the attempts of a round as they happen. Times are milliseconds on the root's clock. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { LeafView } from './replica-choice.ts';
import type { SendReason } from './scatter.ts';

export type AttemptEvent =
  | {
      readonly kind: 'sent';
      readonly attempt: number;
      readonly at: number;
      readonly shards: readonly number[];
      readonly reason: SendReason;
      /** What was known of the leaf that was chosen. */
      readonly leaf: LeafView;
    }
  | {
      readonly kind: 'received';
      readonly attempt: number;
      readonly at: number;
      /** Of the answer's body; its header is not counted. */
      readonly bytes: number;
      readonly timing: TaskTiming | undefined;
      readonly failed: readonly number[];
    }
  | { readonly kind: 'failed'; readonly attempt: number; readonly at: number; readonly code: ErrorCode }
  /** The answer counts. */
  | { readonly kind: 'taken'; readonly attempt: number; readonly at: number }
  | { readonly kind: 'cancelled'; readonly attempt: number; readonly at: number; readonly why: 'lost' | 'late' };

export type AttemptObserver = (event: AttemptEvent) => void;
