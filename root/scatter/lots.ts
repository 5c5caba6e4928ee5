/**
 * The shards of one query handed out in lots to all leaves that share its work, the next lot to whoever has finished.
 * The lots shrink as the work runs out: big ones cost little, small ones at the end let all finish together. Pure.
 *
 * What only one leaf can do it is given at once. Else a lot is two thirds of a leaf's share of what is left, a shard counting
 * for each leaf by how many could do it; at least one shard, first those that the fewest others can do.
 *
 * Invariant: as long as a shard is left, a leaf that can do it has an open lot, or was never given one.
 *
 * Source: guided self-scheduling (Polychronopoulos and Kuck, 1987); a part of the share, against shards of
 * unequal cost, as in factoring (Hummel, Schonberg and Flynn, 1992). Half of it made eight tasks of sixteen shards on two leaves, and
 * each costs about what a shard of 7,000 documents does; two thirds make six.
 */
const shareOfLeft = 2 / 3;

export class Lots {
  /** For each shard that was not handed out the leaves that can do it, best first. */
  private readonly left: Map<number, readonly string[]>;

  /** @param shards that at least one leaf can do, ascending */
  constructor(shards: readonly number[], leavesOf: (shard: number) => readonly string[]) {
    this.left = new Map(shards.map((shard) => [shard, leavesOf(shard)]));
  }

  /** Shards that were not handed out, ascending. */
  get rest(): readonly number[] {
    return [...this.left.keys()];
  }

  /** Hands out the next lot of a leaf, ascending; nothing where nothing is left that it can do. */
  next(leaf: string): number[] {
    const mine = [...this.left].filter(([, leaves]) => leaves.includes(leaf));
    const only = mine.filter(([, leaves]) => leaves.length === 1).map(([shard]) => shard);
    if (only.length > 0) return this.handOut(only);
    const share = mine.reduce((sum, [, leaves]) => sum + 1 / leaves.length, 0);
    const lot = mine
      .sort(([, a], [, b]) => a.length - b.length || a.indexOf(leaf) - b.indexOf(leaf))
      .slice(0, Math.max(1, Math.ceil(share * shareOfLeft)))
      .map(([shard]) => shard);
    return this.handOut(lot);
  }

  /** A leaf shares no longer. Hands out what nobody else can do, ascending: it is asked for that at once. */
  drop(leaf: string): number[] {
    const only: number[] = [];
    for (const [shard, leaves] of this.left) {
      if (!leaves.includes(leaf)) continue;
      if (leaves.length === 1) only.push(shard);
      else
        this.left.set(
          shard,
          leaves.filter((each) => each !== leaf),
        );
    }
    return this.handOut(only);
  }

  private handOut(lot: number[]): number[] {
    for (const shard of lot) this.left.delete(shard);
    return lot.sort((a, b) => a - b);
  }
}
