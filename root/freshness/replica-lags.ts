/**
 * Which replicas lack something that the log is known to have: the last report of each leaf beside the heads. Worked out where it
 * is asked for, index by index, and kept until either is another, so that neither a report nor a beat costs what there is. Pure.
 */
import { partitionNumber } from '../../shared/index-kinds/partitions.ts';
import { replicaName, type Replicas } from '../../shared/protocol/replicas.ts';
import type { ReplicaReport } from '../../shared/protocol/reports.ts';
import type { HeadBook } from './head-book.ts';
import type { LastingIndex } from './indexes-by-id.ts';
import type { PartitionHead } from './partition-head.ts';

export interface Lag {
  /** Up to where the replica has the log. */
  readonly offset: number;
  /** Log offsets from there to the head. */
  readonly behind: number;
  /** Since when there is known to be an entry that it lacks, on the clock. */
  readonly since: number;
}

/** Shard → lag, of the replicas that lack something. */
type Lags = ReadonlyMap<number, Lag>;

interface LeafLags {
  readonly replicas: Replicas;
  /** By index id, as the heads were then. */
  readonly worked: Map<string, { readonly version: number; readonly lags: Lags }>;
}

/** More than a refresh, a report and a beat of the log take together, with time to spare: such a replica is asked last. */
export const farBehindMs = 2000;

const none: Lags = new Map();

type Heads = Pick<HeadBook, 'ofIndex' | 'version'>;

export class ReplicaLags {
  private readonly heads: Heads;
  private readonly indexOf: (indexId: string) => LastingIndex | undefined;
  private readonly byLeaf = new Map<string, LeafLags>();

  /** @param indexOf the index of an id; undefined where there is none */
  constructor(heads: Heads, indexOf: (indexId: string) => LastingIndex | undefined) {
    this.heads = heads;
    this.indexOf = indexOf;
  }

  /** A leaf reported. */
  take({ leaf, replicas }: { readonly leaf: string; readonly replicas: Replicas }): void {
    if (this.byLeaf.get(leaf)?.replicas === replicas) return;
    this.byLeaf.set(leaf, { replicas, worked: new Map() });
  }

  /** The leaf is not connected any more. */
  forget(leaf: string): void {
    this.byLeaf.delete(leaf);
  }

  /** Of the replicas that a leaf has of an index, those that lack something. Cost: the shards, once a report and beat. */
  of(leaf: string, indexId: string): Lags {
    const known = this.byLeaf.get(leaf);
    if (known === undefined) return none;
    const { version } = this.heads;
    const worked = known.worked.get(indexId);
    if (worked?.version === version) return worked.lags;
    const lags = this.lagsOf(known.replicas, indexId);
    known.worked.set(indexId, { version, lags });
    return lags;
  }

  /** The replicas that lag most, over all leaves: by offsets, and by the time the oldest entry has been known. Looks at all. */
  worst(): { readonly behind: number; readonly since: number } {
    let behind = 0;
    let since = Infinity;
    for (const { replicas } of this.byLeaf.values()) {
      for (const replica of replicas.values()) {
        const index = this.indexOf(replica.index);
        const lag = index === undefined ? null : lagOf(index, this.heads.ofIndex(index.id), replica);
        if (lag === null) continue;
        behind = Math.max(behind, lag.behind);
        since = Math.min(since, lag.since);
      }
    }
    return { behind, since };
  }

  private lagsOf(replicas: Replicas, indexId: string): Lags {
    const heads = this.heads.ofIndex(indexId);
    const index = heads.length === 0 ? undefined : this.indexOf(indexId);
    if (index === undefined) return none;
    let lags: Map<number, Lag> | null = null;
    for (let shard = 0; shard < index.shards; shard++) {
      const replica = replicas.get(replicaName(indexId, shard));
      const lag = replica === undefined ? null : lagOf(index, heads, replica);
      if (lag !== null) (lags ??= new Map<number, Lag>()).set(shard, lag);
    }
    return lags ?? none;
  }
}

/** Null where the replica has all that is known, or does not answer. */
function lagOf(
  index: LastingIndex,
  heads: readonly (PartitionHead | undefined)[],
  { shard, state, offset }: ReplicaReport,
): Lag | null {
  if (state === 'loading') return null;
  const head = heads[partitionNumber(index, shard)];
  if (head === undefined || head.offset <= offset) return null;
  return { offset, behind: head.offset - offset, since: head.knownSince(offset)! };
}
