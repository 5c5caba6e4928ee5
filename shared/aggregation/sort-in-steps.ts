import { looksPerStep, type Steps } from './steps.ts';

/** The items in an order, some comparisons a step: short runs are sorted first, and then merged two by two. Stable. */
export function* sortInSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  let from: T[] = [];
  for (let start = 0; start < items.length; start += runLength) {
    for (const item of items.slice(start, start + runLength).sort(compare)) from.push(item);
    yield;
  }
  for (let run = runLength; run < items.length; run *= 2) {
    const to: T[] = [];
    for (let start = 0; start < from.length; start += 2 * run) {
      const middle = Math.min(start + run, from.length);
      const end = Math.min(middle + run, from.length);
      for (let [a, b] = [start, middle]; a < middle || b < end;) {
        const takesA = a < middle && (b === end || compare(from[a]!, from[b]!) <= 0);
        to.push(takesA ? from[a++]! : from[b++]!);
        if (to.length % looksPerStep === 0) yield;
      }
    }
    from = to;
  }
  return from;
}

/** So many take seven comparisons each. */
const runLength = 128;
