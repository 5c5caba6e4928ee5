/**
 * Work that may be left off at each yield, which comes after about a bucket: the thread that makes an answer is the one that answers all
 * others.
 */
export type Steps<T> = Generator<void, T, undefined>;

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
