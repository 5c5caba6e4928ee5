/** Dates, and days, hours and the like: an operand that says no more stands for all of its milliseconds. */
import { instantOfText, usualFormat, type DateContext } from '../../../shared/dates/date-expression.ts';
import type { DateFormat } from '../../../shared/dates/date-format.ts';
import { mathExpected } from '../../../shared/dates/date-math.ts';
import { readDate } from '../../../shared/dates/read-date.ts';
import type { Rounding } from '../../../shared/dates/rounding.ts';
import { dateMax } from '../../../shared/dates/show-date.ts';
import { utc, type Zone } from '../../../shared/dates/zone.ts';
import type { Query } from '../../../shared/query/query.ts';
import { dateKind, parsedFormat } from '../../../shared/schema/kinds/date.ts';
import { valuesPerStep } from '../long-lists.ts';
import { unreadable, type Operand } from '../operand.ts';
import type { FieldQueries } from './field-queries.ts';
import { readEach } from './read-each.ts';

/** What operands that are dates depend on, besides their words. */
export interface DateReading {
  /** What `now` stands for, in milliseconds since 1970 UTC; undefined: nothing may say it. */
  readonly now: number | undefined;
  /** Left out: ISO 8601, or milliseconds. */
  readonly format?: DateFormat | undefined;
  /** Left out: UTC. */
  readonly zone?: Zone | undefined;
}

/** How dates of a field with a format may be written: so, or as answers write them. */
export function ownFormat(format: string): DateFormat {
  return [...(parsedFormat(format) ?? []), ...usualFormat];
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** Every match scores 1, as with numbers. */
export function dateQueries(reading: DateReading): FieldQueries {
  const spanOf = (operand: Operand): Span => ({
    first: readInstant(operand, reading, 'down'),
    last: readInstant(operand, reading, 'up'),
  });
  return {
    exact(field, operand) {
      const span = spanOf(operand);
      return span.first === span.last ? { kind: 'numbers', field, values: [span.first] } : within(field, span);
    },
    *anyOf(field, operands) {
      const single = new Set<number>();
      const spans: Span[] = [];
      yield* readEach(operands, (operand) => {
        const span = spanOf(operand);
        if (span.first === span.last) single.add(span.first);
        else spans.push(span);
      });
      const apart = yield* joined(spans);
      const ranges = apart.map((span) => within(field, span));
      return single.size === 0 ? ranges : [{ kind: 'numbers', field, values: [...single] }, ...ranges];
    },
    /** After a day is after its end, up to a day is up to its end. */
    range(field, { low, lowInclusive, high, highInclusive }) {
      return {
        kind: 'numberRange',
        field,
        ...(low === undefined ? {} : { low: readInstant(low, reading, lowInclusive ? 'down' : 'up') }),
        lowInclusive,
        ...(high === undefined ? {} : { high: readInstant(high, reading, highInclusive ? 'up' : 'down') }),
        highInclusive,
      };
    },
  };
}

/** A day that clocks leave out has no millisecond: its last comes before its first, and nothing is within. */
function within(field: string, { first, last }: Span): Query {
  return { kind: 'numberRange', field, low: first, lowInclusive: true, high: last, highInclusive: true };
}

/** The same milliseconds in as few spans as there can be: days beside one another are one. */
function* joined(spans: readonly Span[]): Generator<void, Span[], undefined> {
  const apart: { first: number; last: number }[] = [];
  let count = 0;
  for (const { first, last } of spans.toSorted((a, b) => a.first - b.first)) {
    const before = apart.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else if (first <= last) apart.push({ first, last });
    if (++count % valuesPerStep === 0) yield;
  }
  return apart;
}

function readInstant(operand: Operand, { format, zone = utc, now }: DateReading, rounding: Rounding): number {
  const { value } = operand;
  const context: DateContext = { format: format ?? usualFormat, zone, now };
  const found =
    typeof value === 'string' ? instantOfText(value, context, rounding) : ofNumber(value, context, rounding);
  if (found !== undefined && Math.abs(found) <= dateMax) return found;
  const iso = 'an ISO 8601 date such as 2024-05-31T12:00:00Z, whole milliseconds since 1970';
  throw unreadable(operand, `${format === undefined ? iso : 'a date by the format'}, or ${mathExpected}`, dateKind);
}

/** Milliseconds, unless a format that was named reads the digits. */
function ofNumber(value: unknown, { format, zone }: DateContext, rounding: Rounding): number | undefined {
  if (typeof value !== 'number') return undefined;
  const byFormat = format === usualFormat ? undefined : readDate(String(value), format, zone, rounding);
  return byFormat ?? (Number.isInteger(value) ? value + 0 : undefined);
}
