/**
 * Until when a leaf works on a task: a little less than the root waits for it, so that an answer cut short still
 * arrives. Pure; milliseconds.
 */
const reserveShare = 0.05;
const reserveMsMin = 1;
const reserveMsMax = 5;

/**
 * @param cameAt when the task came at the earliest, on the clock
 * @param remainingMs the time the root gave it as it was sent
 */
export function stoppingTime(cameAt: number, remainingMs: number): number {
  const reserveMs = Math.min(reserveMsMax, Math.max(reserveMsMin, remainingMs * reserveShare));
  return cameAt + remainingMs - Math.min(reserveMs, remainingMs / 4);
}
