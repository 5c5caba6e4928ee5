import type { NumberColumn } from '../../columns/columns.ts';
import type { Steps } from '../../schedule/steps.ts';
import { numberColumnOf } from '../../segment/columns-of.ts';
import type { Segment } from '../../segment/open.ts';
import type { KeyBound, PageSource } from '../composite/page-source.ts';

/** What is made of each value of a field of numbers. */
export class NumberSource implements PageSource {
  isSingle = true;
  values = new Float64Array(1);
  private readonly field: string;
  private readonly missing: number | null;
  private readonly made: (value: number) => number;
  private column: NumberColumn | null = null;

  /**
   * @param missing what documents without a value have, as it was made; null where they have none
   * @param made the value of the tuple that a value of the field makes
   */
  constructor(field: string, missing: number | null, made: (value: number) => number = (value) => value) {
    this.field = field;
    this.missing = missing;
    this.made = made;
  }

  enterSegment(segment: Segment): void {
    const column = numberColumnOf(segment, this.field);
    this.column = column;
    this.isSingle = column === null || column.isSingle;
  }

  read(docId: number): number {
    const { column, made } = this;
    const start = column === null ? 0 : column.starts[docId]!;
    const count = column === null ? 0 : column.starts[docId + 1]! - start;
    if (count === 0) return this.readMissing();
    if (count > this.values.length) this.values = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.values[i] = made(column!.values[start + i]!) + 0;
    return count;
  }

  compare(a: number, b: number): number {
    return a - b;
  }

  *rank(): Steps<void> {
    // Numbers compare as they are.
  }

  compareRanked(a: number, b: number): number {
    return a - b;
  }

  boundAt(key: number | string): KeyBound {
    const number = Number(key);
    return { compare: (value) => value - number };
  }

  numberOf(value: number): number {
    return value;
  }

  keyOf(value: number): number {
    return value;
  }

  private readMissing(): number {
    if (this.missing === null) return 0;
    this.values[0] = this.missing;
    return 1;
  }
}
