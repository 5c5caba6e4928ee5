/** An extent of a window is made so many times as large as it must be, so that it is seldom too small. */
const windowGrowth = 2;

/** What has to lie in a window: whole numbers. */
interface Extents {
  readonly keyMin: number;
  readonly keyMax: number;
  readonly parentMax: number;
}

interface Shape {
  /** The least key. */
  readonly least: number;
  /** Keys of each parent. */
  readonly width: number;
  readonly parents: number;
}

/** An index of buckets by parent and key, where keys are whole numbers that lie close together: an array over all of both. */
export class KeyWindow {
  private readonly least: number;
  private readonly width: number;
  private readonly parents: number;
  /** Buckets plus one by parent, and by key within it; 0 where there is none. */
  private readonly buckets: Uint32Array;

  private constructor({ least, width, parents }: Shape) {
    this.least = least;
    this.width = width;
    this.parents = parents;
    this.buckets = new Uint32Array(width * parents);
  }

  /** One in which nothing lies. */
  static readonly empty: KeyWindow = new KeyWindow({ least: 0, width: 0, parents: 0 });

  /** As small as it can be, without buckets; null where it would have more than `lengthMax` numbers. */
  static around({ keyMin, keyMax, parentMax }: Extents, lengthMax: number): KeyWindow | null {
    return KeyWindow.of({ least: keyMin, width: keyMax - keyMin + 1, parents: parentMax + 1 }, lengthMax);
  }

  private static of({ least, width, parents }: Shape, lengthMax: number): KeyWindow | null {
    return width * parents <= lengthMax ? new KeyWindow({ least, width, parents }) : null;
  }

  /** A wider one around this and more, without buckets; null where it would have more than `lengthMax` numbers. */
  widened({ keyMin, keyMax, parentMax }: Extents, lengthMax: number): KeyWindow | null {
    let { least, width, parents } = this;
    if (width === 0) least = keyMin;
    const end = least + width;
    if (keyMin < least) {
      width = windowGrowth * (end - keyMin);
      least = end - width;
    }
    if (keyMax >= least + width) width = windowGrowth * (keyMax - least + 1);
    if (parentMax >= parents) parents = windowGrowth * (parentMax + 1);
    return KeyWindow.of({ least, width, parents }, lengthMax);
  }

  /** Returns false where the place is outside. */
  set(parent: number, key: number, bucket: number): boolean {
    const place = this.placeOf(parent, key);
    if (place < 0) return false;
    this.buckets[place] = bucket + 1;
    return true;
  }

  /** The bucket of a key in a parent, plus one; 0 where there is none. */
  at(parent: number, key: number): number {
    const place = this.placeOf(parent, key);
    return place < 0 ? 0 : this.buckets[place]!;
  }

  /**
   * The buckets of keys, until one has none. Hot: a look into an array for each.
   * @param start of the lists, of which `found` becomes the buckets
   * @returns the first place without a bucket, or `end`
   */
  find(
    parents: Uint32Array,
    keys: Float64Array | Uint32Array,
    { start, end }: { readonly start: number; readonly end: number },
    found: Uint32Array,
  ): number {
    const { least, width, parents: parentCount, buckets } = this;
    for (let i = start; i < end; i++) {
      const key = keys[i]!;
      const column = (key - least) >>> 0;
      const parent = parents[i]!;
      // What is no whole number of 32 bits, a fraction or below 0, does not lead back to the key. A distance may be rounded to one.
      if (column + least !== key || column >= width || parent >= parentCount) return i;
      const bucket = buckets[parent * width + column]!;
      if (bucket === 0) return i;
      found[i] = bucket - 1;
    }
    return end;
  }

  /** Those of a parent by ascending key. @param count how many there are */
  bucketsIn(parent: number, count: number): Uint32Array {
    const { width, buckets } = this;
    const ascending = new Uint32Array(count);
    let at = parent * width;
    for (let i = 0; i < count; at++) if (buckets[at] !== 0) ascending[i++] = buckets[at]! - 1;
    return ascending;
  }

  /** −1 outside. */
  private placeOf(parent: number, key: number): number {
    const { least, width, parents } = this;
    const column = (key - least) >>> 0;
    return column + least !== key || column >= width || parent >= parents ? -1 : parent * width + column;
  }
}
