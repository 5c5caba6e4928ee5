/** The token of a write: partition → log offset that holds it, opaque to callers. Any root understands it. */
import { SheafError } from '../../shared/errors.ts';
import type { Appended } from '../../shared/log/log.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks.ts';

type Offsets = Readonly<Record<string, number>>;

const partitionPattern = /^x[0-9a-z]+\/\d+$/;

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

/** @throws SheafError TOKEN_INVALID */
export function decodeToken(token: string): Offsets {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (error) {
    throw new SheafError('TOKEN_INVALID', { at: 'token', cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new SheafError('TOKEN_INVALID', { at: 'token' });
  }
  for (const [partition, offset] of Object.entries(parsed)) {
    if (!partitionPattern.test(partition) || !Number.isSafeInteger(offset) || (offset as number) < 0) {
      throw new SheafError('TOKEN_INVALID', { at: 'token', detail: { partition } });
    }
  }
  return parsed as Offsets;
}

/** The part of a token that speaks of one index: shard → offset. */
export function offsetsOfIndex(offsets: Offsets, indexId: string): OffsetsByShard {
  const own: Record<string, number> = {};
  for (const [partition, offset] of Object.entries(offsets)) {
    const slash = partition.indexOf('/');
    if (partition.slice(0, slash) === indexId) own[partition.slice(slash + 1)] = offset;
  }
  return own;
}
