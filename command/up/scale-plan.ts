/** Which leaves to start and which to end, as a StatefulSet with `podManagementPolicy: Parallel` does it. Pure. */
export interface ScalePlan {
  /** Ordinals to start, lowest first. */
  readonly start: readonly number[];
  /** Ordinals to end, highest first. */
  readonly end: readonly number[];
}

/** @param running ordinals there are now, in any order; @param wanted how many there should be */
export function planScale(running: readonly number[], wanted: number): ScalePlan {
  const there = new Set(running);
  const start = Array.from({ length: wanted }, (_, ordinal) => ordinal).filter((ordinal) => !there.has(ordinal));
  const end = running.filter((ordinal) => ordinal >= wanted).sort((a, b) => b - a);
  return { start, end };
}
