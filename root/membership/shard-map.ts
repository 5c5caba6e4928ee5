/** Which leaf has which shard, and how many documents are in it, from the reports of leaves. No I/O. */
import type { LeafReport, StopReport } from '../../shared/protocol/reports.ts';

/** A shard of which nobody can read on in the log. */
export interface StoppedShard extends StopReport {
  readonly shard: number;
}

export class ShardMap {
  private readonly reports: () => Iterable<LeafReport>;
  private readonly lastDocuments = new Map<string, number>();
  /** Shards that a leaf had ready at some time. */
  private readonly seenReady = new Set<string>();
  /** By index id, until the next change. */
  private readonly owners = new Map<string, string[][]>();
  /** By index id, until the next change. */
  private readonly stops = new Map<string, readonly StoppedShard[]>();

  /** By index id, until the next report. */
  private readonly states = new Map<string, readonly number[] | null>();

  /** @param reports the last report of every leaf that can be asked */
  constructor(reports: () => Iterable<LeafReport>) {
    this.reports = reports;
  }

  /** A report came. Most say nothing that changes who owns what: see `changed`. */
  take({ replicas }: LeafReport): void {
    this.states.clear();
    for (const { index, shard, documents, state } of replicas) {
      const name = `${index}/${shard}`;
      this.lastDocuments.set(name, documents);
      if (state !== 'loading') this.seenReady.add(name);
    }
  }

  /** A leaf can be asked, cannot be asked any more, or has other replicas than before. */
  changed(): void {
    this.owners.clear();
    this.stops.clear();
    this.states.clear();
  }

  /**
   * For each shard of an index, in order, the leaves to ask: those with a ready replica; where there is none, those whose
   * replica is draining, which answer as well but are about to go. One that cannot read on in the log is asked last.
   */
  ownersOf(indexId: string, shards: number): readonly (readonly string[])[] {
    const known = this.owners.get(indexId);
    if (known?.length === shards) return known;
    const ready = Array.from({ length: shards }, (): string[] => []);
    const draining = Array.from({ length: shards }, (): string[] => []);
    const standing = Array.from({ length: shards }, (): string[] => []);
    for (const { leaf, replicas } of this.reports()) {
      for (const { index, shard, state, stopped } of replicas) {
        if (index !== indexId) continue;
        if (stopped !== undefined) {
          if (state !== 'loading') standing[shard]?.push(leaf);
          continue;
        }
        if (state === 'ready') ready[shard]?.push(leaf);
        if (state === 'draining') draining[shard]?.push(leaf);
      }
    }
    const owners = ready.map((leaves, shard) => {
      return [leaves, draining[shard]!, standing[shard]!].find(({ length }) => length > 0) ?? [];
    });
    this.owners.set(indexId, owners);
    return owners;
  }

  /** Whether there is a shard that no leaf has, nor ever had, ready. */
  hasNewShards(indexId: string, shards: number): boolean {
    for (let shard = 0; shard < shards; shard++) if (!this.seenReady.has(`${indexId}/${shard}`)) return true;
    return false;
  }

  /** The shards of which every replica that answers stands still in the log, in order. */
  stopsOf(indexId: string, shards: number): readonly StoppedShard[] {
    const known = this.stops.get(indexId);
    if (known !== undefined) return known;
    const stops = new Map<number, StoppedShard | null>();
    for (const { replicas } of this.reports()) {
      for (const { index, shard, state, stopped } of replicas) {
        if (index !== indexId || state === 'loading' || shard >= shards) continue;
        const isOnly = stopped !== undefined && stops.get(shard) !== null;
        stops.set(shard, isOnly ? { shard, ...stopped } : null);
      }
    }
    const found = [...stops.values()].filter((stop) => stop !== null).sort((a, b) => a.shard - b.shard);
    this.stops.set(indexId, found);
    return found;
  }

  /** The log offset of each shard, in order, where all replicas of it that can answer report the same; else null. */
  stateOf(indexId: string, shards: number): readonly number[] | null {
    const known = this.states.get(indexId);
    if (known !== undefined && (known === null || known.length === shards)) return known;
    const state = this.readState(indexId, shards);
    this.states.set(indexId, state);
    return state;
  }

  private readState(indexId: string, shards: number): readonly number[] | null {
    const offsets = new Map<number, number>();
    for (const { replicas } of this.reports()) {
      for (const { index, shard, state, offset } of replicas) {
        if (index !== indexId || state === 'loading') continue;
        if ((offsets.get(shard) ?? offset) !== offset) return null;
        offsets.set(shard, offset);
      }
    }
    const inOrder = Array.from({ length: shards }, (_, shard) => offsets.get(shard) ?? null);
    return inOrder.every((offset) => offset !== null) ? inOrder : null;
  }

  /** Live documents of a shard when a replica of it last reported, or `null` when none ever did. */
  documentsOf(indexId: string, shard: number): number | null {
    return this.lastDocuments.get(`${indexId}/${shard}`) ?? null;
  }
}
