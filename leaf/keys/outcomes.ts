/**
 * What became of the judged entries of one partition, those that were read last: what whoever sent one is told. In the order
 * of the log, in one array of numbers, because it goes from thread to thread and into a file.
 */
import { results, type Outcome } from '../../shared/judge/judge.ts';

/** Numbers of one outcome: log offset of the entry, place of the result in `results`, version, sequence. */
export const outcomeNumbers = 4;

export class Outcomes {
  private readonly countMax: number;
  /** From `start` to `end`, and before it what is forgotten. */
  private numbers = new Float64Array(0);
  private start = 0;
  private end = 0;

  /** @param countMax how many are remembered */
  constructor(countMax: number) {
    this.countMax = countMax;
  }

  get count(): number {
    return (this.end - this.start) / outcomeNumbers;
  }

  add(offset: number, { result, version, sequence }: Outcome): void {
    this.append(Float64Array.of(offset, results.indexOf(result), version, sequence));
  }

  /** Takes on what others remember, of later entries. Cost: what is added, over many calls. */
  append(rows: Float64Array): void {
    if (this.end + rows.length > this.numbers.length) this.makeRoom(rows.length);
    this.numbers.set(rows, this.end);
    this.end += rows.length;
    this.start = Math.max(this.start, this.end - this.countMax * outcomeNumbers);
  }

  /** All that are remembered, oldest first: a view, good until more are added. */
  rows(): Float64Array {
    return this.numbers.subarray(this.start, this.end);
  }

  /** Of the entry at a log offset; undefined where none is remembered. Cost: a binary search. */
  find(offset: number): Outcome | undefined {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numbers[this.start + middle * outcomeNumbers]! < offset) low = middle + 1;
      else high = middle;
    }
    const at = this.start + low * outcomeNumbers;
    if (at >= this.end || this.numbers[at] !== offset) return undefined;
    return { result: results[this.numbers[at + 1]!]!, version: this.numbers[at + 2]!, sequence: this.numbers[at + 3]! };
  }

  /** Twice what is remembered, so that moving it costs a step an outcome. */
  private makeRoom(length: number): void {
    const kept = this.rows();
    const grown = new Float64Array(2 * (kept.length + length));
    grown.set(kept);
    this.numbers = grown;
    this.end = kept.length;
    this.start = 0;
  }
}
