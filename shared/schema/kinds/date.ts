import { FormatFault, parseFormat, type DateFormat } from '../../dates/date-format.ts';
import { instantOf } from '../../dates/date-fields.ts';
import { readDate } from '../../dates/read-date.ts';
import { readIso } from '../../dates/read-iso.ts';
import { dateMax } from '../../dates/show-date.ts';
import { utc } from '../../dates/zone.ts';
import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { numberKind, shownOrRead } from './number-kind.ts';
import type { ShownForm } from './shown-form.ts';

const dateForm = {
  name: 'date',
  show: null,
  asString(value) {
    const date = new Date(value);
    // The border of a bucket may lie before the first date there is.
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  },
} as const satisfies ShownForm<number>;

/** ISO 8601 text or whole milliseconds since 1970 UTC, kept as the latter; of a field with a format, texts and numbers by that. */
export const dateKind = {
  ...numberKind,
  options: ['format'],
  jsonTypes: ['string', 'number'],
  aggregated: 'quantities',
  dimension: { sqlType: 'INTEGER' },
  isTime: true,
  read,
  readerFor({ format }) {
    const parsed = format === undefined ? undefined : parsedFormat(format);
    return parsed === undefined ? read : (value) => readFormatted(value, parsed, format!);
  },
  toJson: (value) => value,
  shown: dateForm,
  readShown: shownOrRead(read),
  // Text, since 2024 is a year, and no milliseconds.
  fromText: (text) => text,
  expectedText:
    'a date such as 2024-05-31 or 2024-05-31T12:00:00Z, milliseconds since 1970, or date math such as now-1d/d',
} as const satisfies FieldKindDefinition<'number'>;

/** A format that was read before; undefined where it is none. */
export function parsedFormat(format: string): DateFormat | undefined {
  const parsed = parseFormat(format);
  return parsed instanceof FormatFault ? undefined : parsed;
}

function read(value: unknown): ValueReading<number> {
  const time = typeof value === 'string' ? (parseDate(value) ?? readOther(value)) : value;
  return typeof time === 'number' && Number.isInteger(time) && Math.abs(time) <= dateMax
    ? { kind: 'value', value: time + 0 }
    : wrong('an ISO 8601 date such as 2024-05-31T12:00:00Z, or whole milliseconds since 1970');
}

/** What is a date, and not as most dates are written. */
function readOther(text: string): number | undefined {
  const fields = readIso(text, false);
  return fields === undefined ? undefined : instantOf(fields, utc, 'down');
}

function readFormatted(value: unknown, format: DateFormat, written: string): ValueReading<number> {
  const isOfType = typeof value === 'string' || typeof value === 'number';
  const time = isOfType ? readDate(String(value), format, utc) : undefined;
  return time === undefined ? wrong(`a date by the format ${written}`) : { kind: 'value', value: time };
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Milliseconds since 1970 UTC of an ISO 8601 date or date-time that says its day, or `undefined` if it is none: what texts are taken as
 * dates by where no schema says so. A time without an offset is UTC; digits beyond milliseconds are cut. Days that do not exist
 * (2023-02-30) are refused.
 */
export function parseDate(text: string): number | undefined {
  const match = datePattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  date.setUTCHours(parts[3], parts[4], parts[5], milliseconds);
  if (date.getUTCMonth() !== parts[1] || date.getUTCDate() !== parts[2] || parts[3] > 23) return undefined;
  if (parts[4] > 59 || parts[5] > 59) return undefined;
  if (zone === 'Z') return date.getTime();
  const offsetHours = Number(zone.slice(1, 3));
  const offsetMinutes = Number(zone.slice(-2));
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return date.getTime() + (zone.startsWith('-') ? offset : -offset);
}
