/**
 * Buckets of dates by intervals, each known by the instant at which it begins. The rules where clocks are changed are those of
 * Elasticsearch (its Rounding):
 *
 * - Days and longer units begin when clocks show midnight for the first time, or at the change that leaves midnight out. A day that
 *   is left out has no bucket; one that comes twice has one.
 * - Hours and shorter units begin where clocks show them, so an hour that comes twice has two buckets. What of an hour is left when
 *   its beginning is skipped, or is shown again without its beginning, belongs to the bucket before the change.
 * - Fixed intervals are counted from midnight of 1970-01-01 on local clocks; where a beginning is skipped, the change begins the bucket.
 *
 * `shift` moves all borders by so many milliseconds.
 */
import { dayMs, dayOfMonth, monthOfDay } from './civil.ts';
import type { Period, Zone } from './zone.ts';

const unitMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: dayMs, week: 7 * dayMs } as const;
const unitMonths = { month: 1, quarter: 3, year: 12 } as const;

export type CalendarUnit = keyof typeof unitMs | keyof typeof unitMonths;

export const calendarUnits: readonly CalendarUnit[] = [
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
];

export type DateInterval =
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit }
  /** @param ms whole, from 1 to `fixedMsMax` */
  | { readonly kind: 'fixed'; readonly ms: number };

/** So that every border of a date's bucket, moved by as much too, is a whole number that a double holds. */
export const fixedMsMax = 1_000_000 * dayMs;

/** Mondays are this much after whole weeks since 1970-01-01, a Thursday. */
const mondayMs = 4 * dayMs;

/** No change of clocks is felt so much later. */
const farMs = 3 * dayMs;

/** A power of two: some years. */
const daysKept = 2048;

/** No date is so early. */
const noDay = -(2 ** 31);

export class DateBorders {
  private readonly zone: Zone;
  private readonly shift: number;
  /** Months of the unit; 0 where it is so many milliseconds. */
  private readonly months: number;
  private readonly ms: number;
  private readonly origin: number;
  /** Whether buckets begin with a day. */
  private readonly isOfDays: boolean;
  private readonly isFixed: boolean;
  /** Where the months of local days begin, for days met of late, by the last bits of the day. */
  private readonly days: Int32Array;
  private readonly starts: Float64Array;
  /** The period of the instant before. */
  private period: Period = { from: 0, until: 0, offset: 0 };
  /** No change of clocks is felt by buckets of the period that begin from here on. */
  private startMin = 0;
  /** From the local beginning of a bucket to its key. */
  private back = 0;

  constructor(interval: DateInterval, zone: Zone, shift = 0) {
    this.zone = zone;
    this.shift = shift;
    this.isFixed = interval.kind === 'fixed';
    const unit = interval.kind === 'calendar' ? interval.unit : null;
    this.months = unit === 'month' || unit === 'quarter' || unit === 'year' ? unitMonths[unit] : 0;
    this.ms = interval.kind === 'fixed' ? interval.ms : unit !== null && unit in unitMs ? unitMs[unit as 'day'] : 0;
    this.origin = unit === 'week' ? mondayMs : 0;
    this.isOfDays = !this.isFixed && (this.months > 0 || this.ms >= dayMs);
    this.days = new Int32Array(this.months > 0 ? daysKept : 0).fill(noDay);
    this.starts = new Float64Array(this.days.length);
  }

  /** Where the bucket of an instant begins. Hot: in the period of the instant before it is some arithmetic. */
  floor(instant: number): number {
    const moved = instant - this.shift;
    const { period } = this;
    if (moved >= period.from && moved < period.until) {
      const local = this.floorLocal(moved + period.offset);
      if (local >= this.startMin) return local + this.back;
    }
    return this.find(moved);
  }

  /** Where the bucket after one begins. @param key of `floor` */
  next(key: number): number {
    const moved = key - this.shift;
    return (this.isOfDays ? this.nextOfDays(moved) : this.nextOfTimes(moved)) + this.shift;
  }

  private find(moved: number): number {
    const period = this.zone.periodAt(moved);
    const { from, offset } = period;
    this.period = period;
    this.back = this.shift - offset;
    // No other period can show the local time where it is more than a day from the change that began this one.
    this.startMin = from + offset + (this.isOfDays ? dayMs : 0);
    const local = this.floorLocal(moved + offset);
    return local >= this.startMin ? local + this.back : this.startAcross(period, local) + this.shift;
  }

  /** Where a bucket begins that began before its period, or nearly so. @param local what clocks should show there */
  private startAcross(period: Period, local: number): number {
    if (this.isOfDays) return this.zone.firstInstantOf(local);
    let at = period;
    let shown = local;
    for (;;) {
      const start = shown - at.offset;
      if (start >= at.from) return start;
      const before = this.zone.periodAt(at.from - 1);
      if (this.isFixed && shown >= at.from + before.offset) return at.from;
      const shownBefore = this.floorLocal(at.from - 1 + before.offset);
      // Changes long after the beginning do not move it, and in an interval of centuries there are many.
      at = shownBefore === shown ? this.zone.periodAt(Math.min(at.from - 1, start + farMs)) : before;
      shown = shownBefore;
    }
  }

  private nextOfDays(key: number): number {
    let local = this.floorLocal(key + this.zone.periodAt(key).offset);
    for (;;) {
      local = this.nextLocal(local);
      const start = this.zone.firstInstantOf(local);
      if (start > key) return start;
    }
  }

  private nextOfTimes(key: number): number {
    let at = key;
    for (let period = this.zone.periodAt(key); ; period = this.zone.periodAt(at)) {
      const start = this.nextLocal(this.floorLocal(at + period.offset)) - period.offset;
      if (start < period.until) return start;
      at = Math.max(period.until, start - farMs);
      if (at > period.until) continue;
      const found = this.floor(at + this.shift) - this.shift;
      if (found > key) return found;
    }
  }

  private floorLocal(local: number): number {
    const { ms, origin } = this;
    if (ms > 0) return Math.floor((local - origin) / ms) * ms + origin;
    const day = Math.floor(local / dayMs);
    const place = day & (daysKept - 1);
    return this.days[place] === day ? this.starts[place]! : this.findMonth(day, place);
  }

  private findMonth(day: number, place: number): number {
    const { months } = this;
    const month = monthOfDay(day);
    const start = dayOfMonth(months === 1 ? month : Math.floor(month / months) * months) * dayMs;
    this.days[place] = day;
    return (this.starts[place] = start);
  }

  /** @param local of floorLocal */
  private nextLocal(local: number): number {
    if (this.months === 0) return local + this.ms;
    return dayOfMonth(monthOfDay(local / dayMs) + this.months) * dayMs;
  }
}
