/** Ranges of numbers, dates and addresses. */
import type { IndexedField } from '../../shared/schema/schema.ts';
import { shownAddress } from './addresses.ts';
import { compareValues, type StoredDocument, valueOf, valuesOf } from './collection.ts';
import { shownDate } from './histograms.ts';
import { asObject, asText, type Json, type JsonObject, type Scalar } from './json.ts';

type Below = (documents: readonly StoredDocument[]) => JsonObject;

interface Range {
  readonly key: string;
  readonly from?: number | string;
  readonly to?: number | string;
  /** What its bucket has besides the count. */
  readonly shown: JsonObject;
}

export function range(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['field', 'ranges', 'keyed', 'missing']);
  const ranges = rangesOf(request, Number, (bound) => ({ name: named(Number(bound)), shown: bound }));
  return answer(documents, field, { request, ranges, missing: request['missing'] as number | undefined }, below);
}

export function dateRange(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['field', 'ranges', 'keyed', 'missing', 'format', 'time_zone']);
  const zone = request['time_zone'] === undefined ? 'UTC' : asText(request['time_zone']);
  const asString = (bound: number | string): string => shownDate(Number(bound), zone, request['format']);
  const ranges = rangesOf(
    request,
    (bound) => dateOf(bound, zone),
    (bound) => ({ name: asString(bound), shown: bound, asString: asString(bound) }),
  );
  const missing = request['missing'] === undefined ? undefined : dateOf(request['missing'], zone);
  return answer(documents, field, { request, ranges, missing }, below);
}

export function ipRange(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['field', 'ranges', 'keyed']);
  const address = (bound: number | string): string => shownAddress(bound);
  const ranges = rangesOf(
    request,
    (bound) => valueOf('ip', bound),
    (bound) => ({ name: address(bound), shown: address(bound) }),
  );
  return answer(documents, field, { request, ranges, missing: undefined }, below);
}

interface Asked {
  readonly request: JsonObject;
  readonly ranges: readonly Range[];
  readonly missing: number | undefined;
}

function answer(
  documents: readonly StoredDocument[],
  field: IndexedField,
  { request, ranges, missing }: Asked,
  below: Below,
): JsonObject {
  const buckets = ranges.map(({ key, from, to, shown }): [string, JsonObject] => {
    const held = documents.filter((document) => {
      const values = valuesOf(document, field);
      if (values.length === 0 && missing !== undefined) values.push(missing);
      return values.some((value) => {
        return (
          (from === undefined || compareValues(value, from) >= 0) && (to === undefined || compareValues(value, to) < 0)
        );
      });
    });
    return [key, { ...shown, doc_count: held.length, ...below(held) }];
  });
  if (request['keyed'] === true) return { buckets: Object.fromEntries(buckets) };
  return { buckets: buckets.map(([key, bucket]) => ({ key, ...bucket })) };
}

interface ShownBound {
  readonly name: string;
  readonly shown: Scalar;
  readonly asString?: string;
}

function rangesOf(
  request: JsonObject,
  read: (bound: Json) => number | string,
  show: (bound: number | string) => ShownBound,
): Range[] {
  const ranges = (request['ranges'] as Json[]).map((json): Range => {
    const { key, from, to, mask } = asObject(json, ['key', 'from', 'to', 'mask']);
    const [low, high] =
      mask === undefined
        ? [from, to].map((bound) => (bound === undefined ? undefined : read(bound)))
        : blockOf(asText(mask), read);
    const [first, last] = [low, high].map((bound) => (bound === undefined ? undefined : show(bound)));
    const name = key ?? mask ?? `${first?.name ?? '*'}-${last?.name ?? '*'}`;
    const shown = { ...shownBound('from', first), ...shownBound('to', last) };
    return {
      key: asText(name),
      ...(low === undefined ? {} : { from: low }),
      ...(high === undefined ? {} : { to: high }),
      shown,
    };
  });
  const begin = (a: Range, b: Range): number =>
    a.from === undefined || b.from === undefined
      ? Number(a.from !== undefined) - Number(b.from !== undefined)
      : compareValues(a.from, b.from);
  const end = (a: Range, b: Range): number =>
    a.to === undefined || b.to === undefined
      ? Number(a.to === undefined) - Number(b.to === undefined)
      : compareValues(a.to, b.to);
  return ranges.sort((a, b) => begin(a, b) || end(a, b));
}

function shownBound(name: string, bound: ShownBound | undefined): JsonObject {
  if (bound === undefined) return {};
  return { [name]: bound.shown, ...(bound.asString === undefined ? {} : { [`${name}_as_string`]: bound.asString }) };
}

/** Of IPv4 with whole octets, which is all that is generated. */
function blockOf(mask: string, read: (bound: Json) => number | string): (number | string)[] {
  const [address = '', bits = ''] = mask.split('/');
  const octets = address
    .split('.')
    .slice(0, Number(bits) / 8)
    .map(Number);
  const fourOf = (some: readonly number[]): string => [...some, 0, 0, 0].slice(0, 4).join('.');
  return [read(fourOf(octets)), read(fourOf([...octets.slice(0, -1), octets.at(-1)! + 1]))];
}

/** Milliseconds, an instant, a day of the zone's calendar, or one with `||-1M/M` behind it. */
function dateOf(json: Json, timeZone: string): number {
  if (typeof json === 'number') return json;
  const text = asText(json);
  if (text.endsWith('Z')) return Date.parse(text);
  const [day = '', math] = text.split('||');
  const date = Temporal.PlainDate.from(day);
  if (math !== undefined && math !== '-1M/M') throw new Error(`the oracle does not know ${math}`);
  const found = math === undefined ? date : date.subtract({ months: 1 }).with({ day: 1 });
  return found.toZonedDateTime(timeZone).epochMilliseconds;
}

function named(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}
