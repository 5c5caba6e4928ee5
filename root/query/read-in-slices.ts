/** Reads long lists a slice at a time, between which others have their turn. The world comes in as arguments. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';
import type { LongLists } from './long-lists.ts';

/** As long as a slice of an evaluation on a leaf. */
const sliceMs = 1;

export interface ReadingTime {
  /** On the clock: reading on would be of no use. */
  readonly until: number;
  readonly timeoutMs: number;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
}

/** @throws SheafError OVERLOADED when the time is over before all is read; what reading throws; `signal.reason` */
export async function readInSlices(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  lists: LongLists,
  { until, timeoutMs, signal }: ReadingTime,
): Promise<void> {
  const reading = lists.read();
  let sliceEnds = clock.now() + sliceMs;
  while (reading.next().done !== true) {
    if (clock.now() < sliceEnds) continue;
    await new Promise<void>((resolve) => void timers.afterReading(resolve));
    signal.throwIfAborted();
    if (clock.now() >= until) {
      throw new SheafError('OVERLOADED', {
        detail: { timeoutMs, reason: 'it has more values than could be read in time' },
      });
    }
    sliceEnds = clock.now() + sliceMs;
  }
}
