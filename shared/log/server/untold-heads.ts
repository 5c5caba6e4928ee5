/** The heads that one client was not told yet. Pure. */
import { limits } from '../../limits.ts';
import type { HeadsWord } from '../wire.ts';

export class UntoldHeads {
  private readonly headByPartition: ReadonlyMap<string, number>;
  /** In the order of their first change since they were told. */
  private readonly untold: Set<string>;

  /** @param headByPartition as it is at any time; all of it is untold at first */
  constructor(headByPartition: ReadonlyMap<string, number>) {
    this.headByPartition = headByPartition;
    this.untold = new Set(headByPartition.keys());
  }

  changed(partition: string): void {
    this.untold.add(partition);
  }

  /**
   * What is told now, longest untold first. No more than `limits.headsToldMax` at once, which each end reads or writes in a
   * few milliseconds.
   */
  take(): HeadsWord {
    const partitions: string[] = [];
    const heads: number[] = [];
    for (const partition of this.untold) {
      if (partitions.length === limits.headsToldMax) break;
      partitions.push(partition);
      heads.push(this.headByPartition.get(partition) ?? -1);
    }
    for (const partition of partitions) this.untold.delete(partition);
    return { partitions, heads, rest: this.untold.size };
  }
}
