/** What is done of an answer between two places where it can be left off, counted in looks at its parts: a clock of steps cannot see it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BucketPartial } from '../../shared/aggregation/buckets.ts';
import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { jsonInPieces } from '../http/json-in-pieces.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { finishParts } from './finish-answer.ts';

const schema: IndexDefinition['schema'] = {
  dynamic: 'strict',
  fields: { at: { kind: 'date' }, n: { kind: 'integer' }, word: { kind: 'keyword' } },
};
const index = { id: 'x', name: 'i', kind: 'document', schema, shards: 4, replicas: 1 } as IndexDefinition;

let looks = 0;
/** Some hundreds of comparisons of two keys. */
const looksMax = 1500;

/** Its members are counted whenever they are read. */
function watched<T extends object>(values: T): T {
  const made = {};
  for (const name of Object.keys(values) as (keyof T)[]) {
    Object.defineProperty(made, name, {
      enumerable: true,
      get() {
        looks++;
        return values[name];
      },
    });
  }
  return made as T;
}

const count = 2048;
const leaves = 4;
const text = (key: number): string => String(key).padStart(8, '0');
const hourMs = 3_600_000;

/** Each leaf has buckets of its own, so that all of them are looked at wherever they go. */
function partsOf(
  keyOf: (i: number) => number | string,
  aggregations: BucketPartial['aggregations'] = {},
): BucketPartial[][] {
  return Array.from({ length: leaves }, (_, leaf) =>
    Array.from({ length: count }, (__, i) =>
      watched({ key: keyOf(i * leaves + leaf), count: 1 + ((i * 7919) % 1000), aggregations }),
    ),
  );
}

const termsOf = (buckets: BucketPartial[]): AggregationPartial => {
  return { kind: 'terms', buckets, cutCountMax: 3, cutCountSum: 30 };
};
const histogramOf = (buckets: BucketPartial[]): AggregationPartial => ({ kind: 'histogram', buckets });
const terms = { field: 'word', size: leaves * count, shard_size: leaves * count };
const sum = { s: { sum: { field: 'n' } } };
const sums: BucketPartial['aggregations'] = {
  s: watched({ kind: 'metric', count: 1, sum: [4], min: 4, max: 4 } as const),
};

// Each row: what is asked, and what leaves have sent.
const rows: [name: string, aggs: object, parts: AggregationPartial[]][] = [
  ['terms, the most of all', { x: { terms } }, partsOf(text).map(termsOf)],
  ['terms, few of them', { x: { terms: { ...terms, size: 10 } } }, partsOf(text).map(termsOf)],
  ['terms, by key', { x: { terms: { ...terms, order: { _key: 'desc' } } } }, partsOf(text).map(termsOf)],
  [
    'terms by a metric',
    { x: { terms: { ...terms, size: 5, order: { s: 'desc' } }, aggs: sum } },
    partsOf(text, sums).map(termsOf),
  ],
  ['terms, out of order', { x: { terms } }, partsOf((i) => text((i * 7919) % (leaves * count))).map(termsOf)],
  [
    'a histogram by count',
    { x: { histogram: { field: 'n', interval: 1, order: { _count: 'asc' } } } },
    partsOf((i) => i).map(histogramOf),
  ],
  [
    'a histogram, keyed',
    { x: { histogram: { field: 'n', interval: 1, keyed: true, min_doc_count: 0 } } },
    partsOf((i) => i).map(histogramOf),
  ],
  [
    'a page of a composite',
    { x: { composite: { size: leaves * count, sources: [{ w: { terms: { field: 'word', order: 'desc' } } }] } } },
    partsOf((i) => JSON.stringify([text(i)])).map((buckets) => ({ kind: 'composite', buckets })),
  ],
];
/** The most looks between two yields. */
function mostLooks(work: Generator<unknown, unknown, undefined>): number {
  let most = 0;
  for (;;) {
    looks = 0;
    const { done } = work.next();
    most = Math.max(most, looks);
    if (done === true) return most;
  }
}

for (const [name, aggs, parts] of rows) {
  test(`finishParts: ${name}: never much at a time`, () => {
    const request = parseSearchBody({ size: 0, aggs }, schema, { timeoutMsMax: 1e6 });
    const { aggregations } = request;
    const asked = { index, request, aggregations };
    const work = finishParts(rootKinds, asked, { parts: parts.map((x) => ({ x })), isComplete: true });
    const most = mostLooks(work);
    assert.ok(most > 0 && most < looksMax, `${most} looks at once of ${leaves * count} buckets`);
  });
}

// Each row: a pipeline among the buckets of a histogram, or beside it.
const inBuckets: [name: string, pipeline: object][] = [
  ['derivative', { buckets_path: 's' }],
  ['cumulative_sum', { buckets_path: 's' }],
  ['moving_fn', { buckets_path: 's', window: 3, script: 'MovingFunctions.max(values)' }],
  ['bucket_script', { buckets_path: { a: 's' }, script: 'params.a + 1' }],
  ['bucket_selector', { buckets_path: { a: 's' }, script: 'params.a > 1' }],
  ['bucket_sort', { sort: [{ s: 'desc' }] }],
];
const beside = ['avg_bucket', 'stats_bucket', 'extended_stats_bucket', 'max_bucket', 'percentiles_bucket'];
const hours = { field: 'at', fixed_interval: '1h', min_doc_count: 0 };
const pipelineRows: [name: string, aggs: object][] = [
  ...inBuckets.map(([name, pipeline]): [string, object] => {
    return [name, { x: { date_histogram: hours, aggs: { ...sum, p: { [name]: pipeline } } } }];
  }),
  ...beside.map((name): [string, object] => {
    return [name, { x: { date_histogram: hours, aggs: sum }, p: { [name]: { buckets_path: 'x>s' } } }];
  }),
];
for (const [name, aggs] of pipelineRows) {
  test(`pipelines: ${name}: never much at a time`, () => {
    const { pipelines } = parseSearchBody({ size: 0, aggs }, schema, { timeoutMsMax: 1e6 });
    const buckets = Array.from({ length: leaves * count }, (_, i) => {
      return watched({ key: i * hourMs, doc_count: 1, s: { value: (i * 7919) % 1000 } });
    });
    const most = mostLooks(pipelines!.run({ x: { buckets } }, { isComplete: true }));
    assert.ok(most > 0 && most < looksMax, `${most} looks at once of ${leaves * count} buckets`);
  });
}

const source = JSON.stringify({ text: 'x'.repeat(20_000) });

test('finishParts: sources of hits are passed on, and none is parsed', () => {
  const aggs = { x: { top_hits: { size: 100, sort: [{ n: 'asc' }] } } };
  const request = parseSearchBody({ size: 0, aggs }, schema, { timeoutMsMax: 1e6 });
  const hits = (leaf: number) =>
    Array.from({ length: 100 }, (_, i) =>
      watched({ index: 'x', shard: leaf, offset: i, key: `${i}`, values: [i], source: `${source.slice(0, -1)}, ` }),
    );
  const parts = Array.from({ length: leaves }, (_, leaf): AggregationPartial => {
    return { kind: 'top_hits', count: 100, hits: hits(leaf) };
  });
  const asked = { index, request, aggregations: request.aggregations };
  const work = finishParts(rootKinds, asked, { parts: parts.map((x) => ({ x })), isComplete: true });
  const steps: Generator<void, void, undefined> = (function* all() {
    // What is no JSON is told as it is.
    const written = [...jsonInPieces(yield* work)].join('');
    assert.equal(written.split('{"text":').length, 101);
  })();
  assert.ok(mostLooks(steps) < looksMax);
});
