/** Timers as an argument. Touches the world: setTimeout, one for all that wait, and setImmediate. */
import type { Clock } from './clock.ts';
import { TimerWheel } from './timer-wheel.ts';

export interface Timers {
  /** Calls back once, at `at` on the clock or a little later, never before; never before this returns. */
  at(at: number, callback: () => void): { readonly cancel: () => void };
  /**
   * Calls back once, when what has arrived by now has been read; never before this returns. A thread that was busy comes
   * to its timers before its sockets, and would take for missing what is there.
   */
  afterReading(callback: () => void): { readonly cancel: () => void };
}

/** Timers on a real clock. A timer is late by up to 1 ms, the grain of setTimeout, and by what keeps the thread busy. */
export function systemTimers(clock: Clock): Timers {
  const wheel = new TimerWheel(clock.now());
  let armedFor = Infinity;
  let armed: NodeJS.Timeout | undefined;
  const arm = (): void => {
    const next = wheel.nextAt();
    if (next === armedFor) return;
    clearTimeout(armed);
    armedFor = next;
    armed = next === Infinity ? undefined : setTimeout(fire, Math.max(1, Math.ceil(next - clock.now())));
  };
  const fire = (): void => {
    armedFor = Infinity;
    wheel.advance(clock.now());
    arm();
  };
  return {
    at: (at, callback) => {
      const timer = wheel.schedule(at, callback);
      if (at < armedFor) arm();
      return {
        cancel: () => {
          wheel.cancel(timer);
          // The armed timeout stays and finds nothing, unless it is the last: it would keep the process alive.
          if (wheel.count === 0) arm();
        },
      };
    },
    afterReading: (callback) => {
      const immediate = setImmediate(callback);
      return { cancel: () => clearImmediate(immediate) };
    },
  };
}
