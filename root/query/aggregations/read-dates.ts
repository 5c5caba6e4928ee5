/** Dates, zones and formats as callers write them in aggregations. */
import { readFormat, readZone } from '../../../shared/aggregation/date-histogram.ts';
import { parseFormat, type DateFormat } from '../../../shared/dates/date-format.ts';
import { mathExpected, takeSteps } from '../../../shared/dates/date-math.ts';
import { readDate, unreadableLetter } from '../../../shared/dates/read-date.ts';
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

const usual = parseFormat('strict_date_optional_time||epoch_millis') as DateFormat;

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
  return (node) => readInstant(node, format ?? usual, zone, now);
}

function readInstant(node: RequestNode, format: DateFormat, zone: Zone, now: number | undefined): number {
  const { value } = node;
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) <= dateMax) return value + 0;
    throw node.invalid({ expected: 'whole milliseconds since 1970', actual: node.actual });
  }
  if (typeof value !== 'string') throw node.wrongType('a date as a string, or whole milliseconds since 1970');
  const letter = unreadableLetter(format);
  if (letter !== undefined && !value.startsWith('now')) {
    throw node.invalid({
      expected: `milliseconds, now, or a format that dates can be read by, which is one without ${letter}`,
    });
  }
  const found = instantOf(value, format, zone, now);
  if (found === undefined) throw node.invalid({ expected: `a date by the format, or ${mathExpected}` });
  return found;
}

function instantOf(text: string, format: DateFormat, zone: Zone, now: number | undefined): number | undefined {
  if (text.startsWith('now')) return now === undefined ? undefined : takeSteps(text.slice('now'.length), now, zone);
  const end = text.indexOf('||');
  const date = readDate(end < 0 ? text : text.slice(0, end), format, zone);
  return date === undefined || end < 0 ? date : takeSteps(text.slice(end + 2), date, zone);
}
