/**
 * Work in steps. It yields how much it has done since the last time, in about what looking at a document costs, so
 * that whoever drives it can stop where a slice of time ends.
 */
export type Steps<T> = Generator<number, T, undefined>;

/** Nothing to do. */
export function* noSteps(): Steps<void> {}

/** Steps of about so much work; what came of all, or null while there are more. */
export function stepFor<T>(steps: Steps<T>, work: number): T | null {
  for (let left = work; left > 0;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    left -= step.value;
  }
  return null;
}

/** All steps one after the other. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
