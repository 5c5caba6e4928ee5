import type { TermsPartial } from '../../shared/aggregation/partial.ts';
import type { TermsRequest } from '../../shared/aggregation/request.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { KeywordField, Segment } from '../segment/open.ts';
import { BucketTable } from './bucket-table.ts';
import type { Collector, CollectorSet } from './collector.ts';
import { keywordFieldOf, numberColumnOf } from './columns-of.ts';
import { cutTerms } from './cut-terms.ts';

/** Documents by each distinct value of a numeric field. */
export class NumberTermsCollector implements Collector {
  private readonly request: TermsRequest;
  private readonly nested: CollectorSet;
  private readonly table = new BucketTable();
  private column: NumberColumn | null = null;

  constructor(request: TermsRequest, nested: CollectorSet) {
    this.request = request;
    this.nested = nested;
  }

  enterSegment(segment: Segment): void {
    this.column = numberColumnOf(segment, this.request.field);
    this.nested.enterSegment(segment);
  }

  collect(parent: number, docId: number): void {
    const { column, table, nested } = this;
    if (column === null) return;
    const end = column.starts[docId + 1]!;
    table.beginDocument();
    for (let i = column.starts[docId]!; i < end; i++) {
      const bucket = table.bucketOf(parent, column.values[i]!);
      if (table.count(bucket)) nested.collect(bucket, docId);
    }
  }

  partial(parent: number): TermsPartial {
    const { table } = this;
    const keys = table.entriesOf(parent).map(([key, bucket]) => ({ key, bucket, count: table.countOf(bucket) }));
    return cutTerms(this.request, keys, this.nested);
  }
}

/**
 * Documents by each distinct value of a keyword field. Ordinals mean something in one segment only, so terms get
 * numbers that hold for all; a term is read once a segment.
 */
export class KeywordTermsCollector implements Collector {
  private readonly request: TermsRequest;
  private readonly nested: CollectorSet;
  private readonly table = new BucketTable();
  private readonly numbers = new Map<string, number>();
  private readonly terms: string[] = [];
  private field: KeywordField | null = null;
  /** By ordinal of this segment, plus one; 0 where it was not met yet: the term's number. */
  private numberOfOrdinal = new Uint32Array(0);
  /** The same for its bucket in parent 0, which at the top is the only one. */
  private bucketOfOrdinal = new Uint32Array(0);

  constructor(request: TermsRequest, nested: CollectorSet) {
    this.request = request;
    this.nested = nested;
  }

  enterSegment(segment: Segment): void {
    this.field = keywordFieldOf(segment, this.request.field);
    this.numberOfOrdinal = new Uint32Array(this.field?.dictionary.size ?? 0);
    this.bucketOfOrdinal = new Uint32Array(this.numberOfOrdinal.length);
    this.nested.enterSegment(segment);
  }

  collect(parent: number, docId: number): void {
    const { field, table, nested } = this;
    if (field === null) return;
    const { starts, ordinals } = field.column;
    const end = starts[docId + 1]!;
    table.beginDocument();
    for (let i = starts[docId]!; i < end; i++) {
      const ordinal = ordinals[i]!;
      const known = parent === 0 ? this.bucketOfOrdinal[ordinal]! : 0;
      const bucket = known === 0 ? this.findBucket(parent, ordinal, field) : known - 1;
      if (table.count(bucket)) nested.collect(bucket, docId);
    }
  }

  partial(parent: number): TermsPartial {
    const { table, terms } = this;
    const keys = table
      .entriesOf(parent)
      .map(([number, bucket]) => ({ key: terms[number]!, bucket, count: table.countOf(bucket) }));
    return cutTerms(this.request, keys, this.nested);
  }

  private findBucket(parent: number, ordinal: number, field: KeywordField): number {
    if (this.numberOfOrdinal[ordinal] === 0) this.numberOfOrdinal[ordinal] = this.numberOf(field, ordinal) + 1;
    const bucket = this.table.bucketOf(parent, this.numberOfOrdinal[ordinal]! - 1);
    if (parent === 0) this.bucketOfOrdinal[ordinal] = bucket + 1;
    return bucket;
  }

  private numberOf(field: KeywordField, ordinal: number): number {
    const term = field.dictionary.termAt(ordinal);
    let number = this.numbers.get(term);
    if (number === undefined) {
      number = this.terms.push(term) - 1;
      this.numbers.set(term, number);
    }
    return number;
  }
}
