/** Timers that are counted: every one must fire or be cancelled. */
import type { Timers } from '../../shared/clock/timers.ts';

export class TimerCount implements Timers {
  waiting = 0;
  private readonly timers: Timers;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  at(at: number, callback: () => void): { readonly cancel: () => void } {
    return this.watch(callback, (counted) => this.timers.at(at, counted));
  }

  afterReading(callback: () => void): { readonly cancel: () => void } {
    return this.watch(callback, (counted) => this.timers.afterReading(counted));
  }

  private watch(
    callback: () => void,
    schedule: (counted: () => void) => { readonly cancel: () => void },
  ): { readonly cancel: () => void } {
    this.waiting++;
    let waits = true;
    const end = (): void => {
      if (waits) this.waiting--;
      waits = false;
    };
    const timer = schedule(() => {
      end();
      callback();
    });
    const cancel = (): void => {
      end();
      timer.cancel();
    };
    return { cancel };
  }
}
