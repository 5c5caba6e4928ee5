/** From what a text says of a date, field by field, to an instant. */
import { dayMs, dayOfMonth, monthOfDay, weekdayOf } from './civil.ts';
import type { Rounding } from './rounding.ts';
import type { Zone } from './zone.ts';

/** The fields that a text can name. Others are told in terms of these. */
export type DateField =
  /** The year, proleptic: the year before 1 is 0. */
  | 'u'
  /** The year of the weeks of ISO 8601, the week in it, and the day of the week from Monday, 1. */
  | 'Y'
  | 'w'
  | 'e'
  | 'Q'
  | 'M'
  | 'd'
  /** Of the year. */
  | 'D'
  | 'H'
  /** The hour of half a day, 0 to 11, and whether it is the second half, 0 or 1. */
  | 'h'
  | 'a'
  | 'm'
  | 's'
  /** Milliseconds of the second. */
  | 'S'
  /** Milliseconds of the day, in place of a time. */
  | 'A'
  /** What clocks show less UTC, in milliseconds. */
  | 'offset';

export interface DateFields {
  readonly numbers: Map<DateField, number>;
  /** In place of the zone that is meant where a text names none. */
  zone?: Zone;
  /** The year is counted backwards from the year 1. */
  isBeforeChrist?: boolean;
}

const least: { readonly [Field in DateField]: number } = {
  u: -Infinity,
  Y: -Infinity,
  w: 1,
  e: 1,
  Q: 1,
  M: 1,
  d: 1,
  D: 1,
  H: 0,
  h: 0,
  a: 0,
  m: 0,
  s: 0,
  S: 0,
  A: 0,
  offset: -dayMs,
};
const most: { readonly [Field in DateField]: number } = {
  u: Infinity,
  Y: Infinity,
  w: 53,
  e: 7,
  Q: 4,
  M: 12,
  d: 31,
  D: 366,
  H: 24,
  h: 11,
  a: 1,
  m: 59,
  s: 60,
  S: 999,
  A: dayMs - 1,
  offset: dayMs,
};

const epochYear = 1970;

/** The units that a text may end with, from the smallest on: after them it says nothing more. */
const spans: readonly [field: DateField, ms: number][] = [
  ['A', 0],
  ['S', 0],
  ['s', 1000],
  ['m', 60_000],
  ['H', 3_600_000],
  ['h', 3_600_000],
];

/**
 * The instant that fields mean; undefined where there is no such time. What of a date is left out is the first there is, of a year
 * January; where the year is left out it is 1970. What of a time is left out is the first or last there is.
 *
 * The last millisecond of a day is the one before the next day begins, also where clocks are changed: so each instant is of one day.
 * Second 60 is a leap second, and the same instant as the one after it; hour 24 is the end of a day.
 * @param zone where the fields name none
 */
export function instantOf(fields: DateFields, zone: Zone, rounding: Rounding): number | undefined {
  const { numbers, isBeforeChrist = false } = fields;
  for (const [field, value] of numbers) if (!(value >= least[field] && value <= most[field])) return undefined;
  const day = dayOf(numbers, isBeforeChrist);
  const timeMs = timeOf(numbers);
  if (day === undefined || timeMs === undefined) return undefined;
  const local = day * dayMs + timeMs;
  const span = spans.find(([field]) => numbers.has(field))?.[1] ?? dayMs;
  const offset = numbers.get('offset');
  const at = (shown: number): number =>
    offset === undefined ? (fields.zone ?? zone).firstInstantOf(shown) : shown - offset;
  const first = at(local);
  if (numbers.get('s') === 60 && !endsMonth(first)) return undefined;
  return rounding === 'down' || span === 0 ? first : at(local + span) - 1;
}

function dayOf(numbers: DateFields['numbers'], isBeforeChrist: boolean): number | undefined {
  const of = (field: DateField, first: number): number => numbers.get(field) ?? first;
  if (numbers.has('Y') || numbers.has('w')) {
    const year = of('Y', epochYear);
    const monday = firstMonday(year) + 7 * (of('w', 1) - 1);
    return monday < firstMonday(year + 1) ? monday + of('e', 1) - 1 : undefined;
  }
  const year = isBeforeChrist ? 1 - of('u', epochYear) : of('u', epochYear);
  if (numbers.has('D')) {
    const day = dayOfMonth(12 * year) + of('D', 1) - 1;
    return day < dayOfMonth(12 * (year + 1)) ? day : undefined;
  }
  const month = 12 * year + of('M', 3 * (of('Q', 1) - 1) + 1) - 1;
  const day = dayOfMonth(month) + of('d', 1) - 1;
  return day < dayOfMonth(month + 1) ? day : undefined;
}

/** The Monday of the week with the year's first Thursday. */
function firstMonday(year: number): number {
  const fourth = dayOfMonth(12 * year) + 3;
  return fourth - weekdayOf(fourth) + 1;
}

function timeOf(numbers: DateFields['numbers']): number | undefined {
  const of = (field: DateField): number => numbers.get(field) ?? 0;
  if (numbers.has('A')) return of('A');
  const hour = numbers.has('h') ? of('h') + 12 * of('a') : of('H');
  const ms = ((hour * 60 + of('m')) * 60 + of('s')) * 1000 + of('S');
  return hour === 24 && ms > dayMs ? undefined : ms;
}

/** Whether a month of UTC begins at an instant, or less than a second before it: leap seconds end a month. */
function endsMonth(instant: number): boolean {
  const second = Math.floor(instant / 1000) * 1000;
  const day = second / dayMs;
  return Number.isInteger(day) && dayOfMonth(monthOfDay(day)) === day;
}
