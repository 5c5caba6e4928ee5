import type { Clock } from '../../shared/clock/clock.ts';

/**
 * The time of day as it was at the start of the process and has gone on since by the monotonic clock: when the system's clock is set
 * anew nothing becomes older at once. Milliseconds since 1970.
 */
export function steadyDay(timeOfDay: () => number, clock: Clock): () => number {
  const begin = timeOfDay() - clock.now();
  return () => Math.round(begin + clock.now());
}
