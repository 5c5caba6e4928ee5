/**
 * Finds the ranges that hold a value, among ranges that may overlap: those that begin at or before it lie in front, by their
 * beginning; of these the ones that end before it are skipped up to the first that does not.
 *
 *     const end = finder.seek(value);
 *     for (let at = finder.first; at < end; at++) if (finder.holds(at, value)) use(finder.places[at]!);
 *
 * Cost: two binary searches, and a look at each range between; none is looked at in vain where ranges lie apart.
 */
export class RangeFinder {
  /** Of each range as they lie here, its place in the request. */
  readonly places: Uint32Array;
  /** What `seek` found: no range before this one holds the value. */
  first = 0;
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  /** The greatest end up to each range. */
  private readonly endsMax: Float64Array;

  /** @param ranges from a number to before another; infinite where they are open */
  constructor(ranges: readonly { readonly from: number; readonly to: number }[]) {
    const sorted = ranges.map(({ from, to }, place) => ({ from, to, place })).sort((a, b) => order(a.from, b.from));
    this.places = Uint32Array.from(sorted, ({ place }) => place);
    this.begins = Float64Array.from(sorted, ({ from }) => from);
    this.ends = Float64Array.from(sorted, ({ to }) => to);
    this.endsMax = new Float64Array(sorted.length);
    let endMax = -Infinity;
    for (let at = 0; at < sorted.length; at++) this.endsMax[at] = endMax = Math.max(endMax, this.ends[at]!);
  }

  /** Sets `first`; no range from the one returned holds the value. */
  seek(value: number): number {
    const end = countUpTo(this.begins, value);
    this.first = countUpTo(this.endsMax, value);
    return end;
  }

  /**
   * Puts the places of the ranges that hold any of some values into a list. Cost: a look at each value and range.
   * @param ascending values
   * @param held room for all ranges
   * @returns how many hold one
   */
  findAny(ascending: Float64Array, held: Uint32Array): number {
    const { places, begins, ends } = this;
    let count = 0;
    let least = 0;
    for (let at = 0; at < places.length; at++) {
      while (least < ascending.length && ascending[least]! < begins[at]!) least++;
      if (least === ascending.length) break;
      if (ascending[least]! < ends[at]!) held[count++] = places[at]!;
    }
    return count;
  }

  /** Whether the range, which begins at or before the value, ends after it. */
  holds(at: number, value: number): boolean {
    return value < this.ends[at]!;
  }
}

function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of ascending numbers are not above a value. */
function countUpTo(numbers: Float64Array, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
