import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Membership } from '../membership/membership.ts';

/** Live documents of an index as last reported; null while a shard never was. */
export function countDocuments(membership: Membership, index: IndexDefinition): number | null {
  let sum = 0;
  for (let shard = 0; shard < index.shards; shard++) {
    const documents = membership.documentsOf(index.id, shard);
    if (documents === null) return null;
    sum += documents;
  }
  return sum;
}
