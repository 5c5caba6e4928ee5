/** How long a simulated leaf takes for a task, drawn anew for each: the two leaves of the published figures. */
import type { Random } from '../../shared/random/random.ts';

export interface ServiceTimes {
  readonly about: string;
  readonly draw: (random: Random) => number;
}

const exponential = (random: Random, meanMs: number): number => -meanMs * Math.log(1 - random.next());
const between = (random: Random, lowMs: number, highMs: number): number => lowMs + random.next() * (highMs - lowMs);

/** The straggler of the article: 10 ms, one in a hundred a second. */
export const oneInHundred: ServiceTimes = {
  about: '10 ms, in 1 % of the tasks 1 s',
  draw: (random) => (random.chance(0.01) ? 1000 : between(random, 9, 11)),
};

/**
 * Fitted to the two figures of the article that describe its cluster unhedged: of 100 servers the slowest takes 1.8 s in
 * one query of a thousand, and 2 % of the tasks take more than 10 ms.
 */
export const hundredServers: ServiceTimes = {
  about: '2 ms on average; in 2 % of the tasks 10-80 ms; in 0.002 % 0.6-3 s',
  draw: (random) => {
    const kind = random.next();
    if (kind < 0.00002) return between(random, 600, 3000);
    if (kind < 0.02) return between(random, 10, 80);
    return Math.min(10, exponential(random, 2));
  },
};
