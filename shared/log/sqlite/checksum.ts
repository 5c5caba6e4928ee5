import { hash64, hashBytes64 } from '../../hashing/hash.ts';
import { SheafError } from '../../errors.ts';

/**
 * Checksum of a stored batch as a signed 64-bit integer: xxh64 over its place and the xxh64 of its bytes, so that a
 * sound batch in the wrong place is found too.
 */
export function batchChecksum(partition: string, firstOffset: number, lastOffset: number, bytes: Uint8Array): bigint {
  return BigInt.asIntN(64, hash64(`${firstOffset} ${lastOffset} ${hashBytes64(bytes)} ${partition}`));
}

/** Checksum of a row of any other table: xxh64 over its table and its columns, each on a line of its own. */
export function rowChecksum(table: string, columns: readonly (string | number)[]): bigint {
  return BigInt.asIntN(64, hash64(`${table}\n${columns.join('\n')}`));
}

/** What stands beside the key of a request in its index, of 64 bits: a key and its seal prove each other. */
export function sealOfKey(key: string): bigint {
  return rowChecksum('seal', [key]);
}

/** @throws SheafError LOG_CORRUPT, which names table and key, unless the row is as it was written */
export function verifyRow(table: string, columns: readonly (string | number)[], checksum: unknown): void {
  if (isSoundRow(table, columns, checksum)) return;
  throw new SheafError('LOG_CORRUPT', { detail: { table, key: columns[0], reason: 'checksum' } });
}

/** Whether the row is as it was written. */
export function isSoundRow(table: string, columns: readonly (string | number)[], checksum: unknown): boolean {
  return rowChecksum(table, columns) === checksum;
}
