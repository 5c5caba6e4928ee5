/**
 * Many timers, few of which ever fire: a hashed wheel of 512 slots of 1 ms. Time is an argument.
 *
 * Cost: schedule and cancel O(1); `advance` O(slots passed + timers in them); `nextAt` a walk over at most 512 slots.
 *
 * Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.
 */
const slotCount = 512;

export interface WheelTimer {
  readonly at: number;
  readonly callback: () => void;
  /** Tick it is kept under: the tick of `at`, or a later one when that had passed. */
  readonly tick: number;
  /** Position in its slot, −1 once it has fired or was cancelled. */
  position: number;
}

export class TimerWheel {
  private readonly slots: WheelTimer[][] = Array.from({ length: slotCount }, () => []);
  /** Every timer of an earlier tick has fired. */
  private tick: number;
  private size = 0;

  constructor(now: number) {
    this.tick = Math.floor(now);
  }

  /** Timers that wait. */
  get count(): number {
    return this.size;
  }

  /** Has `callback` called by the first `advance` to `at` or later. */
  schedule(at: number, callback: () => void): WheelTimer {
    const tick = Math.max(this.tick, Math.floor(at));
    const slot = this.slots[tick % slotCount]!;
    const timer = { at, callback, tick, position: slot.length };
    slot.push(timer);
    this.size++;
    return timer;
  }

  /** Without effect on a timer that has fired. */
  cancel(timer: WheelTimer): void {
    if (timer.position < 0) return;
    const slot = this.slots[timer.tick % slotCount]!;
    const last = slot.pop()!;
    if (last !== timer) {
      slot[timer.position] = last;
      last.position = timer.position;
    }
    timer.position = -1;
    this.size--;
  }

  /** Fires what is due at `now`, earliest first. Callbacks may schedule and cancel. */
  advance(now: number): void {
    const end = Math.floor(now);
    const due: WheelTimer[] = [];
    for (let tick = Math.max(this.tick, end - slotCount + 1); tick <= end; tick++) {
      for (const timer of this.slots[tick % slotCount]!) if (timer.at <= now) due.push(timer);
    }
    this.tick = Math.max(this.tick, end);
    due.sort((a, b) => a.at - b.at);
    for (const timer of due) {
      // One that fired before it may have cancelled it.
      if (timer.position < 0) continue;
      this.cancel(timer);
      timer.callback();
    }
  }

  /** When to advance next: the time of the earliest timer, or a turn of the wheel from now when all are further away. */
  nextAt(): number {
    if (this.size === 0) return Infinity;
    for (let tick = this.tick; tick < this.tick + slotCount; tick++) {
      let earliest = Infinity;
      for (const timer of this.slots[tick % slotCount]!)
        if (timer.tick <= tick) earliest = Math.min(earliest, timer.at);
      if (earliest < Infinity) return earliest;
    }
    return this.tick + slotCount;
  }
}
