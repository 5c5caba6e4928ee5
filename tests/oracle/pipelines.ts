/** Aggregations of the results of others, computed from the answer as the caller sees it. */
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject, onlyEntry } from './json.ts';
import { numberAt } from './number-at.ts';
import { bucketChoices, bucketScripts, windowScripts } from './scripts.ts';

type Named = readonly (readonly [name: string, kind: string, body: JsonObject])[];

const besideKinds = [
  'avg_bucket',
  'sum_bucket',
  'min_bucket',
  'max_bucket',
  'stats_bucket',
  'extended_stats_bucket',
  'percentiles_bucket',
];
const lastKinds = ['bucket_selector', 'bucket_sort'];
const kinds = ['derivative', 'cumulative_sum', 'moving_fn', 'bucket_script', ...lastKinds, ...besideKinds];

export function isPipeline(request: Json): boolean {
  return Object.keys(asObject(request)).some((name) => kinds.includes(name));
}

function pipelinesOf(requests: JsonObject): Named {
  return Object.entries(requests)
    .filter(([, request]) => isPipeline(request))
    .map(([name, request]) => {
      const [kind, body] = onlyEntry(request);
      return [name, kind, asObject(body)] as const;
    });
}

/** Results of a level with those of the pipelines beside aggregations. */
export function withBeside(results: JsonObject, requests: JsonObject): JsonObject {
  const beside = pipelinesOf(requests).filter(([, kind]) => besideKinds.includes(kind));
  return {
    ...results,
    ...Object.fromEntries(beside.map(([name, kind, body]) => [name, ofBuckets(kind, body, results)])),
  };
}

/** The result of an aggregation with what the pipelines in its buckets make of them. */
export function withInside(result: JsonObject, requests: JsonObject): JsonObject {
  const inside = pipelinesOf(requests).filter(([, kind]) => !besideKinds.includes(kind));
  if (inside.length === 0) return result;
  const first = inside.filter(([, kind]) => !lastKinds.includes(kind));
  const last = [
    ...inside.filter(([, kind]) => kind === 'bucket_selector'),
    ...inside.filter(([, kind]) => kind === 'bucket_sort'),
  ];
  const { buckets: all } = result;
  let buckets = isObject(all) ? Object.entries(all).map(called) : asList(all).map((bucket) => asObject(bucket));
  for (const [name, kind, body] of [...inOrder(first), ...last]) buckets = inBuckets(name, kind, body, buckets);
  if (!isObject(all)) return { ...result, buckets };
  return { ...result, buckets: Object.fromEntries(buckets.map(({ [ownName]: name, ...bucket }) => [name!, bucket])) };
}

/** What a bucket is called, while it is in a list: no aggregation has this name. */
const ownName = '[name]';

function called([name, bucket]: readonly [string, Json]): JsonObject {
  return { ...asObject(bucket), [ownName]: name };
}

/** Each after those that it names: whichever can be next is taken, until none is left. */
function inOrder(pipelines: Named): Named {
  const left = [...pipelines];
  const ordered = [];
  while (left.length > 0) {
    const names = left.map(([name]) => name);
    const next = left.findIndex(
      ([, , body]) => !names.some((name) => JSON.stringify(body['buckets_path']).includes(`"${name}"`)),
    );
    if (next < 0) throw new Error('the oracle cannot order pipelines that go in a circle');
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

/** NaN where the bucket says nothing. */
function valueIn(bucket: JsonObject, path: string, policy: Json | undefined): number {
  const value = numberAt(bucket, path);
  if (path === '_count') return value!;
  const isGap = value === null || bucket['doc_count'] === 0;
  if (isGap && policy === 'insert_zeros') return 0;
  if (isGap && policy !== 'keep_values') return NaN;
  return value ?? NaN;
}

/** Buckets of filters without names are called by their places. */
const keyOf = ({ key, key_as_string: asString, [ownName]: name }: JsonObject, place: number): string => {
  if (typeof asString === 'string') return asString;
  if (key === undefined) return typeof name === 'string' ? name : String(place);
  return typeof key === 'string' ? key : String(Number(key));
};

const shown = (value: number): Json => ({ value: Number.isFinite(value) ? value : null });

function inBuckets(name: string, kind: string, body: JsonObject, buckets: readonly JsonObject[]): JsonObject[] {
  const policy = body['gap_policy'];
  const paths = (): number[][] =>
    buckets.map((bucket) =>
      Object.values(asObject(body['buckets_path'])).map((path) => valueIn(bucket, asText(path), policy)),
    );
  const values = (): number[] => buckets.map((bucket) => valueIn(bucket, asText(body['buckets_path']), policy));
  const give = (results: readonly (Json | undefined)[]): JsonObject[] =>
    buckets.map((bucket, i) => (results[i] === undefined ? bucket : { ...bucket, [name]: results[i] }));
  switch (kind) {
    case 'derivative':
      return give(values().map((value, i, all) => (i === 0 ? undefined : shown(value - all[i - 1]!))));
    case 'cumulative_sum': {
      const numbers = buckets.map((bucket) => valueIn(bucket, asText(body['buckets_path']), 'insert_zeros'));
      return give(numbers.map((_, i) => shown(numbers.slice(0, i + 1).reduce((sum, value) => sum + value, 0))));
    }
    case 'moving_fn': {
      const [length, shift] = [asNumber(body['window'], 0), asNumber(body['shift'], 0)];
      const all = values();
      const present = all.filter((value) => !Number.isNaN(value));
      return give(
        all.map((value, i) => {
          if (Number.isNaN(value)) return undefined;
          const place = all.slice(0, i).filter((before) => !Number.isNaN(before)).length;
          const window = present.filter((_, at) => at >= place - length + shift && at < place + shift);
          return shown(windowScripts[asText(body['script'])]!(window));
        }),
      );
    }
    case 'bucket_script':
      return give(
        paths().map(([a, n]) =>
          Number.isNaN(a) || Number.isNaN(n) ? undefined : shown(bucketScripts[asText(body['script'])]!(a!, n!)),
        ),
      );
    case 'bucket_selector': {
      const numbers = paths();
      return buckets.filter((_, i) => bucketChoices[asText(body['script'])]!(numbers[i]![0]!, numbers[i]![1]!));
    }
    case 'bucket_sort':
      return sorted(body, buckets);
    default:
      throw new Error(`the oracle does not know the pipeline ${kind}`);
  }
}

function sorted(body: JsonObject, buckets: readonly JsonObject[]): JsonObject[] {
  const from = asNumber(body['from'], 0);
  const page = (all: readonly JsonObject[]): JsonObject[] => all.slice(from, from + asNumber(body['size'], all.length));
  if (body['sort'] === undefined) return page(buckets);
  const keys = asList(body['sort']).map((key) => onlyEntry(key));
  const of = (bucket: JsonObject): number[] =>
    keys.map(([path]) => (path === '_key' ? Number(bucket['key']) : valueIn(bucket, path, body['gap_policy'])));
  const told = buckets.filter((bucket) => of(bucket).some((value) => !Number.isNaN(value)));
  // From the last key to the first: sorting leaves equal ones as they were.
  for (let i = keys.length - 1; i >= 0; i--) {
    const sign = keys[i]![1] === 'desc' ? -1 : 1;
    told.sort((a, b) => {
      const [one, other] = [of(a)[i]!, of(b)[i]!];
      if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
      return sign * (one - other);
    });
  }
  return page(told);
}

function ofBuckets(kind: string, body: JsonObject, results: JsonObject): JsonObject {
  const [name = '', ...rest] = asText(body['buckets_path']).split('>');
  const { buckets: all } = asObject(results[name]);
  const buckets = isObject(all) ? Object.entries(all).map(called) : asList(all).map((bucket) => asObject(bucket));
  const found = buckets
    .map((bucket, place) => ({ key: keyOf(bucket, place), value: valueIn(bucket, rest.join('>'), body['gap_policy']) }))
    .filter(({ value }) => !Number.isNaN(value));
  const numbers = found.map(({ value }) => value).sort((a, b) => a - b);
  const sum = numbers.reduce((total, value) => total + value, 0);
  const mean = sum / numbers.length;
  const keysOf = (value: number | undefined): Json =>
    found.filter((each) => each.value === value).map(({ key }) => key);
  const orNull = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  switch (kind) {
    case 'avg_bucket':
      return { value: orNull(mean) };
    case 'sum_bucket':
      return { value: sum };
    case 'min_bucket':
      return { value: orNull(numbers[0]), keys: keysOf(numbers[0]) };
    case 'max_bucket':
      return { value: orNull(numbers.at(-1)), keys: keysOf(numbers.at(-1)) };
    case 'stats_bucket':
      return { count: numbers.length, min: orNull(numbers[0]), max: orNull(numbers.at(-1)), avg: orNull(mean), sum };
    case 'percentiles_bucket': {
      const percents = asList(body['percents']).map(Number);
      const at = (percent: number): number | null =>
        orNull(numbers[Math.floor((percent / 100) * (numbers.length - 1) + 0.5)]);
      return { values: Object.fromEntries(percents.map((percent) => [percent.toFixed(1), at(percent)])) };
    }
    default:
      throw new Error(`the oracle does not know the pipeline ${kind}`);
  }
}
