import { sortInSteps } from './sort-in-steps.ts';
import { looksPerStep, type Steps } from './steps.ts';

/**
 * The first so many in an order, in that order. Cost: where they are few, a comparison with the last of them for most; else all
 * are sorted.
 * @param compare an order in which no two are equal
 */
export function* firstOf<T>(items: readonly T[], count: number, compare: (a: T, b: T) => number): Steps<T[]> {
  if (items.length <= count * sortedShare) return (yield* sortInSteps(items, compare)).slice(0, count);
  // A heap of the best so far, the last of them on top.
  const heap = items.slice(0, count);
  for (let i = (count >> 1) - 1; i >= 0; i--) {
    sink(heap, i, compare);
    if (i % sunkPerStep === 0) yield;
  }
  for (let i = count; i < items.length; i++) {
    if (i % sunkPerStep === 0) yield;
    if (compare(items[i]!, heap[0]!) >= 0) continue;
    heap[0] = items[i]!;
    sink(heap, 0, compare);
  }
  return yield* sortInSteps(heap, compare);
}

/** An item that sinks is compared at each level of the heap. */
const sunkPerStep = looksPerStep / 4;

/** More than one of so many is not few. */
const sortedShare = 4;

function sink<T>(heap: T[], from: number, compare: (a: T, b: T) => number): void {
  const sinking = heap[from]!;
  let i = from;
  for (let child = 2 * i + 1; child < heap.length; child = 2 * i + 1) {
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) > 0) child++;
    if (compare(heap[child]!, sinking) <= 0) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = sinking;
}
