import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { HistogramPartial } from '../../shared/aggregation/partial.ts';
import type { HistogramRequest } from '../../shared/aggregation/request.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { Segment } from '../segment/open.ts';
import { BucketTable } from './bucket-table.ts';
import type { Collector, CollectorSet } from './collector.ts';
import { numberColumnOf } from './columns-of.ts';

/** Documents by the interval that a value of a numeric field falls in. */
export class HistogramCollector implements Collector {
  private readonly request: HistogramRequest;
  private readonly nested: CollectorSet;
  private readonly table = new BucketTable();
  private column: NumberColumn | null = null;

  constructor(request: HistogramRequest, nested: CollectorSet) {
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
    const { interval, offset } = this.request;
    const end = column.starts[docId + 1]!;
    table.beginDocument();
    for (let i = column.starts[docId]!; i < end; i++) {
      const key = Math.floor((column.values[i]! - offset) / interval) * interval + offset;
      const bucket = table.bucketOf(parent, key);
      if (table.count(bucket)) nested.collect(bucket, docId);
    }
    if (table.sizeOf(parent) > limits.bucketsMax) throw tooMany(table.sizeOf(parent));
  }

  partial(parent: number): HistogramPartial {
    const { table, nested } = this;
    const buckets = table
      .entriesOf(parent)
      .map(([key, bucket]) => ({ key, count: table.countOf(bucket), aggregations: nested.partials(bucket) }))
      .sort((a, b) => a.key - b.key);
    return { kind: 'histogram', buckets };
  }
}

/** All buckets of a histogram are in its answer, so a part with too many is one too many for the whole. */
function tooMany(actual: number): SheafError {
  return new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { detail: { limit: limits.bucketsMax, actual } });
}
