/**
 * Whether a query of one index is let in. One that is not costs the leaves nothing and its caller only a moment; refusing single
 * tasks instead would waste the work done for the others of the same query. Pure.
 *
 * Until the leaves report overload, and queries have taken a good part of their time for it, every query is let in: a queue that costs nobody the deadline is no reason to refuse. Then the number under way at
 * a time is limited, to what was under way and less at every look while that lasts, and to more, a step and a share at a
 * time, while it does not. It rises whether or not it holds queries back: one that waited for a burst to rise would
 * refuse the burst, seconds after the overload. After a long time without overload the limit is gone. Batch queries may
 * use a part of the limit only, so they are the first to be refused; and while leaves shed batch work, none is let in.
 *
 * Source: additive increase and multiplicative decrease, Chiu and Jain (1989); as a limit on concurrency, "adaptive
 * concurrency limits" of Netflix (2018). The signal is CoDel's, from the leaves' own queues.
 */
import type { Priority } from '../../shared/protocol/priority.ts';

/** What the leaves that a query needs say of themselves. */
export interface Pressure {
  /** Interactive work stands in line on every replica of some shard. */
  readonly overloaded: boolean;
  /** Batch work does. */
  readonly shedding: boolean;
}

/** As long as CoDel's interval: a shorter look would see the same trouble twice. */
const lookMs = 100;
const decrease = 0.8;
const increase = 1.05;
const increaseStep = 1;
/** One at a time leaves the leaves idle while the root works. */
const limitMin = 2;
/** Part of the limit that batch queries may use. */
const batchShare = 0.5;
const forgottenMs = 30_000;
/** Of their time that queries may take on average before a queue is one too many. */
const timeShareMax = 0.25;

export class Admission {
  private limit = Infinity;
  private underWay = 0;
  private lookedAt = -Infinity;
  private overloadedAt = -Infinity;
  /** Of the queries that ended since the last look: how many, and the sum of the shares of their time they took. */
  private ended = 0;
  private timeShares = 0;

  /** Queries that may be under way at a time; Infinity while there is no reason for a limit. */
  get concurrencyMax(): number {
    return this.limit;
  }

  get inFlight(): number {
    return this.underWay;
  }

  /** Whether nothing is lost by beginning anew: nothing is under way, and no overload is remembered. */
  isIdle(now: number): boolean {
    return this.underWay === 0 && now - this.overloadedAt > forgottenMs;
  }

  /** Whether the query may go on; if so, `release` is to be called once when it has ended. */
  admit(priority: Priority, pressure: Pressure, now: number): boolean {
    this.look(pressure.overloaded, now);
    const isBatch = priority === 'batch';
    const isFull = this.underWay >= (isBatch ? this.limit * batchShare : this.limit);
    if (isFull || (isBatch && pressure.shedding)) return false;
    this.underWay++;
    return true;
  }

  /** @param timeShare what the query took of its timeout: 1 is all of it */
  release(timeShare: number): void {
    if (this.underWay === 0) throw new Error('a query was released twice');
    this.underWay--;
    this.ended++;
    this.timeShares += timeShare;
  }

  private look(overloaded: boolean, now: number): void {
    if (now - this.lookedAt < lookMs) return;
    this.lookedAt = now;
    if (overloaded && this.isDeadlineAtRisk()) {
      this.overloadedAt = now;
      this.limit = Math.max(limitMin, Math.min(this.limit, this.underWay) * decrease);
    } else if (now - this.overloadedAt > forgottenMs) this.limit = Infinity;
    else this.limit = this.limit * increase + increaseStep;
    this.ended = 0;
    this.timeShares = 0;
  }

  /** Queries take too much of their time, or none of them has ended at all. */
  private isDeadlineAtRisk(): boolean {
    return this.ended === 0 ? this.underWay > 0 : this.timeShares / this.ended > timeShareMax;
  }
}
