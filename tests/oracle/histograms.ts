/** Histograms of numbers and dates. Zones are asked of Temporal, one date after the other. */
import type { CalendarUnit, DateInterval } from '../../shared/dates/date-borders.ts';
import { rememberedFloor } from '../../shared/dates/slow-date-borders.fixture.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { type StoredDocument, valuesOf } from './collection.ts';
import { factsOf } from './field-kinds.ts';
import { asNumber, asObject, asText, type Json, type JsonObject, onlyEntry } from './json.ts';

type Below = (documents: readonly StoredDocument[]) => JsonObject;

interface Bucket {
  readonly key: number;
  readonly documents: readonly StoredDocument[];
}

const optionNames = ['min_doc_count', 'keyed', 'order', 'missing', 'extended_bounds', 'hard_bounds'];

export function histogram(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['field', 'interval', 'offset', ...optionNames]);
  const interval = asNumber(request['interval'], 0);
  const offset = asNumber(request['offset'], 0);
  const asIs = (value: Json): number => asNumber(value, 0);
  const numberOf = (value: number): number => bucketOf(value, interval, offset);
  const beginOf = (number: number): number =>
    Number(`${BigInt(number) * inUnits(interval) + inUnits(offset)}e-${decimals}`);
  const hard = boundsOf(request['hard_bounds'], asIs);
  const found = bucketsBy(documents, field, missingOf(request, asIs), numberOf).filter(
    ({ key }) => beginOf(key) >= hard.min && beginOf(key) <= hard.max,
  );
  if (!found.every(({ key }) => Number.isSafeInteger(key))) {
    throw new Error('the oracle cannot tell such small intervals apart');
  }
  const filled = filledUp(request, found, { bucketOf: numberOf, after: (number) => number + 1, readBound: asIs });
  const { keyAsString } = factsOf(field.kind);
  const shown = filled.map(({ key, documents: held }) => ({ key: beginOf(key), documents: held }));
  return listed(request, shown, (key) => (keyAsString === undefined ? {} : { key_as_string: keyAsString(key) }), below);
}

export function dateHistogram(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
): JsonObject {
  const names = ['field', 'calendar_interval', 'fixed_interval', 'time_zone', 'offset', 'format', ...optionNames];
  const request = asObject(json, names);
  const zone = request['time_zone'] === undefined ? 'UTC' : asText(request['time_zone']);
  const interval = intervalOf(request);
  const offset = request['offset'] === undefined ? 0 : durationOf(asText(request['offset']));
  const readBound = (value: Json): number => (typeof value === 'number' ? value : Date.parse(asText(value)));
  const keyOf = (value: number): number => rememberedFloor(value, interval, zone, offset);
  const hard = boundsOf(request['hard_bounds'], readBound);
  const found = bucketsBy(documents, field, missingOf(request, readBound), keyOf).filter(
    ({ key }) => key >= hard.min && key < hard.max,
  );
  const filled = filledUp(request, found, {
    bucketOf: (bound) => rememberedFloor(bound, interval, zone) + offset,
    after: (key) => slowNext(key - offset, interval, zone) + offset,
    readBound,
  });
  const asString = (key: number): JsonObject => ({ key_as_string: shownDate(key, zone, request['format']) });
  return listed(request, filled, asString, below);
}

/** The documents by key; one with several keys is in several buckets, in each once. Keys ascending. */
function bucketsBy(
  documents: readonly StoredDocument[],
  field: IndexedField,
  missing: number | undefined,
  keyOf: (value: number) => number,
): Bucket[] {
  const held = new Map<number, StoredDocument[]>();
  for (const document of documents) {
    const values = valuesOf(document, field).map(Number);
    if (values.length === 0 && missing !== undefined) values.push(missing);
    for (const key of new Set(values.map(keyOf))) held.set(key, [...(held.get(key) ?? []), document]);
  }
  return [...held].map(([key, some]) => ({ key, documents: some })).sort((a, b) => a.key - b.key);
}

function missingOf(request: JsonObject, read: (value: Json) => number): number | undefined {
  return request['missing'] === undefined ? undefined : read(request['missing']);
}

function boundsOf(
  json: Json | undefined,
  read: (value: Json) => number,
): { readonly min: number; readonly max: number } {
  const { min, max } = asObject(json ?? {}, ['min', 'max']);
  return { min: min === undefined ? -Infinity : read(min), max: max === undefined ? Infinity : read(max) };
}

interface Borders {
  readonly bucketOf: (bound: number) => number;
  readonly after: (key: number) => number;
  readonly readBound: (value: Json) => number;
}

/** Those with enough documents; with the empty ones between them where none is too few. */
function filledUp(
  request: JsonObject,
  found: readonly Bucket[],
  { bucketOf: keyOf, after, readBound }: Borders,
): Bucket[] {
  const enough = asNumber(request['min_doc_count'], 0);
  if (enough > 0) return found.filter(({ documents }) => documents.length >= enough);
  const extended = boundsOf(request['extended_bounds'], readBound);
  const firsts = [...found.map(({ key }) => key), ...(extended.min === -Infinity ? [] : [keyOf(extended.min)])];
  const lasts = [...found.map(({ key }) => key), ...(extended.max === Infinity ? [] : [keyOf(extended.max)])];
  if (firsts.length === 0 || lasts.length === 0) return [];
  const last = Math.max(...lasts);
  const filled: Bucket[] = [];
  for (let key = Math.min(...firsts); key <= last; key = after(key)) {
    filled.push(found.find((bucket) => bucket.key === key) ?? { key, documents: [] });
  }
  return filled;
}

function listed(
  request: JsonObject,
  buckets: readonly Bucket[],
  asString: (key: number) => JsonObject,
  below: Below,
): JsonObject {
  const [by, direction] = onlyEntry(request['order'] ?? { _key: 'asc' });
  const sign = direction === 'desc' ? -1 : 1;
  const ordered = buckets.toSorted((a, b) =>
    by === '_count' ? sign * (a.documents.length - b.documents.length) || a.key - b.key : sign * (a.key - b.key),
  );
  const shown = ordered.map(({ key, documents }) => {
    return { key, ...asString(key), doc_count: documents.length, ...below(documents) };
  });
  if (request['keyed'] !== true) return { buckets: shown };
  const nameOf = (bucket: JsonObject): string => {
    const { key, key_as_string: text } = bucket;
    // Whole numbers of a double, as it is written in Elasticsearch.
    return typeof text === 'string' ? text : Number.isInteger(key) ? `${Number(key)}.0` : String(Number(key));
  };
  return { buckets: Object.fromEntries(shown.map((bucket) => [nameOf(bucket), bucket])) };
}

/** More than any number here has: of binary fractions down to an eighth, and of what is written with a few digits. */
const decimals = 20;

/** A number by its digits, in units of the last decimal. */
function inUnits(number: number): bigint {
  const [mantissa = '', exponent = '0'] = String(number).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(decimals - fraction.length + Number(exponent));
}

function bucketOf(value: number, interval: number, offset: number): number {
  const [distance, width] = [inUnits(value) - inUnits(offset), inUnits(interval)];
  return Number((distance - (((distance % width) + width) % width)) / width);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function durationOf(text: string): number {
  const [, count = '', unit = ''] = /^([+-]?\d+)([a-z]+)$/.exec(text) ?? [];
  return Number(count) * unitMs[unit]!;
}

const units: Readonly<Record<string, CalendarUnit>> = {
  '1h': 'hour',
  '1d': 'day',
  '1w': 'week',
  '1M': 'month',
  '1q': 'quarter',
  '1y': 'year',
};

export function intervalOf(request: JsonObject): DateInterval {
  const calendar = request['calendar_interval'];
  if (calendar === undefined) return { kind: 'fixed', ms: durationOf(asText(request['fixed_interval'])) };
  const name = asText(calendar);
  return { kind: 'calendar', unit: units[name] ?? (name as CalendarUnit) };
}

const quarterHourMs = 900_000;

/** The bucket after one: of days by the calendar; of others by trying each quarter of an hour, at which zones change their clocks today. */
function slowNext(key: number, interval: DateInterval, zone: string): number {
  if (interval.kind === 'calendar' && !['hour', 'minute', 'second'].includes(interval.unit)) {
    const months = { month: 1, quarter: 3, year: 12, day: 0, week: 0 }[interval.unit as 'month'];
    const days = { day: 1, week: 7, month: 0, quarter: 0, year: 0 }[interval.unit as 'day'];
    let date = Temporal.Instant.fromEpochMilliseconds(key).toZonedDateTimeISO(zone).toPlainDate();
    for (;;) {
      date = date.add({ months, days });
      const start = rememberedFloor(date.toZonedDateTime(zone).epochMilliseconds, interval, zone);
      if (start > key) return start;
    }
  }
  const step = interval.kind === 'fixed' ? Math.min(interval.ms, quarterHourMs) : quarterHourMs;
  for (let at = key + step; ; at += step) {
    const start = rememberedFloor(at, interval, zone);
    if (start > key) return start;
  }
}

export function shownDate(key: number, zone: string, format: Json | undefined): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(key).toZonedDateTimeISO(zone);
  const [first] = format === undefined ? [] : asText(format).split('||');
  if (first === 'epoch_millis') return String(key);
  if (first === 'yyyy-MM-dd') return zoned.toPlainDate().toString();
  if (format !== undefined) throw new Error(`the oracle does not know the format ${JSON.stringify(format)}`);
  const offset = zoned.offsetNanoseconds === 0 ? 'Z' : zoned.offset;
  return `${zoned.toPlainDateTime().toString({ smallestUnit: 'millisecond' })}${offset}`;
}
