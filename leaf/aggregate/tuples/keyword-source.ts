import { compareStrings } from '../../../shared/ranking/order.ts';
import type { OrdinalColumn } from '../../columns/columns.ts';
import type { Steps } from '../../schedule/steps.ts';
import { keywordFieldOf } from '../../segment/columns-of.ts';
import type { Segment } from '../../segment/open.ts';
import type { CollectingTask } from '../collecting-task.ts';
import { MetTermNumbers } from '../term-numbers.ts';
import { noValue, type TupleSource } from './tuple-source.ts';

/** The number of each value of a keyword field. */
export class KeywordSource implements TupleSource {
  isSingle = true;
  values = new Float64Array(1);
  private readonly field: string;
  private readonly missing: string | typeof noValue | null;
  private readonly numbers: MetTermNumbers;
  private column: OrdinalColumn | null = null;
  /** The key that terms were compared to, and by the number of a term how: 0 where it was not yet, else 2 and the sign. */
  private comparedTo: string | null = null;
  private compared = new Uint8Array(64);

  /** @param missing the term of documents without a value; null where they have none */
  constructor(field: string, missing: string | typeof noValue | null, task: CollectingTask) {
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

  compareToKey(value: number, key: number | string): number {
    if (key !== this.comparedTo) {
      this.comparedTo = String(key);
      this.compared.fill(0);
    }
    const known = this.compared[value] ?? 0;
    if (known !== 0) return known - 2;
    if (value >= this.compared.length) {
      const longer = new Uint8Array(2 * value);
      longer.set(this.compared);
      this.compared = longer;
    }
    const order = Math.sign(compareStrings(this.numbers.termOf(value), this.comparedTo));
    this.compared[value] = order + 2;
    return order;
  }

  keyOf(value: number): string {
    return this.numbers.termOf(value);
  }

  private readMissing(): number {
    const { missing } = this;
    if (missing === null) return 0;
    this.values[0] = typeof missing === 'string' ? this.numbers.numberOfTerm(missing) : missing;
    return 1;
  }
}
