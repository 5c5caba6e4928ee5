/** The values of batches of documents, read from columns. */
import { keywordFieldOf, numberColumnOf } from '../segment/columns-of.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { Segment } from '../segment/open.ts';
import { batchMax, topBuckets } from './document-batch.ts';

type Values = Float64Array | Uint32Array;

const noRows = new Uint32Array(0);

/**
 * What documents of a batch have in a column: an entry for each value, with its document and that document's bucket. Entries of a
 * document stand beside each other. Documents may have thousands of values, so entries come in pieces:
 *
 *     values.begin(buckets, docIds, count);
 *     for (let n = values.next(); n > 0; n = values.next()) {
 *       for (let i = 0; i < n; i++) use(values.buckets[i]!, values.values[i]!);
 *     }
 */
export abstract class ColumnValues<V extends Values> {
  /** Of the entries of the piece, whose number is what `next` returned. Not to be written to. */
  buckets: Uint32Array;
  docIds: Uint32Array;
  readonly values: V;
  /** Whether every document of the segment has one entry. */
  isSingle = false;
  /** Whether all are in the one bucket at the top. */
  isTop = false;

  /** Of documents without a value; null where they have no entry. */
  private missing: number | null = null;
  private readonly ownBuckets = new Uint32Array(batchMax);
  private readonly ownDocIds = new Uint32Array(batchMax);
  private hasColumn = false;
  private starts: Uint32Array = noRows;
  private column: V;
  private givenBuckets: Uint32Array = noRows;
  private givenDocIds: Uint32Array = noRows;
  private givenCount = 0;
  /** The document to go on with, by its place in the batch, and how many of its values were in pieces before. */
  private at = 0;
  private taken = 0;

  /** @param none a list without values, which `values` becomes where there is no column @param values of `batchMax` */
  constructor(none: V, values: V) {
    this.buckets = this.ownBuckets;
    this.docIds = this.ownDocIds;
    this.column = none;
    this.values = values;
  }

  /** @param docIds of the segment entered, each below its number of documents @param count of them, at most `batchMax` */
  begin(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    this.givenBuckets = buckets;
    this.isTop = buckets === topBuckets;
    this.givenDocIds = docIds;
    this.givenCount = this.hasColumn || this.missing !== null ? count : 0;
    this.at = 0;
    this.taken = 0;
  }

  /** Entries of the next piece; 0 when there are no more. */
  next(): number {
    if (!this.hasColumn) return this.nextOfNone();
    return this.isSingle ? this.nextOfSingle() : this.nextOfMany();
  }

  /** @param starts of its rows; null where each has one value @param missing the value of documents without one */
  protected enter(column: V, starts: Uint32Array | null, missing: number | null): void {
    this.hasColumn = true;
    this.column = column;
    this.isSingle = starts === null;
    this.starts = starts ?? noRows;
    this.missing = missing;
  }

  /** In a segment without the column. */
  protected enterNone(missing: number | null): void {
    this.hasColumn = false;
    this.isSingle = true;
    this.missing = missing;
  }

  private nextOfNone(): number {
    const { values, givenCount, missing } = this;
    if (missing === null || this.at === givenCount) return 0;
    values.fill(missing, 0, givenCount);
    this.buckets = this.givenBuckets;
    this.docIds = this.givenDocIds;
    this.at = givenCount;
    return givenCount;
  }

  private nextOfSingle(): number {
    const { column, values, givenDocIds, givenCount } = this;
    if (this.at === givenCount) return 0;
    for (let i = 0; i < givenCount; i++) values[i] = column[givenDocIds[i]!]!;
    this.buckets = this.givenBuckets;
    this.docIds = givenDocIds;
    this.at = givenCount;
    return givenCount;
  }

  private nextOfMany(): number {
    const { column, values, starts, missing, givenBuckets, givenDocIds, givenCount, ownBuckets, ownDocIds } = this;
    this.buckets = ownBuckets;
    this.docIds = ownDocIds;
    let count = 0;
    for (; this.at < givenCount && count < batchMax; this.at++) {
      const docId = givenDocIds[this.at]!;
      const bucket = givenBuckets[this.at]!;
      const end = starts[docId + 1]!;
      let from = starts[docId]! + this.taken;
      for (; from < end && count < batchMax; from++, count++) {
        values[count] = column[from]!;
        ownBuckets[count] = bucket;
        ownDocIds[count] = docId;
      }
      if (missing !== null && starts[docId] === end) {
        values[count] = missing;
        ownBuckets[count] = bucket;
        ownDocIds[count++] = docId;
      }
      if (from < end) {
        this.taken = from - starts[docId]!;
        return count;
      }
      this.taken = 0;
    }
    return count;
  }
}

const noNumbers = new Float64Array(0);
const noOrdinals = new Uint32Array(0);

/** Of a field of numbers. */
export class NumberValues extends ColumnValues<Float64Array> {
  /**
   * No sum of values of the segment is further from 0, each value taken once; Infinity where they are not known to be whole.
   */
  reach = 0;
  private readonly field: string;
  private readonly missingNumber: number | null;

  /** @param missing the value of documents without one; null where they have none */
  constructor(field: string, missing: number | null = null) {
    super(noNumbers, new Float64Array(batchMax));
    this.field = field;
    this.missingNumber = missing;
  }

  enterSegment(segment: Segment): void {
    const column = numberColumnOf(segment, this.field);
    this.reach = (column?.reach ?? 0) + segment.documents * reachOf(this.missingNumber ?? 0);
    if (column === null) this.enterNone(this.missingNumber);
    else this.enter(column.values, column.isSingle ? null : column.starts, this.missingNumber);
  }
}

function reachOf(value: number): number {
  return Number.isSafeInteger(value) ? Math.abs(value) : Infinity;
}

/**
 * Of a keyword field: ordinals of the segment's dictionary. Where documents without a value have one too, it is the ordinal after
 * the last of the dictionary, 0 in a segment without the field.
 */
export class OrdinalValues extends ColumnValues<Uint32Array> {
  private readonly field: string;
  /** Whether documents without a value have one too. */
  readonly takesMissing: boolean;

  constructor(field: string, takesMissing = false) {
    super(noOrdinals, new Uint32Array(batchMax));
    this.field = field;
    this.takesMissing = takesMissing;
  }

  /** Returns the field in this segment; null where it has none. */
  enterSegment(segment: Segment): KeywordField | null {
    const field = keywordFieldOf(segment, this.field);
    const { takesMissing } = this;
    if (field === null) {
      this.enterNone(takesMissing ? 0 : null);
      return null;
    }
    const { column, dictionary } = field;
    this.enter(column.ordinals, column.isSingle ? null : column.starts, takesMissing ? dictionary.size : null);
    return field;
  }
}
