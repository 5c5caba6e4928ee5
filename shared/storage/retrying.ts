/** Asks again what may pass: pure but for the time it is handed. */
import type { Random } from '../random/random.ts';

export interface RetryWorld {
  /** Resolves after so long. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: Random;
}

/** With these the last attempt begins about 6 s after the first. */
const attemptsMax = 6;
const firstPauseMs = 200;

/**
 * What `attempt` resolves to, asked up to `attemptsMax` times with pauses that double, each drawn from the upper half.
 * @param isPassing whether a fault may be another the next time
 * @throws the fault of the last attempt, or the first that does not pass
 */
export async function retrying<T>(
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  { sleep, random }: RetryWorld,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (count === attemptsMax || !isPassing(error)) throw error;
    }
    await sleep(firstPauseMs * 2 ** (count - 1) * (0.5 + random.next() / 2));
  }
}
