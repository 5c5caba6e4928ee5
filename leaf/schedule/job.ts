import type { Priority } from '../../shared/protocol/priority.ts';

export interface Job {
  readonly priority: Priority;
  /** Names the search that it is one of several jobs of; undefined where it is the only one. */
  readonly group?: string | undefined;
  /** Milliseconds on the scheduler's clock after which nobody wants the answer. */
  readonly deadline: number;
  /** Works on at most so many documents; true when there is nothing left to do. */
  step(documentsMax: number): boolean;
  /** Called exactly once, last. */
  onEnd(outcome: JobOutcome): void;
}

export type JobOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The deadline passed before the first step. */
  | { readonly kind: 'overdue' }
  /** The deadline passed between two steps. */
  | { readonly kind: 'expired' }
  /** Given up before the first step, so that others do not wait longer. */
  | { readonly kind: 'shed' }
  | { readonly kind: 'cancelled'; readonly begun: boolean }
  /** The scheduler was stopped. */
  | { readonly kind: 'stopped' };
