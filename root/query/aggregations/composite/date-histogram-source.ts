import type { DateHistogramSource } from '../../../../shared/aggregation/composite/date-histogram-source.ts';
import { bordersOf } from '../../../../shared/aggregation/date-histogram.ts';
import { parseFormat, type DateFormat } from '../../../../shared/dates/date-format.ts';
import { readDate } from '../../../../shared/dates/read-date.ts';
import { dateMax, showDate } from '../../../../shared/dates/show-date.ts';
import { zoneNamed, type Zone } from '../../../../shared/dates/zone.ts';
import { dateIntervalNames, readDateInterval, readDateOffset } from '../date-histogram.ts';
import { dateKinds, instantReader, readDateWords } from '../read-dates.ts';
import type { CallerSource } from './source.ts';

const names = [...dateIntervalNames, 'time_zone', 'offset', 'format'] as const;

/** `{"field", "calendar_interval" or "fixed_interval", "time_zone"?: "UTC", "offset"?, "format"?}` on date fields. */
export const dateHistogramSource: CallerSource<'date_histogram', (typeof names)[number]> = {
  names,
  kinds: dateKinds,
  read: (properties, _field, node) => {
    const { format, timeZone } = readDateWords(properties, undefined);
    const source = {
      interval: readDateInterval(node, properties),
      timeZone,
      offset: properties.optional('offset', readDateOffset, 0),
    };
    if (format === undefined) return source;
    if (!tellsApart({ ...source, format })) {
      throw node.child('format', format).invalid({
        expected:
          'a format that says when a bucket begins, so that the next page can begin there: such as one with hours, and with XXX where clocks are changed; or none',
      });
    }
    return { ...source, format };
  },
  readKey: (node, source) => {
    const read = instantReader(source.format === undefined ? null : formatOf(source.format), zoneOf(source), undefined);
    return bordersOf(source).floor(read(node));
  },
};

/** Formats and zones of requests are those that were read. */
function formatOf(text: string): DateFormat {
  return parseFormat(text) as DateFormat;
}

function zoneOf({ timeZone }: DateHistogramSource): Zone {
  return zoneNamed(timeZone)!;
}

const hourMs = 3_600_000;
/** Changes of clocks from the zone's first to then are looked at. */
const lastChange = Date.UTC(2038, 0, 1);

/** Whether what is shown of the beginning of a bucket is read as that instant: tried with some, and about each change of clocks. */
function tellsApart(source: DateHistogramSource & { readonly format: string }): boolean {
  const [format, zone, borders] = [formatOf(source.format), zoneOf(source), bordersOf(source)];
  const isTold = (key: number): boolean => readDate(showDate(key, format, zone)!, format, zone) === key;
  const instants = [Date.UTC(2100, 5, 1)];
  for (let { until } = zone.periodAt(-dateMax); until < lastChange; { until } = zone.periodAt(until)) {
    instants.push(until - hourMs, until - 1, until, until + hourMs);
  }
  const first = borders.floor(0);
  const next = borders.next(first);
  return [first, next, borders.next(next), ...instants.map((instant) => borders.floor(instant))].every(isTold);
}
