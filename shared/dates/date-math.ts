/**
 * Date math as Elasticsearch writes it: `now`, or a date and `||`, then steps such as `+1M`, `-2d` and `/d`, which goes back to the
 * beginning of a unit. Steps of days and longer are steps of the calendar of a zone: a day later it is the same time.
 */
import { DateBorders, type CalendarUnit } from './date-borders.ts';
import { dayMs, dayOfMonth, monthOfDay } from './civil.ts';
import type { Rounding } from './rounding.ts';
import { dateMax } from './show-date.ts';
import type { Zone } from './zone.ts';

const units: Readonly<Record<string, CalendarUnit>> = {
  y: 'year',
  M: 'month',
  w: 'week',
  d: 'day',
  h: 'hour',
  H: 'hour',
  m: 'minute',
  s: 'second',
};

const step = /([+-])(\d{0,9})([yMwdhHms])|\/1?([yMwdhHms])/gy;

export const mathExpected =
  'now or a date and ||, then steps such as +1M, -2d and /d, of the units y, M, w, d, h, m and s';

/**
 * @param text what stands behind `now` or `||`
 * @param rounding whether `/d` goes to the beginning of the day, or to its last millisecond
 * @returns undefined where it is no steps, or leads beyond all dates
 */
export function takeSteps(text: string, from: number, zone: Zone, rounding: Rounding = 'down'): number | undefined {
  let at = from;
  let end = 0;
  for (const match of text.matchAll(step)) {
    end = match.index + match[0].length;
    const [, sign, count, unit, rounded] = match;
    if (rounded !== undefined) {
      const borders = new DateBorders({ kind: 'calendar', unit: units[rounded]! }, zone);
      const first = borders.floor(at);
      at = rounding === 'down' ? first : borders.next(first) - 1;
    } else {
      const steps = count === '' ? 1 : Number(count);
      at = later(at, sign === '-' ? -steps : steps, units[unit!]!, zone);
    }
    if (!(Math.abs(at) <= dateMax)) return undefined;
  }
  return end === text.length ? at : undefined;
}

const timeMs = { hour: 3_600_000, minute: 60_000, second: 1000 } as const;
const months = { month: 1, quarter: 3, year: 12 } as const;

function later(at: number, count: number, unit: CalendarUnit, zone: Zone): number {
  switch (unit) {
    case 'hour':
    case 'minute':
    case 'second':
      return at + count * timeMs[unit];
    case 'day':
      return onDay(at, (day) => day + count, zone);
    case 'week':
      return onDay(at, (day) => day + 7 * count, zone);
    case 'month':
    case 'quarter':
    case 'year':
      return onDay(at, (day) => monthsLater(day, count * months[unit]), zone);
  }
}

/** The same time of another day; where clocks show it twice, as they do now if they can; where they never do, as much later as is left out. */
function onDay(at: number, dayAfter: (day: number) => number, zone: Zone): number {
  const { offset } = zone.periodAt(at);
  const local = at + offset;
  const day = Math.floor(local / dayMs);
  const moved = local + (dayAfter(day) - day) * dayMs;
  if (!(Math.abs(moved) <= 2 * dateMax)) return Number.NaN;
  const kept = moved - offset;
  if (zone.periodAt(kept).offset === offset) return kept;
  const first = zone.firstInstantOf(moved);
  return first + zone.periodAt(first).offset === moved ? first : moved - zone.periodAt(first - 1).offset;
}

/** The last day of a month that is too short. */
function monthsLater(day: number, count: number): number {
  const month = monthOfDay(day);
  const dayOf = day - dayOfMonth(month);
  return Math.min(dayOfMonth(month + count) + dayOf, dayOfMonth(month + count + 1) - 1);
}
