import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Membership } from '../membership/membership.ts';

/** Live documents of an index as last reported; null while a shard never was. */
export function countDocuments(membership: Pick<Membership, 'documentsOf'>, index: IndexDefinition): number | null {
  return sumOf(index, (shard) => membership.documentsOf(index.id, shard));
}

/** Bytes of one copy of an index on disk, of each shard the largest; null while a shard has none that answers. */
export function countBytes(membership: Pick<Membership, 'bytesOf'>, index: IndexDefinition): number | null {
  return sumOf(index, (shard) => membership.bytesOf(index.id, shard));
}

function sumOf({ shards }: IndexDefinition, read: (shard: number) => number | null): number | null {
  let sum = 0;
  for (let shard = 0; shard < shards; shard++) {
    const value = read(shard);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
