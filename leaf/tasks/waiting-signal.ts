/** Until when a task waits for replicas that lag. Touches the world: a timer. */
import { mustWait } from './choose-shards.ts';

/** Kept back for evaluating what has arrived and for the way back, as a share of what remains and at least so much. */
const reserveShare = 0.1;
const reserveMsMin = 10;

/** How long a task may wait of the milliseconds that remain to it. Never negative. */
export function waitingMs(remainingMs: number): number {
  const reserveMs = Math.max(reserveMsMin, remainingMs * reserveShare);
  return Math.max(0, remainingMs - Math.min(reserveMs, remainingMs / 2));
}

/** Aborts when the asker goes away or the time to wait is over. Where nothing has to be waited for no timer is made. */
export function waitingSignal(
  ask: Parameters<typeof mustWait>[0],
  remainingMs: number,
  asker: AbortSignal,
): AbortSignal {
  if (!mustWait(ask)) return asker;
  return AbortSignal.any([asker, AbortSignal.timeout(Math.floor(waitingMs(remainingMs)))]);
}
