import { BinCounts, eachBin } from './bin-counts.ts';
import { exactCountMax, type DistributionPartial } from './distribution-partial.ts';
import { binOf } from './sketch-bins.ts';

/** Values to make room for at first. */
const valuesFirst = 8;
/** What it takes besides the numbers, about. */
const objectBytes = 256;
/** Characters of a value, and of a bin with its count, in a partial, about. */
const charactersPerValue = 12;
const charactersPerBin = 6;

/** The values given to it, or a sketch of them. Its partial is a function of the values, whatever the order in which they and other partials came. */
export class Distribution {
  /** Values so far, as long as they are kept. */
  private count = 0;
  /** The values so far, in the order in which they came, as long as they are kept. */
  private values: Float64Array | null = new Float64Array(valuesFirst);
  private min = Infinity;
  private max = -Infinity;
  private zeros = 0;
  private readonly positive = new BinCounts();
  private readonly negative = new BinCounts();

  /** Memory it takes. */
  get sizeBytes(): number {
    const bytes = this.values?.byteLength ?? this.positive.sizeBytes + this.negative.sizeBytes;
    return objectBytes + bytes;
  }

  /** Characters of the partial, about. */
  get partialLength(): number {
    if (this.values !== null) return this.count * charactersPerValue;
    return (this.positive.used + this.negative.used) * charactersPerBin;
  }

  /**
   * Adds a value. Cost: some 10 ns, half of it for the bin; nothing is allocated but as it grows.
   * @returns whether `sizeBytes` is another now
   */
  add(value: number): boolean {
    if (value < this.min) this.min = value + 0;
    if (value > this.max) this.max = value + 0;
    if (this.values === null) return this.addToBin(value);
    if (this.count === exactCountMax) {
      this.toSketch(this.values);
      this.addToBin(value);
      return true;
    }
    const isFull = this.count === this.values.length;
    if (isFull) {
      const longer = new Float64Array(Math.min(exactCountMax, 2 * this.values.length));
      longer.set(this.values);
      this.values = longer;
    }
    // Adding 0 turns −0 into 0.
    this.values[this.count++] = value + 0;
    return isFull;
  }

  /** Whether all values are kept, and there is no sketch. */
  get isKept(): boolean {
    return this.values !== null;
  }

  /** The same as `add` so many times. Cost: that of once, where there is a sketch. */
  addMany(value: number, count: number): boolean {
    let left = count;
    let isLarger = false;
    for (; left > 0 && this.values !== null; left--) isLarger = this.add(value) || isLarger;
    if (left === 0) return isLarger;
    if (value < this.min) this.min = value + 0;
    if (value > this.max) this.max = value + 0;
    return this.addToBin(value, left) || isLarger;
  }

  addPartial(partial: DistributionPartial): void {
    if ('values' in partial) {
      for (const value of partial.values) this.add(value);
      return;
    }
    if (this.values !== null) this.toSketch(this.values);
    const { sketch } = partial;
    this.min = Math.min(this.min, sketch.min);
    this.max = Math.max(this.max, sketch.max);
    this.zeros += sketch.zeros;
    eachBin(sketch.positive, (bin, count) => this.positive.add(bin, count));
    eachBin(sketch.negative, (bin, count) => this.negative.add(bin, count));
  }

  /** Cost: values are sorted, some 50 µs for 1000. */
  partial(): DistributionPartial {
    if (this.values !== null) {
      return { kind: 'distribution', values: Array.from(this.values.subarray(0, this.count).toSorted()) };
    }
    const { min, max, zeros, positive, negative } = this;
    return {
      kind: 'distribution',
      sketch: { min, max, zeros, positive: positive.packed(), negative: negative.packed() },
    };
  }

  private toSketch(values: Float64Array): void {
    this.values = null;
    for (let i = 0; i < this.count; i++) this.addToBin(values[i]!);
  }

  private addToBin(value: number, count = 1): boolean {
    if (value > 0) return this.positive.add(binOf(value), count);
    if (value < 0) return this.negative.add(binOf(-value), count);
    this.zeros += count;
    return false;
  }
}
