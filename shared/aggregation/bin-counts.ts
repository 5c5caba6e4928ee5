/** Bins to begin with. */
const binsFirst = 64;

/** How many numbers there are in each bin (sketch-bins.ts), from the least bin to the greatest side by side. */
export class BinCounts {
  /** How many bins have any. */
  used = 0;
  /** The bin of the first count. */
  private first = 0;
  private counts = new Float64Array(0);

  get sizeBytes(): number {
    return this.counts.byteLength;
  }

  /** @returns whether `sizeBytes` is another now */
  add(bin: number, count: number): boolean {
    const isLonger = bin < this.first || bin >= this.first + this.counts.length;
    if (isLonger) this.reach(bin);
    const at = bin - this.first;
    if (this.counts[at] === 0) this.used++;
    this.counts[at]! += count;
    return isLonger;
  }

  /** Of each bin that has any its distance from the one before it, the first from 0, and its count; bins ascending. */
  packed(): number[] {
    const packed: number[] = [];
    let before = 0;
    this.counts.forEach((count, at) => {
      if (count === 0) return;
      packed.push(this.first + at - before, count);
      before = this.first + at;
    });
    return packed;
  }

  /** Makes room for a bin: half as many more as there are on its side, so that it is made seldom. */
  private reach(bin: number): void {
    const { counts, first } = this;
    const end = first + counts.length;
    if (counts.length === 0) {
      this.counts = new Float64Array(binsFirst);
      this.first = bin - binsFirst / 2;
      return;
    }
    const more = Math.max(binsFirst, counts.length >>> 1);
    this.first = bin < first ? Math.min(bin, first - more) : first;
    const newEnd = bin >= end ? Math.max(bin + 1, end + more) : end;
    this.counts = new Float64Array(newEnd - this.first);
    this.counts.set(counts, first - this.first);
  }
}

/** What `packed` made, bin by bin. @param visit is given each bin and its count, bins ascending */
export function eachBin(packed: readonly number[], visit: (bin: number, count: number) => void): void {
  let bin = 0;
  for (let i = 0; i < packed.length; i += 2) {
    bin += packed[i]!;
    visit(bin, packed[i + 1]!);
  }
}
