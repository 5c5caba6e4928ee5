/**
 * Work that may be left off at each yield, which comes after some buckets: the thread that makes an answer is the one that answers all
 * others.
 */
export type Steps<T> = Generator<void, T, undefined>;

/** Buckets of a step: some 50 µs, as a yield costs a good part of what a small bucket does. */
export const bucketsPerStep = 16;

/** Counts the buckets of all depths, so that a step has as many whatever they are nested in. */
export class Pace {
  private buckets = 0;

  /** Counts one, and says whether the step ends with it. */
  isDue(): boolean {
    return ++this.buckets % bucketsPerStep === 0;
  }
}

export function allAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Whether it is steps to what is plain JSON otherwise, which nothing steps through. */
export function isInSteps<T extends object>(made: T | Steps<T>): made is Steps<T> {
  return Symbol.iterator in made;
}
