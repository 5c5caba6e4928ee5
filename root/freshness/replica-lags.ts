/**
 * Which replicas lack something that the log is known to have, by the last report of each leaf. A leaf reports four times a
 * second, and most replicas lack nothing: what is kept is as much as there is lag. Pure.
 */
import type { LeafReport, ReplicaReport } from '../../shared/protocol/reports.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { partitionNumber } from '../../shared/index-kinds/partitions.ts';
import type { HeadBook } from './head-book.ts';

export interface Lag {
  /** Up to where the replica has the log. */
  readonly offset: number;
  /** Log offsets from there to the head. */
  readonly behind: number;
  /** Since when there is known to be an entry that it lacks, on the clock. */
  readonly since: number;
}

/** Of one leaf: index id → shard → lag. */
type LagsOfLeaf = ReadonlyMap<string, ReadonlyMap<number, Lag>>;

/** More than a refresh, a report and a beat of the log take together, with time to spare: such a replica is asked last. */
export const farBehindMs = 2000;

const none: ReadonlyMap<number, Lag> = new Map();

export class ReplicaLags {
  private readonly heads: Pick<HeadBook, 'ofIndex'>;
  private readonly kindOf: (indexId: string) => IndexKind | undefined;
  private readonly byLeaf = new Map<string, LagsOfLeaf>();

  /** @param kindOf the kind of an index, which says what partition a shard reads; undefined where there is no such index */
  constructor(heads: Pick<HeadBook, 'ofIndex'>, kindOf: (indexId: string) => IndexKind | undefined) {
    this.heads = heads;
    this.kindOf = kindOf;
  }

  /** A leaf reported. One pass over its replicas. */
  take({ leaf, replicas }: Pick<LeafReport, 'leaf' | 'replicas'>): void {
    const lags = new Map<string, Map<number, Lag>>();
    for (const replica of replicas) {
      const lag = this.lagOf(replica);
      if (lag === null) continue;
      const ofIndex = lags.get(replica.index);
      if (ofIndex === undefined) lags.set(replica.index, new Map([[replica.shard, lag]]));
      else ofIndex.set(replica.shard, lag);
    }
    if (lags.size === 0) this.byLeaf.delete(leaf);
    else this.byLeaf.set(leaf, lags);
  }

  /** The leaf is not connected any more. */
  forget(leaf: string): void {
    this.byLeaf.delete(leaf);
  }

  /** Of the replicas that a leaf has of an index: shard → lag, of those that lack something. */
  of(leaf: string, indexId: string): ReadonlyMap<number, Lag> {
    return this.byLeaf.get(leaf)?.get(indexId) ?? none;
  }

  /** The replicas that lag most, over all leaves: by offsets, and by the time the oldest entry has been known. */
  worst(): { readonly behind: number; readonly since: number } {
    let behind = 0;
    let since = Infinity;
    for (const ofLeaf of this.byLeaf.values()) {
      for (const ofIndex of ofLeaf.values()) {
        for (const lag of ofIndex.values()) {
          behind = Math.max(behind, lag.behind);
          since = Math.min(since, lag.since);
        }
      }
    }
    return { behind, since };
  }

  /** Null where the replica has all that is known, or does not answer. */
  private lagOf({ index, shard, state, offset }: ReplicaReport): Lag | null {
    if (state === 'loading') return null;
    const heads = this.heads.ofIndex(index);
    if (heads.length === 0) return null;
    const kind = this.kindOf(index);
    if (kind === undefined) return null;
    const head = heads[partitionNumber({ kind }, shard)];
    if (head === undefined || head.offset <= offset) return null;
    return { offset, behind: head.offset - offset, since: head.knownSince(offset)! };
  }
}
