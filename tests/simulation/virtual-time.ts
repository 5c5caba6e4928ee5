/**
 * Time that passes only from event to event. Events at one time happen in the order they were scheduled, so a run
 * depends on nothing but its seed. Between two events everything that promises have to do is done.
 *
 * Time that does not pass is a fault: what goes on for ever at one moment would hang the run, and a test with it.
 */
import type { Clock } from '../../shared/clock/clock.ts';

/** Events at one moment; the busiest clusters have some hundreds. */
const eventsPerMomentMax = 20_000;

interface Scheduled {
  readonly at: number;
  readonly sequence: number;
  /** Null once cancelled. */
  action: (() => void) | null;
}

export class VirtualTime implements Clock {
  private time = 0;
  private sequence = 0;
  private eventsAtThisMoment = 0;
  /** A binary heap, earliest first. */
  private readonly heap: Scheduled[] = [];

  now(): number {
    return this.time;
  }

  at(at: number, action: () => void): { readonly cancel: () => void } {
    const event: Scheduled = { at: Math.max(at, this.time), sequence: this.sequence++, action };
    this.push(event);
    return { cancel: () => (event.action = null) };
  }

  after(delayMs: number, action: () => void): { readonly cancel: () => void } {
    return this.at(this.time + delayMs, action);
  }

  /** What arrives at this very moment was scheduled before. */
  afterReading(action: () => void): { readonly cancel: () => void } {
    return this.after(0, action);
  }

  /** Lets everything happen that is due up to `end`, or until `isDone` says so. @throws Error when time does not pass */
  async runUntil(end: number, isDone: () => boolean = () => false): Promise<void> {
    for (let next = this.heap[0]; next !== undefined && next.at <= end && !isDone(); next = this.heap[0]) {
      this.pop();
      if (next.action === null) continue;
      this.enter(next.at);
      next.action();
      // Promises go on in microtasks: all of them before the next turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!isDone()) this.time = Math.max(this.time, end);
  }

  /** As `runUntil`, for what goes on in no promise: a thousand times as many events in a second. */
  run(end: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= end; next = this.heap[0]) {
      this.pop();
      if (next.action === null) continue;
      this.enter(next.at);
      next.action();
    }
    this.time = Math.max(this.time, end);
  }

  private enter(at: number): void {
    this.eventsAtThisMoment = at > this.time ? 1 : this.eventsAtThisMoment + 1;
    this.time = at;
    if (this.eventsAtThisMoment > eventsPerMomentMax) {
      throw new Error(`more than ${eventsPerMomentMax} events at ${at}: time does not pass`);
    }
  }

  private push(event: Scheduled): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
