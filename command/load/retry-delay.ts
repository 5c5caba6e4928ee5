const delayMsFirst = 100;
const delayMsMax = 5000;

/**
 * Milliseconds before the next try: what the root asked for, or else 100 ms doubling to 5 s; half to all of it, so
 * that batches refused together do not come back together.
 *
 * @param attempt 0 after the first failure
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(attempt: number, random: number, retryAfterMs: number | undefined): number {
  const fullMs = Math.min(delayMsMax, delayMsFirst * 2 ** attempt);
  return Math.max(retryAfterMs ?? 0, fullMs * (0.5 + random / 2));
}
