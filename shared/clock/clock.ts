/** Time as an argument. Durations come from a monotonic clock; only reports and telemetry tell the time of day. */
export interface Clock {
  /** Milliseconds on a monotonic clock with an arbitrary start; fractional. */
  now(): number;
}

export const systemClock: Clock = { now: () => performance.now() };
