/** A bucket for each day, month or other interval of a zone's calendar that values of a date field fall in. */
import { calendarUnits, DateBorders, fixedMsMax, type DateInterval } from '../dates/date-borders.ts';
import { FormatFault, parseFormat, type DateFormat } from '../dates/date-format.ts';
import { showDate } from '../dates/show-date.ts';
import { zoneNamed, type Zone } from '../dates/zone.ts';
import { integerWithin, oneOf, readString, type Reader } from '../json/readers.ts';
import { shaped, validateProperty, type Validator } from '../json/validators.ts';
import { listBytes } from './answer-budget.ts';
import { anyThatMatch, areBuckets, mergeBuckets, type BucketPartial, type ShowKey } from './buckets.ts';
import { narrowed, type Missing } from './missing-shards.ts';
import { boundsOfField } from '../protocol/columns-report.ts';
import type { AggregationDefinition, Finishing } from './definition.ts';
import { keepInSteps, type Steps } from './steps.ts';
import {
  finishHistogram,
  optionalOptions,
  requiredOptions,
  type HistogramOptions,
  type HistogramPartial,
  type HistogramResult,
} from './histogram-options.ts';

export type DateHistogramRequest = HistogramOptions & {
  readonly kind: 'date_histogram';
  readonly field: string;
  readonly interval: DateInterval;
  /** As `zoneNamed` takes it. */
  readonly timeZone: string;
  /** Moves all borders, in milliseconds; at most `fixedMsMax` either way. */
  readonly offset: number;
  /** How keys are shown as strings; ISO 8601 where it is left out. */
  readonly format?: string;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly date_histogram: {
      readonly request: DateHistogramRequest;
      /** The key of a bucket is the instant at which it begins. */
      readonly partial: HistogramPartial;
      readonly result: HistogramResult;
    };
  }
}

const validateKind = oneOf(['calendar', 'fixed']);
const validateCalendar = shaped({ unit: oneOf(calendarUnits) });
const validateFixed = shaped({ ms: integerWithin(1, fixedMsMax) });

export const validateInterval: Validator = (node) =>
  validateProperty(node, 'kind', validateKind) === 'calendar' ? validateCalendar(node) : validateFixed(node);

export const readZone: Reader<Zone> = (node) => {
  const zone = zoneNamed(readString(node));
  if (zone === undefined) {
    throw node.invalid({
      expected: 'a time zone: a name such as Europe/Paris, an offset such as +02:00 of at most 18 hours, or Z',
    });
  }
  return zone;
};

export const readFormat: Reader<DateFormat> = (node) => {
  const format = parseFormat(readString(node));
  if (format instanceof FormatFault) throw node.invalid({ expected: format.expected });
  return format;
};

export const dateHistogram: AggregationDefinition<'date_histogram'> = {
  nests: true,
  partialKind: 'histogram',
  validate: shaped(
    {
      ...requiredOptions,
      field: readString,
      interval: validateInterval,
      timeZone: readZone,
      offset: integerWithin(-fixedMsMax, fixedMsMax),
    },
    { ...optionalOptions, format: readFormat },
  ),
  isPartial: ({ aggregations }, { buckets }, checking) =>
    areBuckets(aggregations, buckets, Number.isSafeInteger, checking),
  resultBytes: () => listBytes,
  *merge(request, parts, mergeNested) {
    return { kind: 'histogram', buckets: yield* mergeBuckets(request.aggregations, parts, mergeNested) };
  },
  *finish(request, { buckets }, finishing) {
    const { minDocCount } = request;
    const listed =
      minDocCount === 0
        ? yield* fillGaps(request, buckets, finishing)
        : yield* keepInSteps(buckets, ({ count }) => count >= minDocCount);
    const limits = { missingIn: missingInBuckets(request), shownFrom: minDocCount };
    return yield* finishHistogram(request, listed, { show: dateKeys(request), limits }, finishing);
  },
};

/** A bucket that begins after the last date of a shard, or ends before the first, has none of its documents. */
function missingInBuckets(request: DateHistogramRequest): (key: BucketPartial['key'], missing: Missing) => Missing {
  // Documents without a date are in a bucket then.
  if (request.missing !== undefined) return anyThatMatch;
  const borders = bordersOf(request);
  return (key, missing) => {
    const [begin, end] = [Number(key), borders.next(Number(key))];
    return narrowed(missing, ({ columns }) => {
      const { most, low, high } = boundsOfField(columns, request.field);
      return most > 0 && high >= begin && low < end;
    });
  };
}

/** How instants are shown as keys. */
export function dateKeys({ timeZone, format }: { readonly timeZone: string; readonly format?: string }): ShowKey {
  const zone = knownZone(timeZone);
  const parsed = format === undefined ? null : knownFormat(format);
  return (key) => ({ key, asString: showDate(Number(key), parsed, zone) });
}

/** Of a request that was validated. */
function knownZone(name: string): Zone {
  const zone = zoneNamed(name);
  if (zone === undefined) throw new Error(`no time zone ${name}`);
  return zone;
}

function knownFormat(text: string): DateFormat {
  const format = parseFormat(text);
  if (format instanceof FormatFault) throw new Error(`no format ${text}`);
  return format;
}

/** Where the buckets of a request begin. */
export function bordersOf({
  interval,
  timeZone,
  offset,
}: Pick<DateHistogramRequest, 'interval' | 'timeZone' | 'offset'>): DateBorders {
  return new DateBorders(interval, knownZone(timeZone), offset);
}

/** The buckets with empty ones between them, and up to the extended bounds. */
function* fillGaps(
  request: DateHistogramRequest,
  buckets: readonly BucketPartial[],
  finishing: Finishing,
): Steps<readonly BucketPartial[]> {
  const borders = bordersOf(request);
  // Bounds name days, say, and not what the offset makes of them.
  const plain = bordersOf({ ...request, offset: 0 });
  const boundOf = (bound: number | undefined): number | undefined =>
    bound === undefined ? undefined : plain.floor(bound) + request.offset;
  const [low, high] = [boundOf(request.extendedBounds?.min), boundOf(request.extendedBounds?.max)];
  const first = Math.min(keyOr(buckets[0], Infinity), low ?? Infinity);
  const last = Math.max(keyOr(buckets.at(-1), -Infinity), high ?? -Infinity);
  if (!Number.isFinite(first) || !Number.isFinite(last) || first > last) return buckets;
  const aggregations = finishing.empty(request.aggregations);
  const filled: BucketPartial[] = [];
  let [next, before] = [0, NaN];
  for (let [key, count] = [first, 1]; key <= last; key = borders.next(key), count++) {
    // One by one, so that a leaf with other borders, such as of a newer database of zones, loses none of its buckets.
    for (; next < buckets.length && keyOr(buckets[next], NaN) <= key; next++) {
      filled.push(buckets[next]!);
      before = keyOr(buckets[next], NaN);
    }
    finishing.foresee(count, request.aggregations);
    if (finishing.pace.isDue()) yield;
    if (before !== key) filled.push({ key, count: 0, aggregations });
  }
  for (; next < buckets.length; next++) filled.push(buckets[next]!);
  return filled;
}

function keyOr(bucket: BucketPartial | undefined, none: number): number {
  return bucket === undefined ? none : Number(bucket.key);
}
