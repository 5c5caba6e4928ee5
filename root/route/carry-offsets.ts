/** What tokens say of an index whose place another took, as what they say of that: who has read or written there finds it here. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { indexIdOf, numberOfPartition } from '../../shared/index-kinds/partitions.ts';
import { shardPartition } from '../../shared/log/log.ts';

type Offsets = Readonly<Record<string, number>>;

/** @param indexes that are searched @returns the same where none of them took the place of one that the token names; what came behind a copy stays, too */
export function carryOffsets(offsets: Offsets, indexes: readonly Pick<IndexDefinition, 'id' | 'took'>[]): Offsets {
  const searched = new Set(indexes.map(({ id }) => id));
  const parts = Map.groupBy(Object.entries(offsets), ([partition]) => indexIdOf(partition));
  const carried: Record<string, number> = { ...offsets };
  for (const [id, part] of parts) {
    if (searched.has(id)) continue;
    for (const index of indexes) {
      const taken = index.took?.find((each) => each.id === id);
      if (taken === undefined) continue;
      if (part.some(([partition, offset]) => offset > (taken.until[numberOfPartition(partition)] ?? -1))) continue;
      for (const [partition] of part) delete carried[partition];
      for (const [shard, head] of taken.from.entries()) {
        const partition = shardPartition(index.id, shard);
        if (head >= 0) carried[partition] = Math.max(carried[partition] ?? -1, head);
      }
    }
  }
  return carried;
}
