/**
 * The slots of the best few of many candidates. It knows slots only; the caller keeps in columns what stands in them
 * and says which of two ranks lower. The worst slot is at the root, so that one comparison turns most candidates away.
 */
export class BoundedHeap {
  /** Slots in use: 0 to size − 1. */
  size = 0;
  private readonly heap: Uint32Array;
  private readonly ranksLower: (slotA: number, slotB: number) => boolean;

  /** @param capacity at least 1 */
  constructor(capacity: number, ranksLower: (slotA: number, slotB: number) => boolean) {
    this.heap = new Uint32Array(capacity);
    this.ranksLower = ranksLower;
  }

  get isFull(): boolean {
    return this.size === this.heap.length;
  }

  /** The slot that ranks lowest. At least one must be in use. */
  get worst(): number {
    return this.heap[0]!;
  }

  /** Takes the next slot, which the caller has filled, into the heap. It must not be full. */
  push(): void {
    let at = this.size;
    const slot = this.size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.ranksLower(slot, this.heap[parent]!)) break;
      this.heap[at] = this.heap[parent]!;
      at = parent;
    }
    this.heap[at] = slot;
  }

  /** All slots in use, the best first. Cost: n log n comparisons. */
  ranked(): Uint32Array {
    const { size } = this;
    let [from, to] = [this.heap.slice(0, size), new Uint32Array(size)];
    for (let run = 1; run < size; run *= 2) {
      for (let start = 0; start < size; start += 2 * run) this.mergeRuns(from, to, start, run);
      [from, to] = [to, from];
    }
    return from;
  }

  /** Two ranked runs, of which the first begins at `start`, into one. */
  private mergeRuns(from: Uint32Array, to: Uint32Array, start: number, run: number): void {
    const middle = Math.min(start + run, from.length);
    const end = Math.min(middle + run, from.length);
    let [a, b] = [start, middle];
    for (let at = start; at < end; at++) {
      const takesSecond = a === middle || (b < end && this.ranksLower(from[a]!, from[b]!));
      to[at] = takesSecond ? from[b++]! : from[a++]!;
    }
  }

  /** Restores order after the caller has put a better candidate in the worst slot. */
  replacedWorst(): void {
    const { heap, size } = this;
    const slot = heap[0]!;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.ranksLower(heap[child + 1]!, heap[child]!)) child++;
      if (!this.ranksLower(heap[child]!, slot)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = slot;
  }
}
