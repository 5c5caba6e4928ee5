import { compareStrings } from '../../../shared/ranking/order.ts';
import type { OrdinalColumn } from '../../columns/columns.ts';
import type { Steps } from '../../schedule/steps.ts';
import { keywordFieldOf } from '../../segment/columns-of.ts';
import type { Segment } from '../../segment/open.ts';
import type { CollectingTask } from '../collecting-task.ts';
import { MetTermNumbers } from '../term-numbers.ts';
import type { TupleSource } from './tuple-source.ts';

/** The number of each value of a keyword field. */
export class KeywordSource implements TupleSource {
  isSingle = true;
  values = new Float64Array(1);
  private readonly field: string;
  private readonly missing: string | null;
  private readonly numbers: MetTermNumbers;
  private column: OrdinalColumn | null = null;

  /** @param missing the term of documents without a value; null where they have none */
  constructor(field: string, missing: string | null, task: CollectingTask) {
    this.field = field;
    this.missing = missing;
    this.numbers = task.sharedOf(MetTermNumbers, field);
  }

  enterSegment(segment: Segment): void {
    const keywords = keywordFieldOf(segment, this.field);
    this.numbers.enterSegment(segment);
    this.column = keywords?.column ?? null;
    this.isSingle = keywords === null || keywords.column.isSingle;
  }

  read(docId: number): number {
    const { column, numbers } = this;
    const start = column === null ? 0 : column.starts[docId]!;
    const count = column === null ? 0 : column.starts[docId + 1]! - start;
    if (count === 0) return this.readMissing();
    if (count > this.values.length) this.values = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.values[i] = numbers.numberOf(column!.ordinals[start + i]!);
    return count;
  }

  compare(a: number, b: number): number {
    return a === b ? 0 : compareStrings(this.numbers.termOf(a), this.numbers.termOf(b));
  }

  rank(): Steps<void> {
    return this.numbers.rank();
  }

  compareRanked(a: number, b: number): number {
    return this.numbers.rankOf(a) - this.numbers.rankOf(b);
  }

  keyOf(value: number): string {
    return this.numbers.termOf(value);
  }

  private readMissing(): number {
    const { missing } = this;
    if (missing === null) return 0;
    this.values[0] = this.numbers.numberOfTerm(missing);
    return 1;
  }
}
