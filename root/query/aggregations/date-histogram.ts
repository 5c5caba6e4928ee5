import { calendarUnits, fixedMsMax, type CalendarUnit, type DateInterval } from '../../../shared/dates/date-borders.ts';
import { readObject, type Properties } from '../../../shared/json/read-object.ts';
import { readString, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { optionNames, readHistogramOptions } from './histogram-options.ts';
import { dateKinds, readDateWords } from './read-dates.ts';

export const dateIntervalNames = ['calendar_interval', 'fixed_interval'] as const;

const names = ['field', ...dateIntervalNames, 'time_zone', 'offset', 'format', ...optionNames] as const;

/**
 * `{"field", "calendar_interval" or "fixed_interval", "time_zone"?: "UTC", "offset"?, "format"?, "min_doc_count"?: 0, "keyed"?, "order"?,
 * "missing"?, "extended_bounds"?, "hard_bounds"?}` on date fields.
 */
export const dateHistogram: CallerAggregation<'date_histogram'> = {
  read: (node, { schema, now }) => {
    const properties = readObject(node, names);
    const field = properties.required('field', (name) => readFieldName(name, schema, dateKinds));
    const { format, timeZone, readInstant } = readDateWords(properties, now);
    return {
      kind: 'date_histogram',
      field: field.name,
      interval: readDateInterval(node, properties),
      timeZone,
      offset: properties.optional('offset', readDateOffset, 0),
      ...(format === undefined ? {} : { format }),
      ...readHistogramOptions(node, properties, readInstant),
    };
  },
  buckets: 'sequence',
  rollup: { ofDimension: true },
};

/** One of the two, which has to be there. */
export function readDateInterval(
  node: RequestNode,
  properties: Pick<Properties<(typeof dateIntervalNames)[number]>, 'optional'>,
): DateInterval {
  const calendar = properties.optional('calendar_interval', readCalendar, undefined);
  const fixed = properties.optional('fixed_interval', readFixed, undefined);
  if (calendar !== undefined && fixed !== undefined) {
    throw node.invalid({ expected: 'calendar_interval or fixed_interval', actual: 'both' });
  }
  const interval = calendar ?? fixed;
  if (interval === undefined)
    throw node.fault('REQUEST_FIELD_MISSING', { field: 'calendar_interval or fixed_interval' });
  return interval;
}

/** As Elasticsearch abbreviates them. */
const abbreviations: Readonly<Record<string, CalendarUnit>> = {
  '1s': 'second',
  '1m': 'minute',
  '1h': 'hour',
  '1d': 'day',
  '1w': 'week',
  '1M': 'month',
  '1q': 'quarter',
  '1y': 'year',
};

const allowed = [...calendarUnits, ...Object.keys(abbreviations)];

const readCalendar: Reader<DateInterval> = (node) => {
  const text = readString(node);
  const unit = Object.hasOwn(abbreviations, text) ? abbreviations[text] : calendarUnits.find((name) => name === text);
  if (unit !== undefined) return { kind: 'calendar', unit };
  throw node.invalid({
    expected: `one of ${allowed.join(', ')}; more than one of a unit is a fixed_interval`,
    allowed,
  });
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = /^([+-]?)(\d{1,15})(ms|s|m|h|d)$/;

const readFixed: Reader<DateInterval> = (node) => {
  const text = readString(node);
  if (/^\d+[wMqy]$/.test(text) || (calendarUnits as readonly string[]).includes(text)) {
    throw node.invalid({
      expected: 'so many ms, s, m, h or d; weeks, months, quarters and years are a calendar_interval',
    });
  }
  const [, sign, count, unit = ''] = duration.exec(text) ?? [];
  const ms = Number(count) * unitMs[unit]!;
  if (sign !== '' || !(ms >= 1 && ms <= fixedMsMax)) {
    throw node.invalid({ expected: 'so many ms, s, m, h or d, such as 90m: more than 0, at most 1000000d' });
  }
  return { kind: 'fixed', ms };
};

export const readDateOffset: Reader<number> = (node) => {
  const { value } = node;
  const [, sign, count, unit = ''] = typeof value === 'string' ? (duration.exec(value) ?? []) : [];
  const ms = typeof value === 'number' ? value : Number(count) * unitMs[unit]! * (sign === '-' ? -1 : 1);
  if (!Number.isInteger(ms) || Math.abs(ms) > fixedMsMax) {
    throw node.invalid({ expected: 'a duration such as +6h or -1d, of ms, s, m, h or d, at most 1000000d' });
  }
  return ms + 0;
};
