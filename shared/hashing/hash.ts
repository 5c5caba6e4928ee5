/** xxh64 over UTF-8, seed 0: the one hash that decides where things live. Source: https://xxhash.com */
import xxhash from 'xxhash-wasm';

const api = await xxhash();

export function hash64(text: string): bigint {
  return api.h64(text);
}

export function hashBytes64(bytes: Uint8Array): bigint {
  return api.h64Raw(bytes);
}

/** The shard a document key belongs to, for good: 0 to shards − 1. */
export function shardOfKey(key: string, shards: number): number {
  return Number(hash64(key) % BigInt(shards));
}
