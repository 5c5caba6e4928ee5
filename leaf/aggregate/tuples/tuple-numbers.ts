import type { TaskBudget } from '../task-budget.ts';

/** Values of tuples that take as much memory as a bucket. */
const valuesPerBucket = 4;
const firstCapacity = 16;

/**
 * Numbers tuples of numbers in the order they were met: one hash table in flat columns. Not a number and −0 are in none of them.
 */
export class TupleNumbers {
  /** Tuples so far. */
  size = 0;
  private readonly width: number;
  private readonly budget: TaskBudget;
  /** Values of one tuple after those of another. */
  private values: Float64Array;
  /** Tuples plus one by hash; 0 where there is none. At least half of it is empty. */
  private slots = new Uint32Array(2 * firstCapacity);
  private readonly hashed: Float64Array;
  private readonly hashedHalves: Uint32Array;

  /** @param width values of a tuple, at least 1 */
  constructor(width: number, budget: TaskBudget) {
    this.width = width;
    this.budget = budget;
    this.values = new Float64Array(firstCapacity * width);
    this.hashed = new Float64Array(width);
    this.hashedHalves = new Uint32Array(this.hashed.buffer);
  }

  /** The number of a tuple; −1 where it has none yet. */
  find(tuple: Float64Array): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.hash(tuple) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (this.isAt(found - 1, tuple)) return found - 1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** Numbers a tuple that has no number. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  add(tuple: Float64Array): number {
    const { width } = this;
    this.budget.hold(Math.ceil(width / valuesPerBucket));
    if ((this.size + 1) * width > this.values.length) this.grow();
    const number = this.size++;
    for (let i = 0; i < width; i++) this.values[number * width + i] = tuple[i]!;
    this.place(number, tuple);
    return number;
  }

  /** A value of a tuple. @param i 0 to width − 1 */
  valueOf(number: number, i: number): number {
    return this.values[number * this.width + i]!;
  }

  private isAt(number: number, tuple: Float64Array): boolean {
    const { width, values } = this;
    const start = number * width;
    for (let i = 0; i < width; i++) if (values[start + i] !== tuple[i]) return false;
    return true;
  }

  private place(number: number, tuple: Float64Array): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.hash(tuple) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  }

  private grow(): void {
    const { width } = this;
    const longer = new Float64Array(2 * this.values.length);
    longer.set(this.values);
    this.values = longer;
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let number = 0; number < this.size; number++) {
      this.place(number, longer.subarray(number * width, (number + 1) * width));
    }
  }

  /** The bits of all values, mixed as MurmurHash3 ends (public domain, Appleby). */
  private hash(tuple: Float64Array): number {
    const { hashed, hashedHalves, width } = this;
    for (let i = 0; i < width; i++) hashed[i] = tuple[i]!;
    let hash = width;
    for (let i = 0; i < 2 * width; i++) {
      hash ^= Math.imul(hashedHalves[i]!, 0xcc9e2d51);
      hash = Math.imul(((hash << 13) | (hash >>> 19)) + 0x9e3779b1, 0x1b873593);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}
