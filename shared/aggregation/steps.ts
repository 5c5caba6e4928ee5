/**
 * Work that may be left off at each yield, which comes after some buckets: the thread that makes an answer is the one that answers all
 * others.
 */
export type Steps<T> = Generator<void, T, undefined>;

/** Buckets of a step: some 50 µs, as a yield costs a good part of what a small bucket does. */
export const bucketsPerStep = 16;

/** Counts the buckets of all depths, so that a step has as many whatever they are nested in. */
export class Pace {
  private left = bucketsPerStep;

  /** Counts one, or what takes as long as so many, and says whether the step ends with it. */
  isDue(buckets = 1): boolean {
    this.left -= buckets;
    if (this.left > 0) return false;
    this.left = bucketsPerStep;
    return true;
  }
}

/** Buckets of a step that are only looked at and passed on, which takes a small part of what merging or showing one does. */
export const looksPerStep = 16 * bucketsPerStep;

/** Those that are to be kept, in their order. */
export function* keepInSteps<T>(items: readonly T[], isKept: (item: T) => boolean): Steps<T[]> {
  const kept: T[] = [];
  for (let i = 0; i < items.length; i++) {
    if (isKept(items[i]!)) kept.push(items[i]!);
    if ((i + 1) % looksPerStep === 0) yield;
  }
  return kept;
}

/** Whether it is so of each. */
export function* everyInSteps<T>(items: readonly T[], isSo: (item: T, i: number) => boolean): Steps<boolean> {
  for (let i = 0; i < items.length; i++) {
    if (!isSo(items[i]!, i)) return false;
    if ((i + 1) % looksPerStep === 0) yield;
  }
  return true;
}

/** What is made of each. */
export function* mapInSteps<T, U>(items: readonly T[], make: (item: T, i: number) => U): Steps<U[]> {
  const made: U[] = [];
  for (let i = 0; i < items.length; i++) {
    made.push(make(items[i]!, i));
    if ((i + 1) % looksPerStep === 0) yield;
  }
  return made;
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
