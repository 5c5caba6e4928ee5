/**
 * From a `buckets_path` to the number that it leads to in a bucket. Paths are resolved when a request is read, by what is
 * asked for: whether there is a number is known before there is a bucket.
 *
 *     path    = { element, ">" }, ( element, [ ".", number ] | "_count" | "_key" ) ;
 *     element = name, [ "['", key, "']" ] ;        (* in a key, > is a character like others *)
 *
 * A name may have dots: the longest that is known is taken.
 */
import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { bucketNames } from '../../shared/aggregation/filters.ts';
import { aggregationTable } from '../../shared/aggregation/table.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { readNonEmptyString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { elementOf, numberMeant, splitPath, type PathElement } from '../query/aggregations/number-path.ts';
import { numbersOf } from '../query/aggregations/numbers-of.ts';
import { callerAggregations } from '../query/aggregations/table.ts';
import { BucketPath, type BucketsPath, type NumberOf } from './bucket-path.ts';
import type { Owner, Pipeline } from './definition.ts';
import type { Shown } from './shown.ts';
import { bucketsOf, documentsIn, keyText } from './shown-buckets.ts';

/** What stands in one `aggs`: the aggregations, the pipelines, and what is asked below the aggregations. */
export interface PathLevel {
  readonly requests: AggregationRequests;
  /** Names of the pipelines. */
  readonly pipelines: readonly string[];
  /** Reads it first where that was not done. @throws SheafError BUCKETS_PATH_CIRCULAR and what reading it throws */
  readonly pipeline: (name: string, node: RequestNode) => Pipeline;
  /** What is asked in the buckets of an aggregation. */
  readonly below: (name: string) => PathLevel;
}

/** A path to a number of each bucket of the owner. @throws SheafError BUCKETS_PATH_…, REQUEST_TYPE_WRONG */
export function readBucketPath(node: RequestNode, level: PathLevel, owner: Owner | null): BucketPath {
  const path = readNonEmptyString(node);
  if (path === '_count') return new BucketPath(documentsIn, true);
  if (path === '_key') return keyPath(node, owner);
  return new BucketPath(new Resolving(node, path).numberIn(splitPath(path), level), false);
}

/** A path through an aggregation with several buckets to a number of each of these. @throws SheafError BUCKETS_PATH_…, REQUEST_TYPE_WRONG */
export function readBucketsPath(node: RequestNode, level: PathLevel): BucketsPath {
  const path = readNonEmptyString(node);
  return new Resolving(node, path).bucketsIn(splitPath(path), level);
}

/** The key where it is a number. */
function keyPath(node: RequestNode, owner: Owner | null): BucketPath {
  const isNumber =
    owner !== null &&
    (callerAggregations[owner.kind].buckets === 'sequence' ||
      ('values' in owner.request && owner.request.values === 'number'));
  if (isNumber) return new BucketPath((bucket) => numberFrom(bucket['key']), false);
  throw node.fault('BUCKETS_PATH_NO_NUMBER', { path: '_key', reason: 'the keys of these buckets are no numbers' });
}

class Resolving {
  private readonly node: RequestNode;
  private readonly path: string;

  constructor(node: RequestNode, path: string) {
    this.node = node;
    this.path = path;
  }

  numberIn([text = '', ...rest]: readonly string[], level: PathLevel): NumberOf {
    const element = this.elementOf(text, level);
    const { name } = element;
    if (level.pipelines.includes(name)) return this.numberOfPipeline(element, rest, level);
    const request = level.requests[name]!;
    if (!aggregationTable[request.kind].nests) return this.numberOfMetric(element, rest, request);
    const below = this.bucketFor(element, request);
    if (rest.length === 0) return this.numberOfBuckets(element, request, below);
    if (below === null) {
      throw this.fault('BUCKETS_PATH_SEVERAL', {
        name,
        reason: `${request.kind} has several buckets`,
        allowed: this.chosen(name),
      });
    }
    const inner = rest[0] === '_count' && rest.length === 1 ? documentsIn : this.numberIn(rest, level.below(name));
    return this.numberBelow(below, inner);
  }

  bucketsIn([text = '', ...rest]: readonly string[], level: PathLevel): BucketsPath {
    const element = this.elementOf(text, level);
    const { name, key, number } = element;
    const request = level.requests[name];
    if (request === undefined || !aggregationTable[request.kind].nests || key !== null || number !== null) {
      const kind = request?.kind ?? 'a pipeline';
      throw this.fault('BUCKETS_PATH_NO_BUCKETS', { name, reason: `${kind} has no buckets to go through` });
    }
    const below = level.below(name);
    if (isSingle(request)) {
      const inner = this.bucketsIn(rest, below);
      return { ...inner, buckets: (results) => inner.buckets(results[name] as Shown) };
    }
    if (rest.length === 0)
      throw this.fault('BUCKETS_PATH_SEVERAL', {
        name,
        reason: 'it ends at the buckets',
        allowed: this.within(name, below),
      });
    const isCount = rest.length === 1 && rest[0] === '_count';
    const inBucket = new BucketPath(isCount ? documentsIn : this.numberIn(rest, below), isCount);
    return { buckets: (results) => bucketsOf(results[name] as Shown), inBucket };
  }

  private numberOfPipeline({ name, key, number }: PathElement, rest: readonly string[], level: PathLevel): NumberOf {
    const { numbers, readNumber = propertyOf } = level.pipeline(name, this.node);
    this.requireEnd(name, rest);
    const chosen = this.numberNamed(name, key ?? number, numbers);
    return (bucket) => {
      const result = bucket[name];
      return isObject(result) ? numberFrom(readNumber(result, chosen)) : NaN;
    };
  }

  private numberOfMetric(
    { name, key, number }: PathElement,
    rest: readonly string[],
    request: AggregationRequest,
  ): NumberOf {
    this.requireEnd(name, rest);
    const { names, placeOf } = numbersOf(request);
    const place = placeOf(this.numberNamed(name, key ?? number, names));
    return (bucket) => numberFrom(valueAt(bucket[name], place));
  }

  /** What an aggregation with buckets has besides them. @param below null where it has several */
  private numberOfBuckets(
    { name, number }: PathElement,
    request: AggregationRequest,
    below: ((bucket: Shown) => Shown | undefined) | null,
  ): NumberOf {
    if (number === '_bucket_count' && !isSingle(request)) return (bucket) => bucketsOf(bucket[name] as Shown).length;
    if (below !== null && number === '_count') return this.numberBelow(below, documentsIn);
    const allowed = below === null ? [`${name}._bucket_count`] : [`${name}>_count`];
    if (below === null && number === null) {
      throw this.fault('BUCKETS_PATH_SEVERAL', {
        name,
        reason: `${request.kind} has several buckets`,
        allowed: [...allowed, ...this.chosen(name)],
      });
    }
    throw this.fault('BUCKETS_PATH_NO_NUMBER', { name, reason: `${request.kind} is no number`, allowed });
  }

  /** Which bucket of an aggregation is meant: its only one, or that of a key; null where none is. */
  private bucketFor(
    { name, key }: PathElement,
    request: AggregationRequest,
  ): ((bucket: Shown) => Shown | undefined) | null {
    if (isSingle(request)) return (bucket) => bucket[name] as Shown;
    if (key === null) return null;
    if (request.kind === 'filters') this.requireKey(name, key, bucketNames(request));
    return (bucket) => bucketOfKey(bucket[name] as Shown, key);
  }

  private requireKey(name: string, key: string, keys: readonly string[]): void {
    if (keys.includes(key)) return;
    throw this.fault('BUCKETS_PATH_UNKNOWN', {
      name,
      reason: `it has no bucket ${JSON.stringify(key)}`,
      allowed: keys,
    });
  }

  private numberBelow(below: (bucket: Shown) => Shown | undefined, inner: NumberOf): NumberOf {
    return (bucket) => {
      const found = below(bucket);
      return found === undefined ? NaN : inner(found);
    };
  }

  private numberNamed(name: string, number: string | null, numbers: readonly string[]): string {
    if (numbers.length === 0) throw this.fault('BUCKETS_PATH_NO_NUMBER', { name, reason: 'it has no number' });
    const allowed = numbers.map((each) => `${name}.${each}`);
    const meant = numberMeant(numbers, number);
    if (meant !== undefined) return meant;
    if (number === null) throw this.fault('BUCKETS_PATH_SEVERAL', { name, reason: 'it has several numbers', allowed });
    throw this.fault('BUCKETS_PATH_UNKNOWN', { name, reason: `it has no ${JSON.stringify(number)}`, allowed });
  }

  private requireEnd(name: string, rest: readonly string[]): void {
    if (rest.length === 0) return;
    throw this.fault('BUCKETS_PATH_UNKNOWN', { name, reason: 'nothing is nested in it', allowed: [name] });
  }

  private elementOf(text: string, level: PathLevel): PathElement {
    const names = [...Object.keys(level.requests), ...level.pipelines];
    const found = elementOf(text, (name) => names.includes(name));
    if (found !== null) return found;
    throw this.fault('BUCKETS_PATH_UNKNOWN', { name: text, reason: 'there is nothing of this name', allowed: names });
  }

  private chosen(name: string): string[] {
    return [`${name}['key']>_count`];
  }

  private within(name: string, below: PathLevel): string[] {
    return ['_count', ...Object.keys(below.requests), ...below.pipelines].map((inner) => `${name}>${inner}`);
  }

  private fault(
    code: 'BUCKETS_PATH_UNKNOWN' | 'BUCKETS_PATH_SEVERAL' | 'BUCKETS_PATH_NO_NUMBER' | 'BUCKETS_PATH_NO_BUCKETS',
    detail: Readonly<Record<string, unknown>>,
  ): Error {
    return this.node.fault(code, { path: this.path, ...detail });
  }
}

function isSingle({ kind }: AggregationRequest): boolean {
  return callerAggregations[kind].buckets === 'one';
}

/** What stands in a result at a place, which it has. */
function valueAt(result: unknown, place: readonly string[]): unknown {
  return place.reduce((value, name) => (value as Shown)[name], result);
}

function propertyOf(result: Shown, name: string): unknown {
  return result[name];
}

/** Sums that no double holds are strings: to the nearest double here. */
function numberFrom(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? Number(value) : NaN;
}

function bucketOfKey(result: Shown, key: string): Shown | undefined {
  const { buckets } = result;
  if (isObject(buckets)) return Object.hasOwn(buckets, key) ? (buckets[key] as Shown) : undefined;
  return bucketsOf(result).find((bucket) => keyText(bucket) === key || String(bucket['key']) === key);
}
