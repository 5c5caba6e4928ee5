/** Times ways to do the same, in turns. */
import type { Clock } from '../../shared/clock/clock.ts';

export interface Way {
  readonly name: string;
  /** What one run does, in calls of what is compared. */
  readonly calls: number;
  readonly run: () => void;
}

const rounds = 7;
const roundMs = 20;

/** Nanoseconds a call by way, the least of some rounds. Whatever else the machine does meets all ways alike. */
export function measureWays(clock: Clock, ways: readonly Way[]): number[] {
  const best = ways.map(() => Infinity);
  // The first round is slow, for what is not compiled yet, and so never the least.
  for (let round = 0; round <= rounds; round++) {
    ways.forEach((way, at) => (best[at] = Math.min(best[at]!, measure(clock, way))));
  }
  return best;
}

function measure(clock: Clock, { run, calls }: Way): number {
  const start = clock.now();
  let runs = 0;
  let elapsedMs = 0;
  do {
    run();
    runs++;
    elapsedMs = clock.now() - start;
  } while (elapsedMs < roundMs);
  return (elapsedMs * 1e6) / (runs * calls);
}
