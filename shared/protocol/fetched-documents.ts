/** Keys and sources that were fetched after a search, as they travel: columns in the header, the bytes in the body. Pure. */
import { isObject } from '../json/read-object.ts';

/** In one order. The body has the key and the source of each document, one document after the other. */
export interface FetchedDocuments {
  readonly shards: readonly number[];
  readonly offsets: readonly number[];
  readonly keyBytes: readonly number[];
  /** 0 where sources were not asked for. */
  readonly sourceBytes: readonly number[];
}

/** What a hit is shown by. */
export interface FetchedDocument {
  readonly key: string;
  /** A view of what was received; empty where sources were not asked for. */
  readonly source: Uint8Array;
}

/** Whether a value read from a frame has columns that fit together and fill a body of so many bytes. */
export function areFetchedDocuments(value: unknown, bodyBytes: number): value is FetchedDocuments {
  if (!isObject(value)) return false;
  const { shards, offsets, keyBytes, sourceBytes } = value;
  if (!isColumn(shards) || !isColumn(offsets) || !isColumn(keyBytes) || !isColumn(sourceBytes)) return false;
  if ([offsets, keyBytes, sourceBytes].some(({ length }) => length !== shards.length)) return false;
  return sum(keyBytes) + sum(sourceBytes) === bodyBytes;
}

function isColumn(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, bytes) => total + bytes, 0);
}

/** Gives each document. */
export function eachFetched(
  { shards, offsets, keyBytes, sourceBytes }: FetchedDocuments,
  body: Uint8Array,
  take: (shard: number, offset: number, document: FetchedDocument) => void,
): void {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let start = 0;
  for (let i = 0; i < shards.length; i++) {
    const keyEnd = start + keyBytes[i]!;
    const end = keyEnd + sourceBytes[i]!;
    take(shards[i]!, offsets[i]!, { key: bytes.toString('utf8', start, keyEnd), source: bytes.subarray(keyEnd, end) });
    start = end;
  }
}
