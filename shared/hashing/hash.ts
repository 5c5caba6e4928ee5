/** xxh64 over UTF-8, seed 0: the one hash that decides where things live. Source: https://xxhash.com */
import xxhash from 'xxhash-wasm';

const api = await xxhash();

export function hash64(text: string): bigint {
  return api.h64(text);
}

/** More than this is fed in pieces, because the package's memory grows to its largest input for good. */
const pieceBytes = 65_536;

/** The bytes may lie in shared memory. */
export function hashBytes64(bytes: Uint8Array): bigint {
  if (bytes.length <= pieceBytes) return api.h64Raw(bytes);
  const state = api.create64();
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    state.update(bytes.subarray(start, start + pieceBytes));
  }
  return state.digest();
}

/** The shard a document key belongs to, for good: 0 to shards − 1. */
export function shardOfKey(key: string, shards: number): number {
  return Number(hash64(key) % BigInt(shards));
}

/** The shard of a term index that has the postings of a term, for good. No field's name has a zero. */
export function shardOfTerm(field: string, term: string, shards: number): number {
  return shardOfKey(`${field}\0${term}`, shards);
}
