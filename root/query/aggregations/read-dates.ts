/** Dates, zones and formats as callers write them in aggregations. */
import { readFormat, readZone } from '../../../shared/aggregation/date-histogram.ts';
import { instantOfText, usualFormat, type DateContext } from '../../../shared/dates/date-expression.ts';
import type { DateFormat } from '../../../shared/dates/date-format.ts';
import { mathExpected } from '../../../shared/dates/date-math.ts';
import { dateMax } from '../../../shared/dates/show-date.ts';
import { utc, type Zone } from '../../../shared/dates/zone.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { kindsThat } from '../../../shared/schema/kinds/field-kinds.ts';

export const dateKinds = kindsThat(({ isTime }) => isTime);

/** What texts that are dates depend on. */
export interface DateWords {
  /** Undefined where the caller named none. */
  readonly format: string | undefined;
  readonly timeZone: string;
  /** Milliseconds, or a text by the format, or date math. */
  readonly readInstant: Reader<number>;
}

/** `{"time_zone"?: "UTC", "format"?}`. @param now see AggregationScope */
export function readDateWords(
  properties: Pick<Properties<'time_zone' | 'format'>, 'optional'>,
  now: number | undefined,
): DateWords {
  const zone = properties.optional('time_zone', readZone, utc);
  const format = properties.optional(
    'format',
    (node) => ({ text: String(node.value), parsed: readFormat(node) }),
    undefined,
  );
  return {
    format: format?.text,
    timeZone: zone.name,
    readInstant: instantReader(format?.parsed ?? null, zone, now),
  };
}

/** Reads milliseconds, a text by the format (null: the usual one), or date math. @param now see AggregationScope */
export function instantReader(format: DateFormat | null, zone: Zone, now: number | undefined): Reader<number> {
  return (node) => readInstant(node, { format: format ?? usualFormat, zone, now });
}

function readInstant(node: RequestNode, context: DateContext): number {
  const { value } = node;
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) <= dateMax) return value + 0;
    throw node.invalid({ expected: 'whole milliseconds since 1970', actual: node.actual });
  }
  if (typeof value !== 'string') throw node.wrongType('a date as a string, or whole milliseconds since 1970');
  const found = instantOfText(value, context);
  if (found === undefined) throw node.invalid({ expected: `a date by the format, or ${mathExpected}` });
  return found;
}
