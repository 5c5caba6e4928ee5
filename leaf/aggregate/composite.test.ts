import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompositeRequest } from '../../shared/aggregation/composite.ts';
import type { CompositeSource } from '../../shared/aggregation/composite/source.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { keyOfTuple, tupleOfKey, type Tuple } from '../../shared/aggregation/tuple-key.ts';
import { wholeAnswer } from '../../shared/aggregation/whole-answer.fixture.ts';
import { limits } from '../../shared/limits.ts';
import { naiveComposite } from '../collect/naive-tuples.fixture.ts';
import type { NaiveDocument } from '../collect/naive-search.fixture.ts';
import { Dictionary } from '../dictionary/dictionary.ts';
import { Draw, names } from '../segment/random-documents.fixture.ts';
import { aggregateAll, segmentOf } from './aggregate.fixture.ts';
import { topBuckets } from './document-batch.ts';
import { makeCollectors } from './make-collectors.ts';
import { TaskBudget } from './task-budget.ts';
import { TaskDocuments } from './task-documents.ts';
import { TaskFilters } from './task-filters.ts';

const name: CompositeSource = {
  name: 'n',
  by: 'terms',
  field: 'author.name',
  values: 'string',
  show: 'plain',
  descending: false,
};
const rank: CompositeSource = {
  name: 'r',
  by: 'terms',
  field: 'rank',
  values: 'number',
  show: 'plain',
  descending: false,
};
const tens: CompositeSource = { name: 't', by: 'histogram', field: 'rank', interval: 10, offset: 0, descending: false };

const months: CompositeSource = {
  name: 'm',
  by: 'date_histogram',
  field: 'made',
  interval: { kind: 'calendar', unit: 'month' },
  timeZone: 'Europe/Paris',
  offset: 0,
  descending: false,
};

// Each row: the sources.
const rows: readonly (readonly [title: string, sources: readonly CompositeSource[]])[] = [
  ['a keyword', [name]],
  ['a number, descending', [{ ...rank, descending: true }]],
  ['an interval and a keyword', [{ ...tens, descending: true }, name]],
  [
    'what is missing first',
    [
      { ...name, descending: true, missing: 'first' },
      { ...rank, missing: 'first' },
    ],
  ],
  ['a month in a zone, descending', [{ ...months, descending: true, missing: 'first' }, name]],
  ['what is missing last', [{ ...tens, missing: 'last' }, { ...name, missing: 'last' }, rank]],
];

interface Page {
  readonly after_key?: object;
  readonly buckets: readonly { readonly key: object; readonly doc_count: number }[];
}

for (const [title, sources] of rows) {
  test(`composite: pages to the end have every bucket once: ${title}`, (t) => {
    const seed = 17;
    t.diagnostic(`seed ${seed}`);
    const draw = new Draw(seed);
    for (let run = 0; run < 12; run++) {
      const leaves = Array.from({ length: 1 + draw.below(4) }, () =>
        Array.from({ length: 40 }, () => randomDocument(draw)),
      );
      const segments = leaves.map((documents) => segmentOf(documents));
      const pageOf = (size: number, after: Tuple | null): { page: Page; last: Tuple | null } => {
        const request: CompositeRequest = {
          kind: 'composite',
          sources,
          size,
          aggregations: {},
          ...(after && { after }),
        };
        const parts = segments.map((segment) => aggregateAll([segment], { c: request }));
        const merged = mergeAggregations({ c: request }, draw.chance(0.5) ? parts : parts.toReversed());
        const { c } = finishAggregations({ c: request }, merged, wholeAnswer);
        const naive = naiveComposite(request, leaves.flat().map(naiveDocumentOf), () => ({}));
        const key = naive.buckets.at(-1)?.key;
        const page = JSON.parse(JSON.stringify(c)) as Page;
        assert.deepEqual(
          page.buckets.map(({ doc_count: count }) => count),
          naive.buckets.map(({ count }) => count),
        );
        return { page, last: key === undefined ? null : tupleOfKey(key) };
      };
      const { page: whole } = pageOf(100_000, null);
      const size = 1 + draw.below(9);
      const paged: unknown[] = [];
      let after: Tuple | null = null;
      for (let isOver = false; !isOver;) {
        const { page, last } = pageOf(size, after);
        paged.push(...page.buckets);
        assert.deepEqual(page.after_key, page.buckets.at(-1)?.key);
        isOver = last === null;
        after = last;
      }
      assert.deepEqual(paged, whole.buckets);
    }
  });
}

interface RandomDocument {
  readonly author: { readonly name: readonly string[] };
  readonly rank: readonly number[];
  readonly made: readonly number[];
}

function randomDocument(draw: Draw): RandomDocument {
  return {
    author: { name: draw.some(2, () => draw.pick(names)) },
    rank: draw.some(2, () => draw.below(60) - 20),
    made: draw.some(2, () => (draw.below(600) - 300) * 86_400_000),
  };
}

function naiveDocumentOf({ author, rank: ranks, made }: RandomDocument): NaiveDocument {
  const values = new Map<string, readonly (string | number)[]>([
    ['author.name', author.name],
    ['rank', ranks],
    ['made', made],
  ]);
  return { shard: 0, offset: 0, key: '', values, source: '' };
}

test('composite: what cannot be on the page is forgotten while documents come, in whatever order', () => {
  const count = 20_000;
  const orders: readonly (readonly [title: string, rankOf: (i: number) => number])[] = [
    ['ascending', (i) => i],
    ['descending', (i) => count - 1 - i],
    ['mixed', (i) => (i * 7919) % count],
  ];
  const request: CompositeRequest = { kind: 'composite', sources: [rank, name], size: 7, aggregations: {} };
  for (const [title, rankOf] of orders) {
    const documents = Array.from({ length: count }, (_, i) => ({ rank: rankOf(i), author: { name: 'a' } }));
    const { c } = aggregateAll([segmentOf(documents)], { c: request });
    assert.ok(c?.kind === 'composite');
    const expected = Array.from({ length: 7 }, (_, i) => keyOfTuple([i, 'a']));
    assert.deepEqual(
      c.buckets.map(({ key }) => key),
      expected,
      title,
    );
  }
});

test('composite: of keywords that cannot be on the page no term is read, in whatever order documents come', (t) => {
  const count = 20_000;
  const nameOf = (i: number): string => `n${String(i).padStart(5, '0')}`;
  const orders: readonly (readonly [title: string, rankOf: (i: number) => number])[] = [
    ['ascending', (i) => i],
    ['mixed', (i) => (i * 7919) % count],
  ];
  const size = 7;
  for (const [title, rankOf] of orders) {
    for (const after of [[nameOf(99)], null]) {
      const request: CompositeRequest = {
        kind: 'composite',
        sources: [name],
        size,
        aggregations: {},
        ...(after && { after }),
      };
      const segment = segmentOf(Array.from({ length: count }, (_, i) => ({ author: { name: nameOf(rankOf(i)) } })));
      const reading = t.mock.method(Dictionary.prototype, 'termAt');
      const { c } = aggregateAll([segment], { c: request });
      const read = reading.mock.callCount();
      reading.mock.restore();
      assert.ok(c?.kind === 'composite');
      const first = after === null ? 0 : 100;
      assert.deepEqual(
        c.buckets.map(({ key }) => key),
        Array.from({ length: size }, (_, i) => keyOfTuple([nameOf(first + i)])),
        title,
      );
      // As many as are kept before the page is trimmed, and in mixed order some more.
      assert.ok(read < 3000, `${title}: ${read} terms`);
    }
  }
});

test('composite: the memory of keywords that are kept is counted', () => {
  const count = 1000;
  const segment = segmentOf(Array.from({ length: count }, (_, i) => ({ author: { name: `n${i}` } })));
  const request: CompositeRequest = { kind: 'composite', sources: [name], size: count, aggregations: {} };
  const collect = (left: number): void => {
    const budget = new TaskBudget();
    budget.hold(limits.bucketsCollectedMax - left);
    const shared = { budget, filters: new TaskFilters(), documents: new TaskDocuments('') };
    const collectors = makeCollectors({ c: request }, shared);
    collectors.enterSegment(segment);
    for (let i = 0; i < count; i++) collectors.collect(topBuckets, Uint32Array.of(i), 1);
  };
  // Each is a bucket, a tuple, and a term, which takes as much as two more.
  assert.throws(() => collect(3 * count), { code: 'AGGREGATION_TOO_MANY_BUCKETS' });
  assert.doesNotThrow(() => collect(4 * count));
});
