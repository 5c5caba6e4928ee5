/**
 * The hits of a partial as they travel. What orders them are columns of numbers in the frame's body, as memory has them:
 * a root merges the hits of many leaves and keeps few, so the order is at hand without parsing and without an object a
 * hit. The rest (keys, sources) comes with those hits that are likely to be shown; see sourcesOf of a search task. Pure.
 */
import { isObject } from '../json/read-object.ts';
import type { Highlight } from '../query/highlight.ts';
import type { Explanation } from '../ranking/explanation.ts';
import { hasTexts, positionAt, setValue, type HitColumns } from '../ranking/hit-columns.ts';
import type { HitPosition, SortKey } from '../ranking/order.ts';
import { isOffset, isWhole, sumOfBytes } from './partial-fields.ts';

/** A hit by itself. */
export interface PartialHit extends HitPosition {
  /** `null` where it is held back. */
  readonly key: string | null;
  /** `null` when no score was computed. */
  readonly score: number | null;
  /** Present where it was asked for. */
  readonly explanation?: Explanation;
  /** Present where it was asked for. */
  readonly highlight?: Highlight;
}

/** What is told of a hit besides. */
type Told = Pick<PartialHit, 'explanation' | 'highlight'>;

/**
 * What the header says of the hits, which stand best first. The body has, one column after the other and all little
 * endian: the log offsets and then each sort key whose values are numbers, as float64, NaN where a field has no value; the
 * shards, as uint16; the keys of the hits that are shown; their sources.
 */
export interface HitTable {
  readonly count: number;
  /** By sort key: its values where they are texts; null where they are numbers. */
  readonly texts: readonly (readonly (string | null)[] | null)[];
  /** Which of the sort keys is the score; absent when none was computed. */
  readonly scoreAt?: number;
  /** Rank of the first hit that is shown: that brings its key. */
  readonly shownFrom: number;
  /** UTF-8 bytes of each key, from that hit on. */
  readonly keyBytes: readonly number[];
  /** Bytes of each source, parallel to the keys. Absent when sources were not asked for. */
  readonly sourceBytes?: readonly number[];
  /** Of all hits. Absent where nothing was asked for. */
  readonly told?: readonly Told[];
}

export const noHits: HitTable = { count: 0, texts: [], shownFrom: 0, keyBytes: [] };

const [offsetBytes, shardBytes] = [Float64Array.BYTES_PER_ELEMENT, Uint16Array.BYTES_PER_ELEMENT];

/**
 * @param hits best first; those with a key stand together
 * @param sources parallel to the hits with keys; none when they were not asked for
 */
export function packHits(
  keys: readonly SortKey[],
  hits: readonly PartialHit[],
  sources: readonly Uint8Array[],
): { readonly table: HitTable; readonly body: readonly Uint8Array[] } {
  if (hits.length === 0) return { table: noHits, body: [] };
  const count = hits.length;
  const texts = keys.map((key) => (hasTexts(key) ? Array.from({ length: count }, (): string | null => null) : null));
  const memory = new Uint8Array(bytesOfColumns({ count, texts }));
  const { offsets, shards, values } = columnsIn(memory.buffer, 0, { count, texts });
  const keyBytes: number[] = [];
  let [shownFrom, keyTexts, isAnyTold] = [0, '', false];
  // One pass: ten thousand hits are packed in one piece, while others wait.
  for (let i = 0; i < count; i++) {
    const hit = hits[i]!;
    offsets[i] = hit.offset;
    shards[i] = hit.shard;
    for (let at = 0; at < values.length; at++) setValue(values[at]!, i, hit.values[at]!);
    isAnyTold ||= isTold(hit);
    if (hit.key === null) continue;
    if (keyBytes.length === 0) shownFrom = i;
    keyBytes.push(Buffer.byteLength(hit.key));
    keyTexts += hit.key;
  }
  const scoreAt = keys.findIndex(({ by }) => by === 'score');
  const table = {
    count,
    texts,
    ...(scoreAt < 0 ? {} : { scoreAt }),
    shownFrom,
    keyBytes,
    ...(sources.length === 0 ? {} : { sourceBytes: sources.map(({ length }) => length) }),
    ...(isAnyTold ? { told: hits.map(toldOf) } : {}),
  };
  return { table, body: [memory, Buffer.from(keyTexts), ...sources] };
}

function isTold({ explanation, highlight }: PartialHit): boolean {
  return explanation !== undefined || highlight !== undefined;
}

function toldOf({ explanation, highlight }: Told): Told {
  return {
    ...(explanation === undefined ? {} : { explanation }),
    ...(highlight === undefined ? {} : { highlight }),
  };
}

/** What a table must be to answer what was asked. */
export interface AskedHits {
  readonly keys: readonly SortKey[];
  /** Ranks of the hits that are shown. */
  readonly from: number;
  readonly until: number;
  /** Whether hits may be of a shard. */
  readonly mayBeOf: (shard: number) => boolean;
}

/** Whether a value read from a frame is a table that answers what was asked, in full, and fills the body. */
export function isHitTable(value: unknown, asked: AskedHits, body: Uint8Array): value is HitTable {
  if (!isObject(value) || !isShape(value) || !fits(value, asked)) return false;
  if (bytesOfColumns(value) + sumOfBytes(value.keyBytes) + sumOfBytes(value.sourceBytes ?? []) !== body.length)
    return false;
  const { shards, offsets, values } = columnsOf(value, body);
  // No value in JSON is infinite, and none becomes it here; only a field may have none.
  const areFinite = values.every((column, i) => {
    return !(column instanceof Float64Array) || !column.some(asked.keys[i]?.by === 'field' ? isInfinite : isNotFinite);
  });
  return areFinite && offsets.every(isOffset) && shards.every(asked.mayBeOf);
}

function isInfinite(value: number): boolean {
  return value === Infinity || value === -Infinity;
}

function isNotFinite(value: number): boolean {
  return !Number.isFinite(value);
}

/** Whether everything has its type. */
function isShape(value: object): value is HitTable {
  if (!('count' in value && 'texts' in value && 'shownFrom' in value && 'keyBytes' in value)) return false;
  const { count, texts, shownFrom, keyBytes } = value;
  if (!isWhole(count) || !isWhole(shownFrom) || !Array.isArray(texts) || !Array.isArray(keyBytes)) return false;
  const scoreAt = 'scoreAt' in value ? value.scoreAt : 0;
  const sourceBytes = 'sourceBytes' in value ? value.sourceBytes : [];
  const told = 'told' in value ? value.told : [];
  if (!isWhole(scoreAt) || !Array.isArray(sourceBytes) || !Array.isArray(told)) return false;
  return texts.every(isTexts) && keyBytes.every(isWhole) && sourceBytes.every(isWhole) && told.every(isObject);
}

function isTexts(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((text) => text === null || typeof text === 'string'));
}

/** Whether the columns fit together, and what was asked. */
function fits(table: HitTable, { keys, from, until }: AskedHits): boolean {
  const { count, texts, scoreAt, shownFrom, keyBytes, sourceBytes = keyBytes, told } = table;
  const shown = Math.max(0, Math.min(until, count) - from);
  if (keyBytes.length !== shown || sourceBytes.length !== shown || (shown > 0 && shownFrom !== from)) return false;
  if (told !== undefined && told.length !== count) return false;
  if (count === 0) return texts.length === 0;
  if (scoreAt !== undefined && keys[scoreAt]?.by !== 'score') return false;
  return (
    texts.length === keys.length &&
    keys.every((key, i) => (hasTexts(key) ? texts[i]?.length === count : texts[i] === null))
  );
}

/** What says how long the columns are, and which of them are in the body. */
interface Shape<Texts> {
  readonly count: number;
  readonly texts: readonly (Texts | null)[];
}

function bytesOfColumns({ count, texts }: Shape<readonly (string | null)[]>): number {
  let numbers = 1;
  for (const column of texts) if (column === null) numbers++;
  return count * (numbers * offsetBytes + shardBytes);
}

/** Views of memory that has the columns, from a place that is a multiple of 8. */
function columnsIn<Texts extends readonly (string | null)[]>(
  memory: ArrayBufferLike,
  start: number,
  { count, texts }: Shape<Texts>,
) {
  let at = start;
  const nextNumbers = (): Float64Array => {
    const column = new Float64Array(memory, at, count);
    at += column.byteLength;
    return column;
  };
  const offsets = nextNumbers();
  const values = texts.map((column): Float64Array | Texts => column ?? nextNumbers());
  return { offsets, values, shards: new Uint16Array(memory, at, count) };
}

function columnsOf(table: HitTable, body: Uint8Array): HitColumns {
  if (body.byteOffset % offsetBytes === 0) return columnsIn(body.buffer, body.byteOffset, table);
  // A body begins anywhere in the memory that it was received in.
  return columnsIn(new Uint8Array(body.subarray(0, bytesOfColumns(table))).buffer, 0, table);
}

/** The hits of a table by their ranks. */
export class ReceivedHits {
  /** What orders them. */
  readonly columns: HitColumns;
  private readonly table: HitTable;
  private readonly body: Buffer;
  /** Where each key that is shown begins, and where the last one ends. */
  private readonly keyStarts: readonly number[];
  /** The same of the sources, where some were asked for. */
  private readonly sourceStarts: readonly number[] | null;

  constructor(table: HitTable, body: Uint8Array) {
    this.columns = columnsOf(table, body);
    this.table = table;
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.keyStarts = startsOf(table.keyBytes, bytesOfColumns(table));
    this.sourceStarts = table.sourceBytes === undefined ? null : startsOf(table.sourceBytes, this.keyStarts.at(-1)!);
  }

  get count(): number {
    return this.table.count;
  }

  /** @param rank below `count` */
  hitAt(rank: number): PartialHit {
    const position = positionAt(this.columns, rank);
    return { ...position, key: this.keyAt(rank), score: this.scoreAt(rank), ...this.table.told?.[rank] };
  }

  /** `null` when no score was computed. */
  scoreAt(rank: number): number | null {
    const { scoreAt } = this.table;
    return scoreAt === undefined ? null : Number(this.columns.values[scoreAt]![rank]);
  }

  /** A view of the body; empty when sources were not asked for, or this one was held back. */
  sourceAt(rank: number): Buffer {
    const at = rank - this.table.shownFrom;
    const isThere = this.sourceStarts !== null && this.isShown(at);
    return isThere ? this.body.subarray(this.sourceStarts[at], this.sourceStarts[at + 1]) : this.body.subarray(0, 0);
  }

  private keyAt(rank: number): string | null {
    const at = rank - this.table.shownFrom;
    return this.isShown(at) ? this.body.toString('utf8', this.keyStarts[at], this.keyStarts[at + 1]) : null;
  }

  private isShown(at: number): boolean {
    return at >= 0 && at < this.table.keyBytes.length;
  }
}

function startsOf(lengths: readonly number[], first: number): number[] {
  const starts = [first];
  let at = first;
  for (const length of lengths) starts.push((at += length));
  return starts;
}
