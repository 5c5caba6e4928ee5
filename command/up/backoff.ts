const delayMsFirst = 100;
const delayMsMax = 5000;
/** A child that lived this long was well: what ended it has nothing to do with what ended the one before. */
const aliveMsWell = 10_000;

/**
 * Milliseconds to wait before a dead child is started again: 100 doubling to 5,000, from 100 again after a life of
 * 10 s.
 *
 * @param previousMs what this gave when the child last died; 0 for the first time
 */
export function restartDelayMs(previousMs: number, aliveMs: number): number {
  if (previousMs === 0 || aliveMs >= aliveMsWell) return delayMsFirst;
  return Math.min(delayMsMax, previousMs * 2);
}
