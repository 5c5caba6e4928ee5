/** What the process's main thread and its two workers say to each other. Errors cross as bodies, to keep their code. */
import type { ErrorBody } from '../../errors.ts';
import type { PackedOutcome } from '../wire.ts';
import type { ReadRequest } from './read.ts';
import type { SkipOutcome } from './skips.ts';
import type { TrimOutcome } from './trims.ts';
import type { AppendOutcome, AppendRecord } from './store.ts';
import type { LogFacts } from './log-facts.ts';

/** Handed to each worker at its start. */
export interface WorkerStart {
  /** The data folder. */
  readonly folder: string;
  /** Milliseconds for which the writer remembers the keys of requests. */
  readonly idempotencyRetentionMs: number;
}

export type ToWriter =
  | {
      readonly kind: 'append';
      readonly id: number;
      readonly record: Omit<AppendRecord, 'requests'>;
      /** Packed, as JSON: to clone so many small objects costs several times as much. Empty where there are none. */
      readonly requests: string;
    }
  | { readonly kind: 'skip'; readonly id: number; readonly partition: string; readonly offset: number }
  | { readonly kind: 'trim'; readonly id: number; readonly partition: string; readonly before: number }
  | { readonly kind: 'close' };

export type CommitResult =
  | (Omit<Extract<AppendOutcome, { ok: true }>, 'outcomes'> & {
      readonly id: number;
      readonly outcomes: readonly PackedOutcome[];
    })
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

export type SkipResult = Extract<SkipOutcome, { ok: true }> | { readonly ok: false; readonly error: ErrorBody };

export type TrimResult = Extract<TrimOutcome, { ok: true }> | { readonly ok: false; readonly error: ErrorBody };

export type FromWriter =
  /** Of batches, of a file of so many bytes, checksums were proved. */
  | { readonly kind: 'verified'; readonly verifiedBytes: number; readonly fileBytes: number }
  /** In this place something was damaged and was made again from another. */
  | { readonly kind: 'mended'; readonly place: string }
  | { readonly kind: 'opened'; readonly facts: LogFacts }
  | { readonly kind: 'refused'; readonly error: ErrorBody }
  | { readonly kind: 'committed'; readonly results: readonly CommitResult[]; readonly tookMs: number }
  | { readonly kind: 'skipped'; readonly id: number; readonly result: SkipResult }
  | { readonly kind: 'trimmed'; readonly id: number; readonly result: TrimResult };

export type ToReader =
  | { readonly kind: 'read'; readonly id: number; readonly request: ReadRequest }
  | { readonly kind: 'close' };

/** A batch inside the joined bytes of one read: joined, because handing over one buffer is cheaper than many. */
export interface BatchPlace {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly bytes: number;
  readonly skipped: boolean;
}

export type FromReader =
  | { readonly kind: 'read'; readonly id: number; readonly places: readonly BatchPlace[]; readonly body: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorBody };
