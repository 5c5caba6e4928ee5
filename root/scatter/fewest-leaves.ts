/**
 * Divides shards among as few leaves as can hold them: again and again the leaf that has most of what is left. Used for
 * what is late or failed, where every further task is extra work.
 *
 * At most ln(n) + 1 times the fewest possible, n shards; the exact answer is NP-hard. O(shards × replicas × leaves).
 *
 * Source: the greedy algorithm for set cover (Chvátal, 1979).
 *
 * @param leavesOf for a shard the leaves that may be asked, best first; among equals the one nearest the front of the
 * first shard's list wins; asked once per shard
 * @returns for each leaf its shards in the order given; a shard without leaves is in none
 */
export function divideAmongFewest(
  shards: readonly number[],
  leavesOf: (shard: number) => readonly string[],
): Map<string, number[]> {
  const parts = new Map<string, number[]>();
  let left = shards.map((shard) => ({ shard, leaves: leavesOf(shard) })).filter(({ leaves }) => leaves.length > 0);
  while (left.length > 0) {
    const leaf = leafWithMost(left.map(({ leaves }) => leaves));
    parts.set(
      leaf,
      left.filter(({ leaves }) => leaves.includes(leaf)).map(({ shard }) => shard),
    );
    left = left.filter(({ leaves }) => !leaves.includes(leaf));
  }
  return parts;
}

function leafWithMost(lists: readonly (readonly string[])[]): string {
  const counts = new Map<string, number>();
  for (const leaves of lists) for (const leaf of leaves) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  let best = '';
  let most = 0;
  for (const [leaf, count] of counts) {
    if (count > most) [best, most] = [leaf, count];
  }
  return best;
}
