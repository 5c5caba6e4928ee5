import { dayMs, dayOfMonth, monthOfDay } from './civil.ts';
import type { DateFormat, FormatPart, OneFormat } from './date-format.ts';
import { dateMax } from './show-date.ts';
import type { Zone } from './zone.ts';

/**
 * The instant that a text means by the first of the formats that fits; undefined where none does, or where there is no such day. What
 * the text leaves out is the first there is: of a year January, of a day midnight; where the year is left out it is 1970.
 * @param zone of texts that say no offset
 */
export function readDate(text: string, format: DateFormat, zone: Zone): number | undefined {
  for (const one of format) {
    const instant = readBy(one, text, zone);
    if (instant !== undefined && Math.abs(instant) <= dateMax) return instant;
  }
  return undefined;
}

function readBy(format: OneFormat, text: string, zone: Zone): number | undefined {
  switch (format.kind) {
    case 'epoch':
      return /^-?\d{1,16}(?:\.\d{1,6})?$/.test(text) ? Math.floor(Number(text) * format.unitMs) + 0 : undefined;
    case 'iso':
      return readIso(text, zone);
    case 'pattern':
      return readPattern(format.parts, text, zone);
  }
}

/** Fields of a date by their letters, and `offset` in milliseconds. */
type Fields = Map<string, number>;

const isoDate =
  /^([+-]\d{6}|\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?|T)?)?)?$/;
const isoLetters = ['u', 'M', 'd', 'H', 'm', 's'];

function readIso(text: string, zone: Zone): number | undefined {
  const match = isoDate.exec(text);
  if (match === null) return undefined;
  const fields: Fields = new Map();
  isoLetters.forEach((letter, i) => {
    const digits = match[i + 1];
    if (digits !== undefined) fields.set(letter, Number(digits));
  });
  if (match[7] !== undefined) fields.set('S', millisecondsOf(match[7]));
  if (match[8] !== undefined) fields.set('offset', offsetOf(match[8]));
  return instantOf(fields, zone);
}

function millisecondsOf(digits: string): number {
  return Number(digits.slice(0, 3).padEnd(3, '0'));
}

/** Offsets of old days have seconds. NaN where there is no such offset. */
function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.slice(1).replaceAll(':', '');
  const [hours = 0, minutes = 0, seconds = 0] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  return (text.startsWith('-') ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Letters that a text can be read by: those that make a day and a time. */
const readable = 'yuMdDHhamsSXxZE';

/** The first letter of a format by which no text can be read; undefined where there is none. */
export function unreadableLetter(format: DateFormat): string | undefined {
  for (const one of format) {
    if (one.kind !== 'pattern') continue;
    const part = one.parts.find((field) => field.kind === 'field' && !readable.includes(field.letter));
    if (part?.kind === 'field') return part.letter;
  }
  return undefined;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function readPattern(parts: readonly FormatPart[], text: string, zone: Zone): number | undefined {
  const fields: Fields = new Map();
  let rest = text;
  for (const [i, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (!rest.startsWith(part.text)) return undefined;
      rest = rest.slice(part.text.length);
      continue;
    }
    const match = shapeOf(part.letter, part.length, parts[i + 1]?.kind === 'field').exec(rest);
    if (match === null) return undefined;
    readField(part.letter, part.length, match[0], fields);
    rest = rest.slice(match[0].length);
  }
  return rest === '' ? instantOf(fields, zone) : undefined;
}

/** @param isTight whether another field follows at once, so that digits must end */
function shapeOf(letter: string, length: number, isTight: boolean): RegExp {
  switch (letter) {
    case 'X':
      return /^(?:Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)/;
    case 'x':
    case 'Z':
      return /^[+-]\d\d(?::?\d\d(?::?\d\d)?)?/;
    case 'a':
      return /^[AaPp][Mm]/;
    case 'E':
      return /^[A-Za-z]+/;
    case 'M':
      if (length > 2) return /^[A-Za-z]+/;
      break;
    case 'y':
    case 'u':
      if (length !== 2) return isTight ? new RegExp(`^-?\\d{${length}}`) : new RegExp(`^[+-]?\\d{${length},9}`);
      break;
  }
  return isTight || length > 1 ? new RegExp(`^\\d{${length}}`) : /^\d{1,3}/;
}

function readField(letter: string, length: number, text: string, fields: Fields): void {
  switch (letter) {
    case 'X':
    case 'x':
    case 'Z':
      fields.set('offset', offsetOf(text));
      return;
    case 'a':
      fields.set('a', text.toLowerCase() === 'pm' ? 12 : 0);
      return;
    case 'S':
      fields.set('S', millisecondsOf(text));
      return;
    case 'E':
      // The day of the week follows from the date.
      return;
    case 'M':
      fields.set('M', length > 2 ? months.indexOf(text.slice(0, 3).toLowerCase()) + 1 : Number(text));
      return;
    case 'y':
    case 'u':
      fields.set('u', Number(text) + (length === 2 ? 2000 : 0));
      return;
    default:
      fields.set(letter, Number(text));
  }
}

const firsts = { u: 1970, M: 1, d: 1, D: 1, h: 12, a: 0, H: 0, m: 0, s: 0, S: 0 } as const;

function instantOf(fields: Fields, zone: Zone): number | undefined {
  const of = (letter: keyof typeof firsts): number => fields.get(letter) ?? firsts[letter];
  const hour = fields.has('h') ? (of('h') % 12) + of('a') : of('H');
  if (of('M') < 1 || of('M') > 12 || hour > 23 || of('h') > 12 || of('m') > 59 || of('s') > 59) return undefined;
  const month = 12 * of('u') + of('M') - 1;
  const day = fields.has('D') ? dayOfMonth(12 * of('u')) + of('D') - 1 : dayOfMonth(month) + of('d') - 1;
  const exists = fields.has('D') ? Math.floor(monthOfDay(day) / 12) === of('u') : monthOfDay(day) === month;
  if (!exists) return undefined;
  const local = day * dayMs + ((hour * 60 + of('m')) * 60 + of('s')) * 1000 + of('S');
  const offset = fields.get('offset');
  if (offset === undefined) return zone.firstInstantOf(local);
  return Number.isNaN(offset) ? undefined : local - offset;
}
