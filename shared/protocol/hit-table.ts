/**
 * The hits of a partial as they travel: what orders them stands in columns in the frame's header, their keys and sources
 * are bytes in its body. A root merges the hits of many leaves and keeps few, so the order is at hand without an object
 * a hit, and the rest is read for the hits that are kept. Pure.
 */
import { isObject } from '../json/read-object.ts';
import type { Highlight } from '../query/highlight.ts';
import type { Explanation } from '../ranking/explanation.ts';
import type { HitPosition, SortValue } from '../ranking/order.ts';

/** A hit by itself. */
export interface PartialHit extends HitPosition {
  readonly key: string;
  /** `null` when no score was computed. */
  readonly score: number | null;
  /** Present where it was asked for. */
  readonly explanation?: Explanation;
  /** Present where it was asked for. */
  readonly highlight?: Highlight;
}

/** What is told of a hit besides. */
type Told = Pick<PartialHit, 'explanation' | 'highlight'>;

/** Columns, best hit first. The body has the keys of all hits, one after the other, then their sources. */
export interface HitTable {
  readonly shards: readonly number[];
  readonly offsets: readonly number[];
  /** Absent when no score was computed. */
  readonly scores?: readonly (number | null)[];
  /** Hit after hit, each with one value per sort key. */
  readonly values: readonly SortValue[];
  /** UTF-8 bytes of each key. */
  readonly keyBytes: readonly number[];
  /** Bytes of each source, 0 where it was held back: no document is empty. Absent when sources were not asked for. */
  readonly sourceBytes?: readonly number[];
  /** Absent where nothing was asked for. */
  readonly told?: readonly Told[];
}

export const noHits: HitTable = { shards: [], offsets: [], values: [], keyBytes: [] };

/** @param sources parallel to the hits, those held back without bytes; none when they were not asked for */
export function packHits(
  hits: readonly PartialHit[],
  sources: readonly Uint8Array[],
): { readonly table: HitTable; readonly body: readonly Uint8Array[] } {
  if (hits.length === 0) return { table: noHits, body: [] };
  const shards: number[] = [];
  const offsets: number[] = [];
  const scores: (number | null)[] = [];
  const values: SortValue[] = [];
  const keyBytes: number[] = [];
  let keys = '';
  let isScored = false;
  // One pass: ten thousand hits are packed in one piece, while others wait.
  for (const hit of hits) {
    shards.push(hit.shard);
    offsets.push(hit.offset);
    scores.push(hit.score);
    isScored ||= hit.score !== null;
    for (const value of hit.values) values.push(value);
    keyBytes.push(Buffer.byteLength(hit.key));
    keys += hit.key;
  }
  const table = {
    shards,
    offsets,
    ...(isScored ? { scores } : {}),
    values,
    keyBytes,
    ...(hits.some(isTold) ? { told: hits.map(toldOf) } : {}),
    ...(sources.length === 0 ? {} : { sourceBytes: sources.map(({ length }) => length) }),
  };
  return { table, body: [Buffer.from(keys), ...sources] };
}

function isTold({ explanation, highlight }: PartialHit): boolean {
  return explanation !== undefined || highlight !== undefined;
}

function toldOf({ explanation, highlight }: PartialHit): Told {
  return {
    ...(explanation === undefined ? {} : { explanation }),
    ...(highlight === undefined ? {} : { highlight }),
  };
}

/** Whether a value read from a frame is a table whose columns fit together and fill a body of so many bytes. */
export function isHitTable(value: unknown, valuesPerHit: number, bodyBytes: number): value is HitTable {
  if (!isObject(value)) return false;
  const { shards, values, keyBytes, sourceBytes = [] } = value;
  if (!Array.isArray(shards) || !Array.isArray(values) || values.length !== shards.length * valuesPerHit) return false;
  const columns = [value['offsets'], keyBytes, value['scores'] ?? shards];
  columns.push(value['sourceBytes'] ?? shards, value['told'] ?? shards);
  if (!columns.every((column) => Array.isArray(column) && column.length === shards.length)) return false;
  return sum(keyBytes as unknown[]) + sum(sourceBytes as unknown[]) === bodyBytes;
}

/** Walks through the hits of a table in their order. */
export class HitReader {
  private readonly table: HitTable;
  private readonly body: Buffer;
  private readonly valuesPerHit: number;
  private at = -1;
  private keyAt = 0;
  private sourceAt: number;

  constructor(table: HitTable, body: Uint8Array) {
    this.table = table;
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.valuesPerHit = table.values.length / table.shards.length;
    this.sourceAt = sum(table.keyBytes);
  }

  /** Goes to the next hit; undefined after the last. */
  next(): HitPosition | undefined {
    const { shards, offsets, values, keyBytes, sourceBytes } = this.table;
    if (this.at >= 0) {
      this.keyAt += keyBytes[this.at]!;
      this.sourceAt += sourceBytes?.[this.at] ?? 0;
    }
    const at = ++this.at;
    if (at >= shards.length) return undefined;
    const first = at * this.valuesPerHit;
    return { shard: shards[at]!, offset: offsets[at]!, values: values.slice(first, first + this.valuesPerHit) };
  }

  /** Of the hit that `next` gave last, as are the others. */
  key(): string {
    return this.body.toString('utf8', this.keyAt, this.keyAt + this.table.keyBytes[this.at]!);
  }

  score(): number | null {
    return this.table.scores?.[this.at] ?? null;
  }

  told(): Told {
    return this.table.told?.[this.at] ?? {};
  }

  /** A view of the body; empty when sources were not asked for, or this one was held back. */
  source(): Buffer {
    return this.body.subarray(this.sourceAt, this.sourceAt + (this.table.sourceBytes?.[this.at] ?? 0));
  }
}

/** NaN where something is no number. */
function sum(lengths: readonly unknown[]): number {
  let total = 0;
  for (const length of lengths) total += typeof length === 'number' ? length : Number.NaN;
  return total;
}
