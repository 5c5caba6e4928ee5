/**
 * The one reading of a JSON value as a value of a field: the root checks documents with it, the leaf indexes with it,
 * queries and the oracle read their operands with it.
 */
import type { FieldKind, FieldOptions } from './schema.ts';
import { limits } from '../limits.ts';

export type ValueReading =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'wrong'; readonly expected: string };

const wrong = (expected: string): ValueReading => ({ kind: 'wrong', expected });

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

/** Largest magnitude of a date in milliseconds: what ECMAScript's Date holds. */
const dateMax = 8_640_000_000_000_000;

/**
 * Reads one JSON value (no array, no null) as a value of a kind; never coerces: the string "1" is no integer.
 *
 * integer: a whole number within ±(2^53 − 1). float: any JSON number. boolean: 0 or 1. date: ISO 8601 text or whole
 * milliseconds since 1970 UTC. keyword: a well-formed string of at most
 * `limits.termBytesMax` bytes. text: a string.
 */
export function readValue(kind: FieldKind, value: unknown): ValueReading {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? { kind: 'string', value } : wrong('a string');
    case 'keyword':
      if (typeof value !== 'string') return wrong('a string');
      if (!value.isWellFormed()) return wrong('a string without lone surrogates');
      if (isLongerThan(value, limits.termBytesMax)) {
        return wrong(`a string of at most ${limits.termBytesMax} bytes`);
      }
      return { kind: 'string', value };
    case 'integer':
      return Number.isSafeInteger(value)
        ? { kind: 'number', value: (value as number) + 0 }
        : wrong('a whole number between -9007199254740991 and 9007199254740991');
    case 'float':
      return typeof value === 'number' && Number.isFinite(value)
        ? { kind: 'number', value: value + 0 }
        : wrong('a number');
    case 'boolean':
      return typeof value === 'boolean' ? { kind: 'number', value: value ? 1 : 0 } : wrong('true or false');
    case 'date': {
      const time = typeof value === 'string' ? parseDate(value) : value;
      return typeof time === 'number' && Number.isInteger(time) && Math.abs(time) <= dateMax
        ? { kind: 'number', value: time + 0 }
        : wrong('an ISO 8601 date such as 2024-05-31T12:00:00Z, or whole milliseconds since 1970');
    }
  }
}

/** A value as a field reads it; `ignored` where the field says that it leaves such values out. */
export function readFieldValue(
  { kind, ignoreAbove }: FieldOptions,
  value: unknown,
): ValueReading | { readonly kind: 'ignored' } {
  if (ignoreAbove !== undefined && typeof value === 'string' && isLongerThan(value, ignoreAbove)) {
    return { kind: 'ignored' };
  }
  return readValue(kind, value);
}

/** Whether a text takes more bytes of UTF-8. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}
