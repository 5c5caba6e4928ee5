/** Partitions of indexes that are deleted, of which the log need not keep anything. Touches the world through the log it is given. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';

/** Asked of the log at once. */
const partitionsAtOnce = 1000;

export class DeletedPartitions {
  /** By the id of their index; gone once the log has let go of them. */
  private readonly pending = new Map<string, readonly string[]>();

  get isEmpty(): boolean {
    return this.pending.size === 0;
  }

  /** @param index has been deleted, a moment or long ago */
  add(index: Pick<IndexDefinition, 'id' | 'kind' | 'shards'>): void {
    const partitions = Array.from({ length: index.shards }, (_, shard) => partitionOf(index, shard));
    this.pending.set(index.id, [...new Set(partitions)]);
  }

  /**
   * Has the log let go of all of them, but of those that jobs read.
   * @param busy ids of indexes of which jobs read what stands in the log
   * @throws SheafError as Log.trim: what is left is tried again in the next round
   */
  async trim(log: Pick<Log, 'earliest' | 'heads' | 'trim'>, busy: ReadonlySet<string>): Promise<void> {
    let some: { readonly id: string; readonly partitions: readonly string[] }[] = [];
    let count = 0;
    for (const [id, partitions] of this.pending) {
      if (busy.has(id)) continue;
      some.push({ id, partitions });
      count += partitions.length;
      if (count < partitionsAtOnce) continue;
      await this.trimSome(log, some);
      [some, count] = [[], 0];
    }
    await this.trimSome(log, some);
  }

  private async trimSome(
    log: Pick<Log, 'earliest' | 'heads' | 'trim'>,
    some: readonly { readonly id: string; readonly partitions: readonly string[] }[],
  ): Promise<void> {
    const partitions = some.flatMap((each) => each.partitions);
    if (partitions.length === 0) return;
    const [heads, earliest] = await Promise.all([log.heads(partitions), log.earliest(partitions)]);
    // Most were trimmed by a root of before: nothing is asked for those.
    for (const [i, partition] of partitions.entries()) {
      if (earliest[i]! <= heads[i]!) await log.trim(partition, heads[i]! + 1);
    }
    for (const { id } of some) this.pending.delete(id);
  }
}
