/**
 * Whom to ask for which shard: for every shard the leaves with a ready replica, best first. Leaves that went silent
 * come last, whatever else; then the one with the least to do, counting what this plan gives it, so that the work of
 * one query spreads over all who can share it. Pure.
 */
export interface LeafView {
  readonly name: string;
  /** Shards asked of it and not yet answered. */
  readonly inFlight: number;
  /** It did not answer in time, or its heartbeat stopped, and nothing has been heard from it since. */
  readonly suspect: boolean;
}

/**
 * @param owners for each shard asked the leaves that report it ready
 * @param random uniform in [0, 1): breaks ties, so that equal leaves share equally
 */
export function rankCandidates(
  owners: ReadonlyMap<number, readonly LeafView[]>,
  random: () => number,
): Map<number, string[]> {
  const given = new Map<string, number>();
  const plan = new Map<number, string[]>();
  for (const [shard, leaves] of owners) {
    const ranked = leaves
      .map((leaf) => ({ leaf, load: leaf.inFlight + (given.get(leaf.name) ?? 0), tie: random() }))
      .sort((a, b) => Number(a.leaf.suspect) - Number(b.leaf.suspect) || a.load - b.load || a.tie - b.tie);
    const best = ranked[0]?.leaf.name;
    if (best !== undefined) given.set(best, (given.get(best) ?? 0) + 1);
    plan.set(
      shard,
      ranked.map(({ leaf }) => leaf.name),
    );
  }
  return plan;
}
