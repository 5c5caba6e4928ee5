/** The token of a write: partition → log offset that holds it, opaque to callers. Any root understands it. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Appended } from '../../shared/log/append-batch.ts';
import { shardsOfPartition } from '../../shared/index-kinds/partitions.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';

type Offsets = Readonly<Record<string, number>>;

const partitionPattern = /^x[0-9a-z]+\/(0|[1-9]\d*)$/;

/** The highest offset of each partition. */
export function highestOffsets(appended: readonly Appended[]): Offsets {
  const offsets: Record<string, number> = {};
  for (const { partition, lastOffset } of appended) {
    offsets[partition] = Math.max(offsets[partition] ?? -1, lastOffset);
  }
  return offsets;
}

export function encodeToken(offsets: Offsets): string {
  return Buffer.from(JSON.stringify(offsets)).toString('base64url');
}

/** Reads what `encodeToken` wrote of at least one partition, and nothing else. @throws SheafError TOKEN_INVALID */
export function decodeToken(token: string): Offsets {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (error) {
    throw new SheafError('TOKEN_INVALID', { at: 'token', cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw refused();
  const entries = Object.entries(parsed);
  for (const [partition, offset] of entries) {
    if (!partitionPattern.test(partition) || !Number.isSafeInteger(offset) || (offset as number) < 0) {
      throw refused({ partition });
    }
  }
  const offsets = parsed as Offsets;
  // Decoding is lenient: what does not come out again as it went in was changed on its way.
  if (entries.length === 0 || encodeToken(offsets) !== token) throw refused();
  return offsets;
}

/**
 * The offsets that a search of an index must have reached: shard → offset.
 *
 * A token of another index is refused: it says nothing about this one, and a search that ignored it would seem to
 * include a write that it never looked for.
 * @throws SheafError TOKEN_INVALID
 */
export function offsetsForSearch(
  token: string,
  index: Pick<IndexDefinition, 'id' | 'kind' | 'shards'>,
): OffsetsByShard {
  const offsets = decodeToken(token);
  for (const partition of Object.keys(offsets)) {
    const slash = partition.indexOf('/');
    const id = partition.slice(0, slash);
    if (id !== index.id) throw refused({ reason: 'the token is of a write to another index', id, expected: index.id });
    const shard = Number(partition.slice(slash + 1));
    if (shard >= index.shards) throw refused({ reason: 'the index has no such shard', shard, shards: index.shards });
  }
  return offsetsOfIndex(offsets, index);
}

/** The part of the offsets that speaks of one index: shard → offset, of each shard that reads the partition. */
export function offsetsOfIndex(
  offsets: Offsets,
  index: Pick<IndexDefinition, 'id' | 'kind' | 'shards'>,
): OffsetsByShard {
  const own: Record<string, number> = {};
  for (const [partition, offset] of Object.entries(offsets)) {
    const slash = partition.indexOf('/');
    if (partition.slice(0, slash) !== index.id) continue;
    for (const shard of shardsOfPartition(index, Number(partition.slice(slash + 1)))) own[shard] = offset;
  }
  return own;
}

function refused(detail: Readonly<Record<string, unknown>> = {}): SheafError {
  return new SheafError('TOKEN_INVALID', { at: 'token', detail });
}
