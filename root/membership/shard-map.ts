/** Which leaf has which shard, and how many documents are in it, from the reports of leaves. No I/O. */
import { replicaName, type Replicas } from '../../shared/protocol/replicas.ts';
import type { LeafReport, ReplicaReport, StopReport } from '../../shared/protocol/reports.ts';

/** A shard of which nobody can read on in the log. */
export interface StoppedShard extends StopReport {
  readonly shard: number;
}

/** What a shard was made of in the state at `offset`, see ReplicaReport. */
export type ShardSummary = Pick<ReplicaReport, 'offset' | 'documents' | 'columns' | 'unrouted'>;

/** What is known of an index as long as nothing of it changes. */
interface Known {
  owners?: readonly (readonly string[])[];
  stops?: readonly StoppedShard[];
  state?: readonly number[] | null;
}

interface Reported {
  readonly leaf: string;
  readonly replica: ReplicaReport;
}

export class ShardMap {
  private readonly reports: () => Iterable<Pick<LeafReport, 'leaf' | 'replicas'>>;
  private readonly lastDocuments = new Map<string, number>();
  /** Of each shard the report of the highest log offset, of whatever replica. */
  private readonly furthest = new Map<string, ReplicaReport>();
  /** Shards that a leaf had ready at some time. */
  private readonly seenReady = new Set<string>();
  /** By index id. */
  private readonly known = new Map<string, Known>();

  /** @param reports the last report of every leaf that can be asked */
  constructor(reports: () => Iterable<Pick<LeafReport, 'leaf' | 'replicas'>>) {
    this.reports = reports;
  }

  /**
   * A report came, and is among the last ones. Cost: a step for each replica that differs.
   * @param before what the leaf reported last, as far as it is known
   */
  take({ replicas }: Pick<LeafReport, 'replicas'>, before: Replicas): void {
    for (const { key, before: was, after: is } of replicas.differences(before)) {
      this.known.delete((is ?? was)!.index);
      if (is === undefined) {
        this.forgetUnlessReported(key);
        continue;
      }
      this.lastDocuments.set(key, is.documents);
      if (is.offset >= (this.furthest.get(key)?.offset ?? -1)) this.furthest.set(key, is);
      if (is.state !== 'loading') this.seenReady.add(key);
    }
  }

  /** A leaf can be asked, or cannot be asked any more. */
  changed(): void {
    this.known.clear();
  }

  /**
   * For each shard of an index, in order, the leaves to ask: those with a ready replica; where there is none, those whose
   * replica is draining, which answer as well but are about to go. One that cannot read on in the log is asked last.
   * Cost: a step for each shard and leaf, once after each change of the index.
   */
  ownersOf(indexId: string, shards: number): readonly (readonly string[])[] {
    const known = this.of(indexId);
    if (known.owners?.length !== shards) {
      known.owners = Array.from({ length: shards }, (_, shard) => ownersAmong(this.replicasOf(indexId, shard)));
    }
    return known.owners;
  }

  /** Whether there is a shard that no leaf has, nor ever had, ready. */
  hasNewShards(indexId: string, shards: number): boolean {
    for (let shard = 0; shard < shards; shard++) if (!this.seenReady.has(replicaName(indexId, shard))) return true;
    return false;
  }

  /** The shards of which every replica that answers stands still in the log, in order. */
  stopsOf(indexId: string, shards: number): readonly StoppedShard[] {
    const known = this.of(indexId);
    known.stops ??= Array.from({ length: shards }, (_, shard) => this.stopOf(indexId, shard)).filter(
      (stop) => stop !== null,
    );
    return known.stops;
  }

  /** The log offset of each shard, in order, where all replicas of it that can answer report the same; else null. */
  stateOf(indexId: string, shards: number): readonly number[] | null {
    const known = this.of(indexId);
    if (known.state === undefined || (known.state !== null && known.state.length !== shards)) {
      const offsets = Array.from({ length: shards }, (_, shard) => offsetOf(this.replicasOf(indexId, shard)));
      known.state = offsets.every((offset) => offset !== null) ? offsets : null;
    }
    return known.state;
  }

  /** Live documents of a shard when a replica of it last reported, or `null` when none ever did. */
  documentsOf(indexId: string, shard: number): number | null {
    return this.lastDocuments.get(replicaName(indexId, shard)) ?? null;
  }

  /** What a shard is made of, as the replica told that was furthest in the log; `null` when none ever did. */
  summaryOf(indexId: string, shard: number): ShardSummary | null {
    return this.furthest.get(replicaName(indexId, shard)) ?? null;
  }

  /** Bytes of the largest replica of a shard that answers, 0 where none has segments yet; null where none answers. */
  bytesOf(indexId: string, shard: number): number | null {
    const answering = this.replicasOf(indexId, shard).filter(({ replica }) => replica.state !== 'loading');
    return answering.length === 0 ? null : Math.max(...answering.map(({ replica }) => replica.bytes ?? 0));
  }

  /** A leaf that lets a replica go while no other has it was told that the index is gone; one that ends says nothing. */
  private forgetUnlessReported(name: string): void {
    for (const { replicas } of this.reports()) if (replicas.get(name) !== undefined) return;
    this.lastDocuments.delete(name);
    this.furthest.delete(name);
    this.seenReady.delete(name);
  }

  private of(indexId: string): Known {
    let known = this.known.get(indexId);
    if (known === undefined) this.known.set(indexId, (known = {}));
    return known;
  }

  private stopOf(indexId: string, shard: number): StoppedShard | null {
    let found: StoppedShard | null = null;
    for (const { replica } of this.replicasOf(indexId, shard)) {
      if (replica.state === 'loading') continue;
      if (replica.stopped === undefined) return null;
      found = { shard, ...replica.stopped };
    }
    return found;
  }

  private replicasOf(indexId: string, shard: number): Reported[] {
    const name = replicaName(indexId, shard);
    const found: Reported[] = [];
    for (const { leaf, replicas } of this.reports()) {
      const replica = replicas.get(name);
      if (replica !== undefined) found.push({ leaf, replica });
    }
    return found;
  }
}

function ownersAmong(replicas: readonly Reported[]): readonly string[] {
  const inState = (wanted: 'ready' | 'draining'): string[] =>
    replicas
      .filter(({ replica: { state, stopped } }) => state === wanted && stopped === undefined)
      .map(({ leaf }) => leaf);
  const standing = replicas.filter(({ replica: { state, stopped } }) => state !== 'loading' && stopped !== undefined);
  const groups = [inState('ready'), inState('draining'), standing.map(({ leaf }) => leaf)];
  return groups.find(({ length }) => length > 0) ?? [];
}

/** Null where replicas that can answer differ, and where there is none. */
function offsetOf(replicas: readonly Reported[]): number | null {
  const offsets = new Set<number>();
  for (const { replica } of replicas) if (replica.state !== 'loading') offsets.add(replica.offset);
  const [offset = null] = offsets;
  return offsets.size === 1 ? offset : null;
}
