import { instantOf, type DateField, type DateFields } from './date-fields.ts';
import type { DateFormat, FormatPart, OneFormat } from './date-format.ts';
import { millisecondsOf, readIso, readOffset } from './read-iso.ts';
import type { Rounding } from './rounding.ts';
import { dateMax } from './show-date.ts';
import { zoneNamed, type Zone } from './zone.ts';

/**
 * The instant that a text means by the first of the formats that fits; undefined where none does, or where there is no such day. What
 * of a date is left out is the first there is, of a year January; where the year is left out it is 1970.
 * @param zone of texts that say no offset
 * @param rounding what of a day, hour, minute or second is meant where a text ends with it
 */
export function readDate(
  text: string,
  format: DateFormat,
  zone: Zone,
  rounding: Rounding = 'down',
): number | undefined {
  for (const one of format) {
    const instant = readBy(one, text, zone, rounding);
    if (instant !== undefined && Math.abs(instant) <= dateMax) return instant;
  }
  return undefined;
}

function readBy(format: OneFormat, text: string, zone: Zone, rounding: Rounding): number | undefined {
  switch (format.kind) {
    case 'epoch':
      return readEpoch(text, format.unitMs, rounding);
    case 'iso': {
      const fields = readIso(text, format.isLenient);
      return fields === undefined ? undefined : instantOf(fields, zone, rounding);
    }
    case 'pattern': {
      const fields: DateFields = { numbers: new Map() };
      const rest = readParts(format.parts, text, { reading: format.reading, fields, isTight: false });
      return rest === '' ? instantOf(fields, zone, rounding) : undefined;
    }
  }
}

function readEpoch(text: string, unitMs: 1 | 1000, rounding: Rounding): number | undefined {
  const match = /^-?\d{1,16}(\.\d{1,9})?$/.exec(text);
  if (match === null) return undefined;
  const last = rounding === 'up' && match[1] === undefined ? unitMs - 1 : 0;
  return Math.floor(Number(text) * unitMs) + last + 0;
}

interface PatternReading {
  readonly reading: Extract<OneFormat, { kind: 'pattern' }>['reading'];
  readonly fields: DateFields;
  /** Whether a number follows at once behind the parts, so that digits must end. */
  readonly isTight: boolean;
}

/** What is left of a text behind the parts; undefined where it does not fit. */
function readParts(parts: readonly FormatPart[], text: string, how: PatternReading): string | undefined {
  let rest = text;
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1];
    const isTight = next === undefined ? how.isTight : beginsWithNumber(next);
    const after = readPart(part, rest, { ...how, isTight });
    if (after === undefined) return undefined;
    rest = after;
  }
  return rest;
}

function beginsWithNumber(part: FormatPart): boolean {
  if (part.kind === 'optional') return part.parts[0] !== undefined && beginsWithNumber(part.parts[0]);
  return part.kind === 'field' && !'GEaVzOXxZ'.includes(part.letter);
}

function readPart(part: FormatPart, text: string, how: PatternReading): string | undefined {
  switch (part.kind) {
    case 'text':
      return text.startsWith(part.text) ? text.slice(part.text.length) : undefined;
    case 'optional':
      return readOptional(part.parts, text, how);
    case 'field': {
      const found = shapeOf(part, how).exec(text)?.[0];
      if (found === undefined || !takeField(part, found, how.fields)) return undefined;
      return text.slice(found.length);
    }
  }
}

/** What does not fit is as good as not there. */
function readOptional(parts: readonly FormatPart[], text: string, how: PatternReading): string {
  const fields: DateFields = { ...how.fields, numbers: new Map(how.fields.numbers) };
  const rest = readParts(parts, text, { ...how, fields });
  if (rest === undefined) return text;
  for (const [field, value] of fields.numbers) how.fields.numbers.set(field, value);
  Object.assign(how.fields, { ...fields, numbers: how.fields.numbers });
  return rest;
}

type FieldPart = Extract<FormatPart, { kind: 'field' }>;

const offset = /^(?:[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)/;
const localizedOffset = /^(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d\d(?::?\d\d)?)?)?/;
const letters = /^\p{L}+/u;
const zoneName = /^(?:[+-]\d\d:\d\d|[A-Za-z][\w+\-/]*)/;

function shapeOf({ letter, length }: FieldPart, { reading, isTight }: PatternReading): RegExp {
  switch (letter) {
    case 'X':
    case 'x':
      return offset;
    case 'Z':
      return length === 4 ? localizedOffset : offset;
    case 'O':
      return localizedOffset;
    case 'V':
    case 'z':
      return zoneName;
    case 'a':
      return /^[AaPp][Mm]/;
    case 'G':
      return letters;
    case 'E':
      return letters;
    case 'S':
      if (reading !== 'written') return /^\d{1,9}/;
      break;
    case 'M':
    case 'L':
    case 'e':
      if (length > 2) return letters;
      break;
    case 'y':
    case 'u':
    case 'Y':
      return yearShape(length, reading, isTight);
  }
  if (reading === 'lenient' && !isTight) return digitsBetween(1, Math.max(2, length));
  return isTight || length > 1 ? digitsBetween(length, length) : digitsBetween(1, 'DAnN'.includes(letter) ? 19 : 2);
}

function yearShape(length: number, reading: PatternReading['reading'], isTight: boolean): RegExp {
  if (length === 2) return digitsBetween(2, 2);
  if (isTight) return signedDigits(length, length);
  return signedDigits(reading === 'lenient' ? 1 : length, 9);
}

const shapes = new Map<string, RegExp>();

function digitsBetween(least: number, most: number): RegExp {
  return shapeNamed(`^\\d{${least},${most}}`);
}

function signedDigits(least: number, most: number): RegExp {
  return shapeNamed(`^[+-]?\\d{${least},${most}}`);
}

/** There are some dozens of them. */
function shapeNamed(source: string): RegExp {
  let shape = shapes.get(source);
  if (shape === undefined) shapes.set(source, (shape = new RegExp(source)));
  return shape;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Letters of numbers that are a field as they are. */
const plain: Readonly<Record<string, DateField>> = {
  u: 'u',
  y: 'u',
  Y: 'Y',
  Q: 'Q',
  q: 'Q',
  w: 'w',
  D: 'D',
  d: 'd',
  c: 'e',
  H: 'H',
  K: 'h',
  m: 'm',
  s: 's',
  A: 'A',
};

const fractionDigits = 9;

/** @returns whether the text is one that the field has */
function takeField({ letter, length }: FieldPart, text: string, fields: DateFields): boolean {
  const { numbers } = fields;
  const name = plain[letter];
  if (name !== undefined) {
    numbers.set(name, Number(text) + ('yuY'.includes(letter) && length === 2 ? 2000 : 0));
    return true;
  }
  switch (letter) {
    case 'M':
    case 'L':
      numbers.set('M', length > 2 ? placeOf(text, months) : Number(text));
      return true;
    case 'e':
      numbers.set('e', length > 2 ? placeOf(text, weekdays) : Number(text));
      return true;
    case 'E':
      // The day of the week follows from the date.
      return placeOf(text, weekdays) > 0;
    case 'G':
      return takeEra(text, fields);
    case 'h':
      // 12 is the hour before 1.
      numbers.set('h', Number(text) === 0 ? Number.NaN : Number(text) === 12 ? 0 : Number(text));
      return true;
    case 'k':
      numbers.set('H', Number(text) === 0 ? Number.NaN : Number(text) % 24);
      return true;
    case 'a':
      numbers.set('a', text.toLowerCase() === 'pm' ? 1 : 0);
      if (!numbers.has('h')) numbers.set('h', 0);
      return true;
    case 'S':
      numbers.set('S', millisecondsOf(text));
      return true;
    case 'n':
      numbers.set('S', millisecondsOf(text.padStart(fractionDigits, '0')));
      return text.length <= fractionDigits;
    case 'N':
      numbers.set('A', Math.floor(Number(text) / 1e6));
      return true;
    case 'V':
    case 'z':
      return takeZone(text, fields);
    case 'O':
    case 'Z':
    case 'X':
    case 'x':
      numbers.set('offset', readOffset(paddedOffset(text)));
      return true;
    default:
      return false;
  }
}

/** From 1; 0 where it is none. */
function placeOf(text: string, names: readonly string[]): number {
  return names.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

/** AD or CE, BC or BCE, and their words. */
function takeEra(text: string, fields: DateFields): boolean {
  fields.isBeforeChrist = /^b/i.test(text);
  return /^[abc]/i.test(text);
}

const alsoUtc = ['GMT', 'UT', 'UTC', 'Z'];

function takeZone(text: string, fields: DateFields): boolean {
  const zone = zoneNamed(alsoUtc.includes(text.toUpperCase()) ? 'UTC' : text);
  if (zone !== undefined) fields.zone = zone;
  return zone !== undefined;
}

/** `GMT+2` as `+02`, `GMT` as `Z`. */
function paddedOffset(text: string): string {
  const written = text.replace(/^(?:GMT|UTC)/, '');
  return written === '' ? 'Z' : written.replace(/^([+-])(\d)(?!\d)/, '$10$2');
}
