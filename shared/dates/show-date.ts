import { dayMs, dayOfMonth, monthOfDay, weekdayOf } from './civil.ts';
import type { DateFormat, FormatPart, OneFormat } from './date-format.ts';
import type { Zone } from './zone.ts';

const iso: OneFormat = { kind: 'iso', isLenient: false };

/** Largest magnitude of a date in milliseconds: what ECMAScript's Date holds. */
export const dateMax = 8_640_000_000_000_000;

/**
 * An instant as the clocks of a zone show it, by the first of the formats; undefined where it is no date any more.
 * @param format null: ISO 8601 with milliseconds
 */
export function showDate(instant: number, format: DateFormat | null, zone: Zone): string | undefined {
  if (!(Math.abs(instant) <= dateMax)) return undefined;
  const [first] = format ?? [iso];
  if (first.kind === 'epoch') return String(instant / first.unitMs);
  const { offset } = zone.periodAt(instant);
  const local = instant + offset;
  const day = Math.floor(local / dayMs);
  const shown = { day, month: monthOfDay(day), timeMs: local - day * dayMs, offset, zone: zone.name };
  return first.kind === 'iso' ? showIso(shown) : showParts(first.parts, shown);
}

function showParts(parts: readonly FormatPart[], shown: Shown): string {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'field') text += showField(part.letter, part.length, shown);
    else text += part.kind === 'text' ? part.text : showParts(part.parts, shown);
  }
  return text;
}

/** What clocks and the calendar of a zone show. */
interface Shown {
  /** Since 1970-01-01. */
  readonly day: number;
  /** Since January of the year 0. */
  readonly month: number;
  /** Since midnight. */
  readonly timeMs: number;
  /** What they show less UTC, in milliseconds. */
  readonly offset: number;
  /** The name of the zone. */
  readonly zone: string;
}

/** Numbers below 100 in two digits: an answer may have as many dates as buckets. */
const twoDigits = Array.from({ length: 100 }, (_, i) => pad(i, 2));

function showIso({ day, month, timeMs, offset }: Shown): string {
  const year = yearOf(month);
  // As ECMAScript writes it.
  const digits = year >= 0 && year <= 9999 ? pad(year, 4) : `${year < 0 ? '-' : '+'}${pad(Math.abs(year), 6)}`;
  const date = `${digits}-${twoDigits[month - 12 * year + 1]}-${twoDigits[day - dayOfMonth(month) + 1]}`;
  const [hours, minutes] = [Math.floor(timeMs / 3_600_000), Math.floor(timeMs / 60_000) % 60];
  const seconds = `${twoDigits[Math.floor(timeMs / 1000) % 60]}.${pad(timeMs % 1000, 3)}`;
  return `${date}T${twoDigits[hours]}:${twoDigits[minutes]}:${seconds}${offset === 0 ? 'Z' : showOffset(offset, 3)}`;
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const shortLength = 3;

function showField(letter: string, length: number, { day, month, timeMs, offset, zone }: Shown): string {
  const monthOfYear = month - 12 * yearOf(month);
  switch (letter) {
    case 'u':
      return showYear(yearOf(month), length);
    case 'y':
      // Of the era: the year before 1 is 1 too.
      return showYear(yearOf(month) > 0 ? yearOf(month) : 1 - yearOf(month), length);
    case 'Y':
      return showYear(weekOf(day).year, length);
    case 'w':
      return pad(weekOf(day).week, length);
    case 'G':
      return yearOf(month) > 0 ? 'AD' : 'BC';
    case 'Q':
    case 'q':
      return pad(Math.floor(monthOfYear / 3) + 1, length);
    case 'M':
    case 'L':
      return length > 2 ? named(monthNames[monthOfYear]!, length) : pad(monthOfYear + 1, length);
    case 'D':
      return pad(day - dayOfMonth(12 * yearOf(month)) + 1, length);
    case 'd':
      return pad(day - dayOfMonth(month) + 1, length);
    case 'E':
      return named(dayNames[weekdayOf(day) - 1]!, length);
    case 'e':
      return length > 2 ? named(dayNames[weekdayOf(day) - 1]!, length) : pad(weekdayOf(day), length);
    case 'c':
      return String(weekdayOf(day));
    case 'a':
      return timeMs < dayMs / 2 ? 'AM' : 'PM';
    case 'H':
      return pad(Math.floor(timeMs / 3_600_000), length);
    case 'h':
      return pad(((Math.floor(timeMs / 3_600_000) + 11) % 12) + 1, length);
    case 'K':
      return pad(Math.floor(timeMs / 3_600_000) % 12, length);
    case 'k':
      return pad(((Math.floor(timeMs / 3_600_000) + 23) % 24) + 1, length);
    case 'm':
      return pad(Math.floor(timeMs / 60_000) % 60, length);
    case 's':
      return pad(Math.floor(timeMs / 1000) % 60, length);
    case 'S':
      return pad(timeMs % 1000, 3)
        .padEnd(length, '0')
        .slice(0, length);
    case 'A':
      return pad(timeMs, length);
    case 'n':
      return pad((timeMs % 1000) * 1e6, length);
    case 'N':
      return pad(timeMs * 1e6, length);
    case 'V':
    case 'z':
      return zone;
    case 'X':
      return offset === 0 ? 'Z' : showOffset(offset, length);
    case 'x':
      return showOffset(offset, length);
    case 'O':
      return showLocalized(offset, length);
    case 'Z':
      if (length === 4) return showLocalized(offset, length);
      return length < 4 ? showOffset(offset, 2) : offset === 0 ? 'Z' : showOffset(offset, 5);
    default:
      throw new Error(`no letter ${letter}`);
  }
}

function yearOf(month: number): number {
  return Math.floor(month / 12);
}

/** The ISO week: the one with the year's first Thursday is its first. */
function weekOf(day: number): { readonly year: number; readonly week: number } {
  const thursday = day + 4 - weekdayOf(day);
  const year = yearOf(monthOfDay(thursday));
  return { year, week: Math.floor((thursday - dayOfMonth(12 * year)) / 7) + 1 };
}

/** As java.time does: two letters are the last two digits, four or more say a sign where there are more digits. */
function showYear(year: number, length: number): string {
  if (length === 2) return pad(((year % 100) + 100) % 100, 2);
  const digits = pad(Math.abs(year), length);
  return year < 0 ? `-${digits}` : length >= 4 && digits.length > length ? `+${digits}` : digits;
}

function named(name: string, length: number): string {
  return length > shortLength ? name : name.slice(0, shortLength);
}

/**
 * `+02`, `+0200` and `+02:00` for 1, 2 and 3; 4 and 5 are as 2 and 3. Minutes and seconds are told wherever there are any, so that what is
 * told can be read.
 */
function showOffset(offset: number, length: number): string {
  const seconds = Math.abs(offset) / 1000;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const count = parts[2] !== 0 ? 3 : parts[1] !== 0 || length > 1 ? 2 : 1;
  const separator = length % 2 === 1 ? ':' : '';
  return `${offset < 0 ? '-' : '+'}${parts
    .slice(0, count)
    .map((part) => pad(part, 2))
    .join(separator)}`;
}

/** `GMT`, `GMT+2` or, with four letters, `GMT+02:00`. */
function showLocalized(offset: number, length: number): string {
  if (offset === 0) return 'GMT';
  const shown = showOffset(offset, length > 1 ? 3 : 1);
  return `GMT${length > 1 || shown.includes(':') ? shown : shown.replace(/^([+-])0/, '$1')}`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
