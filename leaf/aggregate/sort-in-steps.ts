import type { Steps } from '../schedule/steps.ts';

/** Numbers sorted, or merged, between two yields. */
export const sortedPerStep = 512;

/** Sorts numbers in place, in steps: short runs first, then twice as long ones merged from two. Stable. */
export function* sortInSteps(items: Uint32Array, compare: (a: number, b: number) => number): Steps<void> {
  for (let start = 0; start < items.length; start += sortedPerStep) {
    items.subarray(start, start + sortedPerStep).sort(compare);
    yield Math.min(sortedPerStep, items.length - start);
  }
  let from = items;
  let to: Uint32Array = new Uint32Array(items.length > sortedPerStep ? items.length : 0);
  for (let run = sortedPerStep; run < items.length; run *= 2) {
    yield* mergeRuns(from, to, run, compare);
    [from, to] = [to, from];
  }
  if (from !== items) items.set(from);
}

/** Merges neighbouring runs of a length. */
function* mergeRuns(
  from: Uint32Array,
  to: Uint32Array,
  run: number,
  compare: (a: number, b: number) => number,
): Steps<void> {
  for (let start = 0; start < from.length; start += 2 * run) {
    const middle = Math.min(start + run, from.length);
    const end = Math.min(middle + run, from.length);
    let [a, b] = [start, middle];
    for (let at = start; at < end; at++) {
      const takesA = a < middle && (b === end || compare(from[a]!, from[b]!) <= 0);
      to[at] = takesA ? from[a++]! : from[b++]!;
      if ((at + 1) % sortedPerStep === 0) yield sortedPerStep;
    }
  }
}
