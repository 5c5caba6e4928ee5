/** When a process is asked to end. Touches the world: signals, and the channel to the process that started this one. */
import type { Clock } from '../../shared/clock/clock.ts';

/** A terminal and npm may each pass on the same Ctrl-C; what comes this soon after the first is the first again. */
const echoMs = 500;

export type StopReason = 'signal' | 'parent';

/**
 * Resolves when the process is asked to end: by SIGINT, SIGTERM or SIGHUP, or because the process that started it
 * with a channel is gone.
 *
 * @param again called when a second signal comes: the user does not want to wait
 */
export function untilStopped(clock: Clock, again: () => void): Promise<StopReason> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (): void => {
      if (firstAt === undefined) firstAt = clock.now();
      else if (clock.now() - firstAt > echoMs) again();
      resolve('signal');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    if (process.channel !== undefined) process.on('disconnect', () => resolve('parent'));
  });
}
