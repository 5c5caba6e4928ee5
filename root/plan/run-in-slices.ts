/** Does long work a slice at a time, between which others have their turn. The world comes in as arguments. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';

/** As long as a slice of an evaluation on a leaf. */
const sliceMs = 1;

export interface SliceOptions {
  /** On the clock: going on would be of no use. */
  readonly until: number;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
  /** What is thrown when the time is over before all is done. */
  readonly late: () => SheafError;
}

/**
 * What the work comes to.
 * @param work yields where it can be left off, much more often than a slice is long
 * @throws what `late` makes; what the work throws; `signal.reason`
 */
export async function runInSlices<T>(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  work: Generator<void, T, undefined>,
  { until, signal, late }: SliceOptions,
): Promise<T> {
  let sliceEnds = clock.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (clock.now() < sliceEnds) continue;
    await new Promise<void>((resolve) => void timers.afterReading(resolve));
    signal.throwIfAborted();
    if (clock.now() >= until) throw late();
    sliceEnds = clock.now() + sliceMs;
  }
}

/** Of work without an end, whose `until` is Infinity. */
export function neverLate(): never {
  throw new Error('what has no end is late');
}

/** Work that is of use while its request waits. @param reason why it takes so long, for whoever asked */
export function inTime(
  { arrivedAt, timeoutMs }: { readonly arrivedAt: number; readonly timeoutMs: number },
  reason: string,
): Pick<SliceOptions, 'until' | 'late'> {
  return {
    until: arrivedAt + timeoutMs,
    late: () => new SheafError('OVERLOADED', { detail: { timeoutMs, reason } }),
  };
}
