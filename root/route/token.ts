/**
 * Tokens: partition → log offset, of a write what holds it, of an answer what it was read from. Opaque to callers; any root
 * understands them.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { isIndexId } from '../../shared/catalog/index-id.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Appended } from '../../shared/log/append-batch.ts';
import { partitionNumber, shardsOfPartition } from '../../shared/index-kinds/partitions.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import { carryOffsets } from './carry-offsets.ts';
import { refuseOfBefore } from './refuse-of-before.ts';
import { readToken, writeToken, type TokenPart } from './token-bytes.ts';

type Offsets = Readonly<Record<string, number>>;

/** The header of answers that names what was read, and of requests that give it back. */
export const tokenHeader = 'sheaf-token';

/** The highest offset of each partition. */
export function highestOffsets(appended: readonly Appended[]): Offsets {
  const offsets: Record<string, number> = {};
  for (const { partition, lastOffset } of appended) {
    offsets[partition] = Math.max(offsets[partition] ?? -1, lastOffset);
  }
  return offsets;
}

export function encodeToken(offsets: Offsets): string {
  const byIndex = new Map<string, [partition: number, offset: number][]>();
  for (const [name, offset] of Object.entries(offsets)) {
    const slash = name.indexOf('/');
    const id = name.slice(0, slash);
    const pair: [number, number] = [Number(name.slice(slash + 1)), offset];
    const pairs = byIndex.get(id);
    if (pairs === undefined) byIndex.set(id, [pair]);
    else pairs.push(pair);
  }
  const parts = [...byIndex].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, pairs]) => partOf(id, pairs));
  return writeToken(parts).toString('base64url');
}

/**
 * The token of an answer: for each partition of the index what its shards had searchable, or what was asked of them, whichever
 * is more. Given back, no replica behind it answers. Null where there is nothing to name.
 * @param at what was asked
 * @param partials what answered
 */
export function tokenOfAnswer(
  index: Pick<IndexDefinition, 'id' | 'kind'>,
  at: OffsetsByShard,
  partials: readonly { readonly shards: readonly number[]; readonly offsets: OffsetsByShard }[],
): string | null {
  /** By partition. */
  const reached: number[] = [];
  const note = (shard: number, offset: number): void => {
    const partition = partitionNumber(index, shard);
    while (reached.length <= partition) reached.push(-1);
    if (offset > reached[partition]!) reached[partition] = offset;
  };
  for (const { shards, offsets } of partials) for (const shard of shards) note(shard, offsets[shard] ?? -1);
  for (const [shard, offset] of Object.entries(at)) note(Number(shard), offset);
  const partitions: number[] = [];
  const offsets: number[] = [];
  for (const [partition, offset] of reached.entries()) {
    if (offset < 0) continue;
    partitions.push(partition);
    offsets.push(offset);
  }
  return partitions.length === 0 ? null : writeToken([{ id: index.id, partitions, offsets }]).toString('base64url');
}

function partOf(id: string, pairs: [partition: number, offset: number][]): TokenPart {
  pairs.sort(([a], [b]) => a - b);
  return { id, partitions: pairs.map(([partition]) => partition), offsets: pairs.map(([, offset]) => offset) };
}

/**
 * Reads what `encodeToken` wrote of at least one partition, and nothing else.
 * @param at where it stood in the request
 * @throws SheafError TOKEN_INVALID
 */
export function decodeToken(token: string, at = 'token'): Offsets {
  const parts = readToken(Buffer.from(token, 'base64url')) ?? [];
  const offsets: Record<string, number> = {};
  for (const { id, partitions, offsets: ofPartitions } of parts) {
    if (!isIndexId(id)) throw refused({ id }, at);
    for (const [i, partition] of partitions.entries()) {
      const offset = ofPartitions[i]!;
      if (!Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) throw refused({}, at);
      offsets[`${id}/${partition}`] = offset;
    }
  }
  // Decoding is lenient: what does not come out again as it went in was changed on its way.
  if (parts.every(({ partitions }) => partitions.length === 0) || encodeToken(offsets) !== token) throw refused({}, at);
  return offsets;
}

/** Of two sets of offsets the higher of each. */
export function highest(one: Offsets, other: Offsets): Offsets {
  const joined: Record<string, number> = { ...one };
  for (const [name, offset] of Object.entries(other)) joined[name] = Math.max(joined[name] ?? -1, offset);
  return joined;
}

/**
 * The offsets that a search of an index must have reached: shard → offset.
 *
 * A token of another index is refused: it says nothing about this one, and a search that ignored it would seem to
 * include a write that it never looked for. One of an index whose place this one took is read as far as that was copied.
 * @throws SheafError TOKEN_INVALID, INDEX_RESTORED
 */
export function offsetsForSearch(
  token: string,
  index: Pick<IndexDefinition, 'id' | 'kind' | 'shards' | 'restored' | 'took'>,
  at = 'token',
): OffsetsByShard {
  const offsets = carryOffsets(decodeToken(token, at), [index]);
  for (const partition of Object.keys(offsets)) {
    const slash = partition.indexOf('/');
    const id = partition.slice(0, slash);
    refuseOfBefore(id, index, at);
    if (id !== index.id) throw refused({ reason: 'the token is of another index', id, expected: index.id }, at);
    const shard = Number(partition.slice(slash + 1));
    if (shard >= index.shards)
      throw refused({ reason: 'the index has no such shard', shard, shards: index.shards }, at);
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

function refused(detail: Readonly<Record<string, unknown>>, at = 'token'): SheafError {
  return new SheafError('TOKEN_INVALID', { at, detail });
}
