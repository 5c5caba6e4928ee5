/** Compares DateBorders with its slow twin around the changes of a zone. */
import assert from 'node:assert/strict';
import type { Random } from '../random/random.ts';
import { DateBorders, type CalendarUnit, type DateInterval } from './date-borders.ts';
import { slowFloor } from './slow-date-borders.fixture.ts';
import { parseFormat, type DateFormat } from './date-format.ts';
import { readDate } from './read-date.ts';
import { showDate } from './show-date.ts';
import { utc, zoneNamed } from './zone.ts';

const from = Date.UTC(1900, 0, 1);
const until = Date.UTC(2038, 0, 1);
const iso = parseFormat('iso8601') as DateFormat;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

export const comparedUnits: readonly CalendarUnit[] = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

/** All changes of the offset of a zone from 1900 to 2037. */
export function changesOf(timeZone: string): number[] {
  const changes: number[] = [];
  let zoned: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  while ((zoned = zoned.getTimeZoneTransition('next')) !== null && zoned.epochMilliseconds < until) {
    changes.push(zoned.epochMilliseconds);
  }
  return changes;
}

/** Distances from a change at which something may be amiss. */
const distances = [1, 30 * minuteMs, hourMs, 3 * hourMs, dayMs];

/** Instants around a change, ascending, and some in between by chance. */
export function instantsAround(change: number, random: Random): number[] {
  const around = distances.flatMap((distance) => [change - distance, change + distance]);
  const others = [2 * hourMs, 40 * dayMs].map((distance) => change + random.integer(-distance / 2, distance / 2));
  return [change, ...around, ...others].sort((a, b) => a - b);
}

/** @returns how many borders were compared @throws AssertionError for the first that differs */
export function compareBorders(
  timeZone: string,
  interval: DateInterval,
  instants: readonly number[],
  shift = 0,
): number {
  const borders = new DateBorders(interval, zoneNamed(timeZone)!, shift);
  for (const instant of instants) {
    const about = (): string =>
      `${timeZone} ${JSON.stringify(interval)} ${new Date(instant).toISOString()} (${instant}) shift ${shift}`;
    const key = borders.floor(instant);
    const expected = slowFloor(instant, interval, timeZone, shift);
    if (key !== expected)
      assert.fail(`${about()}: ${new Date(key).toISOString()}, not ${new Date(expected).toISOString()}`);
    const next = borders.next(key);
    if (!(next > key)) assert.fail(`${about()}: the next is ${next}`);
    if (slowFloor(next, interval, timeZone, shift) !== next)
      assert.fail(`${about()}: nothing begins at the next, ${next}`);
    const last = slowFloor(next - 1, interval, timeZone, shift);
    // Where clocks go back past midnight, the end of a day comes after the beginning of the next.
    if (last !== key && !(last > key ? false : goesBack(timeZone, next)))
      assert.fail(`${about()}: ${last} lies between it and the next`);
  }
  return instants.length;
}

/**
 * Compares what a day stands for as a bound of a range with Temporal: each instant is from the first of its day to the last, where the
 * day is the one whose midnight came last.
 * @returns how many days were compared @throws AssertionError for the first that differs
 */
export function compareDays(timeZone: string, instants: readonly number[]): number {
  const zone = zoneNamed(timeZone)!;
  const startOf = (day: Temporal.PlainDate): number => day.toZonedDateTime(timeZone).epochMilliseconds;
  for (const instant of instants) {
    const at = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
    let day = at.toPlainDate();
    // Set back past midnight, the evening comes again after the next day began.
    while (startOf(day.add({ days: 1 })) <= instant) day = day.add({ days: 1 });
    const [first, last] = (['down', 'up'] as const).map((rounding) => readDate(String(day), iso, zone, rounding)!);
    const expected = [startOf(day), startOf(day.add({ days: 1 })) - 1];
    const about = `${timeZone} ${String(day)} around ${new Date(instant).toISOString()}`;
    assert.deepEqual([first, last], expected, about);
    assert.ok(first! <= instant && instant <= last!, about);
    const shown = showDate(instant, null, zone)!;
    assert.equal(readDate(shown, iso, utc, 'down'), instant, `${about}: ${shown}`);
    assert.equal(readDate(shown, iso, utc, 'up'), instant, `${about}: ${shown}`);
  }
  return instants.length;
}

/** Whether the day before goes on after a day began, as where clocks are set back at one minute past midnight. */
function goesBack(timeZone: string, at: number): boolean {
  const zone = zoneNamed(timeZone)!;
  const { offset, until: change } = zone.periodAt(at);
  return change - at < dayMs && zone.periodAt(change).offset < offset;
}
