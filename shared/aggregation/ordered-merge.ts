/**
 * Takes the items of ordered lists one by one in their common order; of equal ones those of earlier lists first. Cost of each: a
 * comparison for every time that the lists can be halved. Nothing is sorted, and nothing is looked at that is not taken.
 */
export class OrderedMerge<T> {
  /** The list of the item that was taken last. */
  list = -1;
  private readonly lists: readonly (readonly T[])[];
  private readonly compare: (a: T, b: T) => number;
  /** By list, how many were taken. */
  private readonly taken: Uint32Array;
  /** Lists that have more, as a heap: the one whose next item comes first on top. */
  private readonly heap: number[] = [];

  /** @param lists each in the order */
  constructor(lists: readonly (readonly T[])[], compare: (a: T, b: T) => number) {
    this.lists = lists;
    this.compare = compare;
    this.taken = new Uint32Array(lists.length);
    for (const [i, list] of lists.entries()) if (list.length > 0) this.heap.push(i);
    for (let i = (this.heap.length >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  /** The next of all; undefined after the last. */
  next(): T | undefined {
    const { heap, lists, taken } = this;
    const list = heap[0];
    if (list === undefined) return undefined;
    this.list = list;
    const item = lists[list]![taken[list]!++];
    if (taken[list] === lists[list]!.length) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    this.sink(0);
    return item;
  }

  private sink(from: number): void {
    const { heap } = this;
    if (from >= heap.length) return;
    const sinking = heap[from]!;
    let i = from;
    for (let child = 2 * i + 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.isBefore(heap[child]!, sinking)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = sinking;
  }

  private isBefore(a: number, b: number): boolean {
    const { lists, taken } = this;
    const order = this.compare(lists[a]![taken[a]!]!, lists[b]![taken[b]!]!);
    return order < 0 || (order === 0 && a < b);
  }
}
