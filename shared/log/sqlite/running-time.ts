/** The log's own running time. */
import type { Clock } from '../../clock/clock.ts';

/**
 * In whole milliseconds, counted on from the newest that is stored. Not the time of day, which is set forward and back: see
 * LogStore.newestMs.
 */
export function runningTime(newestMs: number, clock: Clock): () => number {
  const beganAtMs = newestMs - clock.now();
  return () => Math.floor(beganAtMs + clock.now());
}
