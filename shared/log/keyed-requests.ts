/**
 * Requests that are recorded once: the log remembers each under the key its caller gave it, in the transaction that
 * records its entries. A repeat gets the first answer, and its entries are left out. Pure.
 *
 * An append carries the entries of many requests, so that one transaction and one frame serve them all. Where one of
 * them is a repeat, which is rare, its bytes are cut out of the batches and the others stay.
 */
import type { AppendBatch, Appended } from './append-batch.ts';

/** Entries of one request that lie side by side in one batch of an append. */
export interface EntryRange {
  /** Index of the batch. */
  readonly batch: number;
  /** Entries, at least 1. */
  readonly count: number;
  /** Bytes of the batch from `start` up to `end`, its header not among them. */
  readonly start: number;
  readonly end: number;
}

export interface KeyedRequest {
  /** What a repeat is known by; unique over all callers and indexes. */
  readonly key: string;
  /** Of all that the caller asked; a repeat has the same. */
  readonly digest: string;
  /** Where its entries are. In each batch the ranges of all requests ascend and do not overlap. */
  readonly ranges: readonly EntryRange[];
}

/** The answer to a request: of each batch of the append that recorded it the last offset, and how many entries it had. */
export type RequestAnswer = readonly (readonly [partition: string, lastOffset: number, count: number])[];

export type RequestOutcome =
  /** Recorded by this append, with its other entries. */
  | { readonly kind: 'recorded' }
  /** Recorded before; nothing was recorded now. */
  | { readonly kind: 'repeated'; readonly answer: RequestAnswer }
  /** The key was used before for something else; nothing was recorded. */
  | { readonly kind: 'conflict' };

/** What is remembered of a request. */
export interface KnownRequest {
  readonly digest: string;
  readonly answer: RequestAnswer;
}

/** What is to be done with a request. `sameAs` is the index of an earlier one of the same append. */
export type Decision =
  | { readonly kind: 'record' }
  | { readonly kind: 'known'; readonly answer: RequestAnswer }
  | { readonly kind: 'sameAs'; readonly index: number }
  | { readonly kind: 'conflict' };

/** Decides for each request of an append, in order. @param find what is remembered under a key */
export function decide(
  requests: readonly KeyedRequest[],
  find: (key: string) => KnownRequest | undefined,
): readonly Decision[] {
  const first = new Map<string, number>();
  return requests.map(({ key, digest }, index): Decision => {
    const earlier = first.get(key);
    if (earlier !== undefined) {
      return requests[earlier]!.digest === digest ? { kind: 'sameAs', index: earlier } : { kind: 'conflict' };
    }
    const known = find(key);
    if (known === undefined) {
      first.set(key, index);
      return { kind: 'record' };
    }
    return known.digest === digest ? { kind: 'known', answer: known.answer } : { kind: 'conflict' };
  });
}

/**
 * The batches with the entries of those requests only that are to be recorded, and what belongs to no request. A batch
 * without an entry left is left out. The same array where nothing is cut.
 */
export function recordedBatches(
  batches: readonly AppendBatch[],
  requests: readonly KeyedRequest[],
  decisions: readonly Decision[],
): readonly AppendBatch[] {
  const cuts = requests.flatMap(({ ranges }, i) => (decisions[i]!.kind === 'record' ? [] : ranges));
  if (cuts.length === 0) return batches;
  return batches
    .map((batch, index) => {
      const own = cuts.filter((range) => range.batch === index);
      return own.length === 0 ? batch : withoutRanges(batch, own);
    })
    .filter(({ count }) => count > 0);
}

/** @param cuts in any order; they do not overlap */
function withoutRanges({ partition, count, bytes }: AppendBatch, cuts: readonly EntryRange[]): AppendBatch {
  const ascending = cuts.toSorted((a, b) => a.start - b.start);
  const kept: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of ascending) {
    kept.push(bytes.subarray(at, start));
    at = end;
  }
  kept.push(bytes.subarray(at));
  const left = count - cuts.reduce((sum, cut) => sum + cut.count, 0);
  return { partition, count: left, bytes: new Uint8Array(Buffer.concat(kept)) };
}

/** What each caller is told, from what was decided and recorded. */
export function outcomesOf(decisions: readonly Decision[], answer: RequestAnswer): readonly RequestOutcome[] {
  return decisions.map((decision): RequestOutcome => {
    switch (decision.kind) {
      case 'record':
        return { kind: 'recorded' };
      case 'known':
        return { kind: 'repeated', answer: decision.answer };
      case 'sameAs':
        return { kind: 'repeated', answer };
      case 'conflict':
        return { kind: 'conflict' };
    }
  });
}

/** The answer that every request recorded by an append has. */
export function answerOf(appended: readonly Appended[]): RequestAnswer {
  return appended.map(({ partition, firstOffset, lastOffset }) => [
    partition,
    lastOffset,
    lastOffset - firstOffset + 1,
  ]);
}
