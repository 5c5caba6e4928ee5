import {
  compareRows,
  rankOf,
  type TopMetricsPartial,
  type TopMetricsRequest,
  type TopRow,
  type TopSort,
} from '../../shared/aggregation/top-metrics.ts';
import { meanOfSum, SumAccumulator } from '../../shared/aggregation/sum.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { keywordFieldOf, numberColumnOf } from '../segment/columns-of.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { Segment } from '../segment/open.ts';
import { BucketSets, type BucketSet } from './bucket-sets.ts';
import type { MakeCollector } from './collecting-task.ts';
import type { TaskBudget } from './task-budget.ts';

export const makeTopMetrics: MakeCollector<'top_metrics'> = (request, { budget }) =>
  new TopMetricsCollector(request, budget);

/** Bytes of a row and of a value in it, and characters of a value as JSON, about. */
const rowBytes = 96;
const valueBytes = 16;
const charactersPerValue = 12;
/** What a document that may be one of the first takes, in values that are added up. */
const workPerDocument = 2;

/** The first documents of one bucket, best first. */
class TopRows implements BucketSet<TopMetricsPartial> {
  /** The rank of the last where there is room for no more: whatever comes after it is none of the first. */
  worst = Infinity;
  private readonly sort: TopSort;
  private readonly size: number;
  private readonly rows: TopRow[] = [];
  private textBytes = 0;

  constructor({ sort, size }: TopMetricsRequest) {
    this.sort = sort;
    this.size = size;
  }

  get sizeBytes(): number {
    return rowBytes + this.rows.length * rowBytes + this.valueCount * valueBytes + 2 * this.textBytes;
  }

  get partialLength(): number {
    return this.valueCount * charactersPerValue + this.textBytes;
  }

  partial(): TopMetricsPartial {
    return { kind: 'top_metrics', top: [...this.rows] };
  }

  get isFull(): boolean {
    return this.rows.length === this.size;
  }

  /** Takes a row where it belongs; the last one goes where there are too many. */
  add(row: TopRow): void {
    let at = this.rows.length;
    while (at > 0 && compareRows(this.sort, row, this.rows[at - 1]!) < 0) at--;
    if (at === this.size) return;
    this.rows.splice(at, 0, row);
    this.textBytes += textOf(row);
    if (this.rows.length > this.size) this.textBytes -= textOf(this.rows.pop()!);
    if (this.isFull) this.worst = rankOf(this.sort, this.rows.at(-1)!.sort);
  }

  private get valueCount(): number {
    return this.rows.length * (1 + (this.rows[0]?.metrics.length ?? 0));
  }
}

function textOf({ metrics }: TopRow): number {
  return metrics.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

/** Reads the value of a document; null where it has none. */
type Reader = (docId: number) => number | string | null;

const readNone: Reader = () => null;

/** The first documents of each bucket in the order of a field of numbers. */
class TopMetricsCollector extends BucketSets<TopMetricsPartial, TopRows> {
  private readonly request: TopMetricsRequest;
  private column: NumberColumn | null = null;
  private readers: readonly Reader[] = [];

  constructor(request: TopMetricsRequest, budget: TaskBudget) {
    super(budget);
    this.request = request;
  }

  enterSegment(segment: Segment): void {
    const { sort, metrics } = this.request;
    this.column = numberColumnOf(segment, sort.field);
    this.readers = metrics.map(({ field, values }) => {
      return values === 'string' ? firstOf(keywordFieldOf(segment, field)) : meanOf(numberColumnOf(segment, field));
    });
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    this.budget.spend(workPerDocument * count);
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      const docId = docIds[i]!;
      const rows = this.setOf(bucket);
      const sort = this.sortOf(docId);
      if (rows.isFull && rankOf(this.request.sort, sort) > rows.worst) continue;
      rows.add({ sort, metrics: this.readers.map((read) => read(docId)) });
      this.hold(bucket, rows);
    }
  }

  protected make(): TopRows {
    return new TopRows(this.request);
  }

  protected emptyPartial(): TopMetricsPartial {
    return { kind: 'top_metrics', top: [] };
  }

  private sortOf(docId: number): number | null {
    if (this.column === null) return null;
    const { starts, values } = this.column;
    const end = starts[docId + 1]!;
    const from = starts[docId]!;
    if (from === end) return null;
    let found = values[from]!;
    const { countsGreatest } = this.request.sort;
    for (let at = from + 1; at < end; at++) {
      if (countsGreatest ? values[at]! > found : values[at]! < found) found = values[at]!;
    }
    // Adding 0 turns −0, which JSON does not know, into 0.
    return found + 0;
  }
}

function meanOf(column: NumberColumn | null): Reader {
  if (column === null) return readNone;
  const { starts, values } = column;
  return (docId) => {
    const [from, end] = [starts[docId]!, starts[docId + 1]!];
    if (from === end) return null;
    // Adding 0 turns −0, which JSON does not know, into 0.
    if (end - from === 1) return values[from]! + 0;
    const total = new SumAccumulator();
    for (let at = from; at < end; at++) total.add(values[at]!);
    return meanOfSum(total.sum(), end - from);
  };
}

function firstOf(field: KeywordField | null): Reader {
  if (field === null) return readNone;
  const { column, dictionary } = field;
  const { starts, ordinals } = column;
  return (docId) => {
    const [from, end] = [starts[docId]!, starts[docId + 1]!];
    if (from === end) return null;
    let first = ordinals[from]!;
    for (let at = from + 1; at < end; at++) if (ordinals[at]! < first) first = ordinals[at]!;
    return dictionary.termAt(first);
  };
}
