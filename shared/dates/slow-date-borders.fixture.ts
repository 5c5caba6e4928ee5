/** Where buckets of dates begin, computed by Temporal step by step as Elasticsearch computes it with java.time: the slow twin of DateBorders. */
import type { CalendarUnit, DateInterval } from './date-borders.ts';

/** @param timeZone as Temporal takes it @param instant at least a few centuries from the first and the last that Temporal has */
export function slowFloor(instant: number, interval: DateInterval, timeZone: string, shift = 0): number {
  const moved = instant - shift;
  if (interval.kind === 'fixed') return floorFixed(moved, interval.ms, timeZone) + shift;
  const { unit } = interval;
  return (isTime(unit) ? floorTime(moved, unit, timeZone) : floorDays(moved, unit, timeZone)) + shift;
}

const known = new Map<string, number>();

/** The same, remembered: for few dates that are asked for very often. */
export function rememberedFloor(instant: number, interval: DateInterval, timeZone: string, shift = 0): number {
  const asked = `${instant} ${interval.kind === 'fixed' ? interval.ms : interval.unit} ${timeZone} ${shift}`;
  let found = known.get(asked);
  if (found === undefined) known.set(asked, (found = slowFloor(instant, interval, timeZone, shift)));
  return found;
}

type TimeUnit = 'second' | 'minute' | 'hour';

function isTime(unit: CalendarUnit): unit is TimeUnit {
  return unit === 'second' || unit === 'minute' || unit === 'hour';
}

function zonedAt(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

function floorDays(instant: number, unit: Exclude<CalendarUnit, TimeUnit>, timeZone: string): number {
  const date = zonedAt(instant, timeZone).toPlainDate();
  return firstDay(date, unit).toZonedDateTime(timeZone).epochMilliseconds;
}

function firstDay(date: Temporal.PlainDate, unit: Exclude<CalendarUnit, TimeUnit>): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ month: date.month - ((date.month - 1) % 3), day: 1 });
    case 'year':
      return date.with({ month: 1, day: 1 });
  }
}

function floorTime(instant: number, unit: TimeUnit, timeZone: string): number {
  for (let at = instant; ;) {
    const zoned = zonedAt(at, timeZone);
    const wanted = zoned.toPlainDateTime().round({ smallestUnit: unit, roundingMode: 'floor' });
    const start = instantsOf(wanted, timeZone).findLast((each) => each <= at);
    const change = changeUpTo(zoned);
    if (start !== undefined && start >= change) return start;
    at = change - 1;
  }
}

function floorFixed(instant: number, ms: number, timeZone: string): number {
  for (let at = instant; ;) {
    const zoned = zonedAt(at, timeZone);
    const local = at + zoned.offsetNanoseconds / 1e6;
    const wanted = zonedAt(Math.floor(local / ms) * ms, 'UTC').toPlainDateTime();
    const start = instantsOf(wanted, timeZone).findLast((each) => each <= at);
    if (start === undefined) {
      const before = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
      return before.getTimeZoneTransition('next')!.epochMilliseconds;
    }
    const change = changeUpTo(zoned);
    if (start >= change) return start;
    at = change - 1;
  }
}

/** When clocks show a time: never, once or twice; ascending. */
function instantsOf(wanted: Temporal.PlainDateTime, timeZone: string): number[] {
  const found = (['earlier', 'later'] as const)
    .map((disambiguation) => wanted.toZonedDateTime(timeZone, { disambiguation }))
    .filter((zoned) => zoned.toPlainDateTime().equals(wanted))
    .map(({ epochMilliseconds }) => epochMilliseconds);
  return [...new Set(found)];
}

/** The last change of the offset that is not after an instant; −∞ where there is none. */
function changeUpTo(zoned: Temporal.ZonedDateTime): number {
  return zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity;
}
