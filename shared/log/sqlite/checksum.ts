import { hash64, hashBytes64 } from '../../hashing/hash.ts';

/**
 * Checksum of a stored batch as a signed 64-bit integer: xxh64 over its place and the xxh64 of its bytes, so that a
 * sound batch in the wrong place is found too.
 */
export function batchChecksum(partition: string, firstOffset: number, lastOffset: number, bytes: Uint8Array): bigint {
  return BigInt.asIntN(64, hash64(`${firstOffset} ${lastOffset} ${hashBytes64(bytes)} ${partition}`));
}
