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

/** ISO 8601 text or whole milliseconds since 1970 UTC, kept as the latter. */
export const dateKind = {
  ...numberKind,
  jsonTypes: ['string', 'number'],
  aggregated: 'quantities',
  dimension: { sqlType: 'INTEGER' },
  isTime: true,
  read,
  toJson: (value) => value,
  shown: dateForm,
  readShown: shownOrRead(read),
  // Never milliseconds: a bare number such as 2024 would be taken for them.
  fromText: (text) => text,
  expectedText: 'an ISO 8601 date such as 2024-05-31T12:00:00Z',
} as const satisfies FieldKindDefinition<'number'>;

/** Largest magnitude of a date in milliseconds: what ECMAScript's Date holds. */
const dateMax = 8_640_000_000_000_000;

function read(value: unknown): ValueReading<number> {
  const time = typeof value === 'string' ? parseDate(value) : value;
  return typeof time === 'number' && Number.isInteger(time) && Math.abs(time) <= dateMax
    ? { kind: 'value', value: time + 0 }
    : wrong('an ISO 8601 date such as 2024-05-31T12:00:00Z, or whole milliseconds since 1970');
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Milliseconds since 1970 UTC of an ISO 8601 date or date-time, or `undefined` if it is none. A time without an
 * offset is UTC; digits beyond milliseconds are cut. Days that do not exist (2023-02-30) are refused.
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
