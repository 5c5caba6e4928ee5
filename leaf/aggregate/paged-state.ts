/** Buckets of a page, as a power of two: making one of them with five numbers each takes a fraction of a millisecond. */
export const pageShift = 13;
const pageBuckets = 1 << pageShift;
/** Of the number of a bucket its place in its page. */
export const pageMask = pageBuckets - 1;

/**
 * A few numbers for each of very many buckets, those of a bucket side by side. They stand in pages: to make room for more copies no
 * more than the first of them, where a list of a million that is doubled would hold its thread for tens of milliseconds.
 */
export class PagedState {
  /** By `bucket >>> pageShift`; a bucket is at `(bucket & pageMask)` times the numbers of each. */
  readonly pages: Float64Array[] = [];
  private readonly initial: readonly number[];
  /** Buckets there are pages for. */
  private room = 0;

  /** @param initial the numbers of a bucket that nothing was added to */
  constructor(initial: readonly number[]) {
    this.initial = initial;
  }

  /** Makes room for so many buckets. */
  reserve(count: number): void {
    const { pages } = this;
    if (this.room < pageBuckets && count > this.room) {
      const buckets = Math.min(pageBuckets, Math.max(count, 2 * this.room, bucketsFirst));
      const page = this.makePage(buckets);
      if (pages[0] !== undefined) page.set(pages[0]);
      pages[0] = page;
      this.room = buckets;
    }
    for (; this.room < count; this.room += pageBuckets) pages.push(this.makePage(pageBuckets));
  }

  private makePage(buckets: number): Float64Array {
    const { initial } = this;
    const page = new Float64Array(buckets * initial.length);
    for (const [i, number] of initial.entries()) {
      if (number !== 0) for (let at = i; at < page.length; at += initial.length) page[at] = number;
    }
    return page;
  }
}

const bucketsFirst = 4;
