/** Values that can be told apart by an array, which has a byte for each. */
const seenMax = 1024 * 1024;

const none = new Uint8Array(0);

/** Which values of a segment were met before, where they are whole numbers that lie close together. */
export class SeenValues {
  private least = 0;
  /** By distance from the least: 1 where it was met. Of length 0 where values are too far apart. */
  private seen: Uint8Array = none;

  /** @param width how many values there may be from the least on; they are whole */
  enterSegment(least: number, width: number): void {
    const isClose = width > 0 && width <= seenMax;
    this.least = least;
    if (!isClose) this.seen = none;
    else if (this.seen.length === width) this.seen.fill(0);
    else this.seen = new Uint8Array(width);
  }

  /** Leaves those in front of the list that are not known to have been met before. Returns how many. Hot. */
  leaveOut(values: Float64Array | Uint32Array, count: number): number {
    const { least, seen } = this;
    if (seen.length === 0) return count;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const at = value - least;
      if (seen[at] === 1) continue;
      // A value that stands for those missing may lie elsewhere.
      if (at >= 0 && at < seen.length) seen[at] = 1;
      values[left++] = value;
    }
    return left;
  }
}
