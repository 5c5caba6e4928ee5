/** The values of batches of documents, read from columns. */
import type { OpenedColumn } from '../columns/columns.ts';
import { keywordFieldOf, numberColumnOf } from '../segment/columns-of.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { Segment } from '../segment/open.ts';
import { batchMax, topBuckets } from './document-batch.ts';

interface Rows {
  readonly starts: Uint32Array;
}

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
  /** Of the entries of the piece, whose number is what `next` returned. Not to be written to; `values` may be. */
  buckets: Uint32Array;
  docIds: Uint32Array;
  readonly values: V;
  /** Whether every document of the segment has one entry. */
  isSingle = false;
  /** Whether no document has two entries. */
  isOnce = false;
  /** Whether all are in the one bucket at the top. */
  isTop = false;

  /** Of documents without a value; null where they have no entry. */
  private missing: number | null = null;
  /** Whether `docIds` are asked for; where they are not, the values of documents side by side are copied at once. */
  private readonly needsDocIds: boolean;
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

  /**
   * @param none a list without values, which `values` becomes where there is no column
   * @param values of `batchMax`
   * @param needsDocIds whether `docIds` of pieces are asked for
   */
  constructor(none: V, values: V, needsDocIds: boolean) {
    this.needsDocIds = needsDocIds;
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
    if (this.isSingle) return this.nextOfSingle();
    if (!this.needsDocIds && this.isTop && this.areSideBySide) return this.nextOfRun();
    return this.isOnce ? this.nextOfOptional() : this.nextOfMany();
  }

  /** @param missing the value of documents without one */
  protected enter(values: V, column: Rows & OpenedColumn, missing: number | null): void {
    this.hasColumn = true;
    this.column = values;
    this.isSingle = column.isSingle;
    this.isOnce = column.isOptional;
    this.starts = column.isSingle ? noRows : column.starts;
    this.missing = missing;
  }

  /** In a segment without the column. */
  protected enterNone(missing: number | null): void {
    this.hasColumn = false;
    this.isSingle = true;
    this.isOnce = true;
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

  /** Whether each document of the batch is the one after that before, and each has only the values it has. */
  private get areSideBySide(): boolean {
    const { givenDocIds, givenCount } = this;
    // At the top a document comes once.
    if (this.missing !== null || givenCount === 0) return false;
    const distance = givenDocIds[givenCount - 1]! - givenDocIds[0]!;
    return distance === givenCount - 1;
  }

  /** Of documents side by side, whose values are side by side too. */
  private nextOfRun(): number {
    const { column, values, starts, givenBuckets, givenDocIds, givenCount } = this;
    const from = starts[givenDocIds[0]!]! + this.taken;
    const count = Math.min(batchMax, starts[givenDocIds[givenCount - 1]! + 1]! - from);
    // Both are lists of the same kind of numbers.
    (values as Float64Array).set((column as Float64Array).subarray(from, from + count));
    this.buckets = givenBuckets;
    this.taken += count;
    return count;
  }

  /** Of documents that have one value or none. */
  private nextOfOptional(): number {
    const { column, values, starts, missing, givenBuckets, givenDocIds, givenCount, ownBuckets, ownDocIds } = this;
    if (this.at === givenCount) return 0;
    this.buckets = ownBuckets;
    this.docIds = ownDocIds;
    this.at = givenCount;
    let count = 0;
    for (let i = 0; i < givenCount; i++) {
      const docId = givenDocIds[i]!;
      const start = starts[docId]!;
      if (starts[docId + 1] !== start) values[count] = column[start]!;
      else if (missing === null) continue;
      else values[count] = missing;
      ownBuckets[count] = givenBuckets[i]!;
      ownDocIds[count++] = docId;
    }
    return count;
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

  /** @param missing the value of documents without one; null where they have none @param needsDocIds see ColumnValues */
  constructor(field: string, missing: number | null = null, needsDocIds = true) {
    super(noNumbers, new Float64Array(batchMax), needsDocIds);
    this.field = field;
    this.missingNumber = missing;
  }

  enterSegment(segment: Segment): void {
    const column = numberColumnOf(segment, this.field);
    this.reach = (column?.reach ?? 0) + segment.documents * reachOf(this.missingNumber ?? 0);
    if (column === null) this.enterNone(this.missingNumber);
    else this.enter(column.values, column, this.missingNumber);
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

  /** @param needsDocIds see ColumnValues */
  constructor(field: string, takesMissing = false, needsDocIds = true) {
    super(noOrdinals, new Uint32Array(batchMax), needsDocIds);
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
    this.enter(column.ordinals, column, takesMissing ? dictionary.size : null);
    return field;
  }
}
