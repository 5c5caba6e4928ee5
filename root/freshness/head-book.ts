/**
 * How far the log has come, as it told this root with its heartbeats, and how old that knowledge is: what the freshness of
 * answers is measured by. Pure: it is told what happens, and when, on the root's own clock.
 */
import type { HeadsWord } from '../../shared/log/wire.ts';
import { PartitionHead } from './partition-head.ts';

export class HeadBook {
  /** By index id, then by the number of the partition. */
  private readonly byIndex = new Map<string, (PartitionHead | undefined)[]>();
  /** Another one whenever a head has moved. */
  version = 0;
  private connected = false;
  /** When the log last had nothing left to tell; null before it ever had. */
  private toldAt: number | null = null;
  private toldSinceConnected = false;

  /** Whether it is known how far the log has come: it is connected, and has told all. */
  get isKnown(): boolean {
    return this.connected && this.toldSinceConnected;
  }

  changeState(connected: boolean): void {
    this.connected = connected;
    this.toldSinceConnected = false;
  }

  heard({ partitions, heads, rest }: HeadsWord, now: number): void {
    for (const [i, partition] of partitions.entries()) this.headOf(partition)?.heard(heads[i]!, now);
    if (partitions.length > 0) this.version++;
    if (rest > 0) return;
    this.toldAt = now;
    this.toldSinceConnected = true;
  }

  /** How old the knowledge is; null where there never was any. */
  asOfMs(now: number): number | null {
    return this.toldAt === null ? null : now - this.toldAt;
  }

  /** The heads of an index's partitions, each at its number; none where the partition has no entry. */
  ofIndex(indexId: string): readonly (PartitionHead | undefined)[] {
    return this.byIndex.get(indexId) ?? [];
  }

  /** Undefined of a partition that is of no index. */
  private headOf(partition: string): PartitionHead | undefined {
    const slash = partition.lastIndexOf('/');
    if (slash < 0) return undefined;
    const id = partition.slice(0, slash);
    const number = Number(partition.slice(slash + 1));
    if (!Number.isSafeInteger(number) || number < 0) return undefined;
    let heads = this.byIndex.get(id);
    if (heads === undefined) this.byIndex.set(id, (heads = []));
    return (heads[number] ??= new PartitionHead());
  }
}
