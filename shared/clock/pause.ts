/** Waits that end early. Touches the world through the timers it is given. */
import type { Clock } from './clock.ts';
import type { Timers } from './timers.ts';

/** Resolves after so many milliseconds, or as soon as the signal is aborted; it never rejects. */
export async function pause(
  ms: number,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = timers.at(clock.now() + ms, resolve);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake);
  await promise;
  signal.removeEventListener('abort', wake);
  timer.cancel();
}
