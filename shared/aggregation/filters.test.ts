import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import type { AggregationPartials, AggregationRequests } from './definition.ts';
import type { FiltersRequest } from './filters.ts';
import { eachKind } from './each-kind.fixture.ts';
import { countsOthers, withinQuery } from './global.ts';
import { emptyPartials, mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { byCount } from './terms-order.ts';
import type { Counted } from './single-bucket.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const all = { kind: 'all' } as const;
const sum = { kind: 'sum', field: 'f', values: 'number' } as const;
const filters: FiltersRequest = {
  kind: 'filters',
  filters: [all, all],
  hasOther: true,
  show: 'anonymous',
  keys: [],
  aggregations: {},
};
const requests: AggregationRequests = {
  one: { kind: 'filter', query: all, aggregations: { s: sum } },
  without: { kind: 'missing', field: 'f', aggregations: {} },
  whole: { kind: 'global', query: all, aggregations: { several: { ...filters, aggregations: { s: sum } } } },
};

const counted = (count: number): Counted => ({
  count,
  aggregations: { s: { kind: 'metric', count, sum: count === 0 ? [] : [3 * count], min: count, max: count } },
});

function partOf(draw: () => number): AggregationPartials {
  const buckets = Array.from({ length: 3 }, () => counted(draw()));
  return {
    one: { kind: 'single', ...counted(draw()) },
    without: { kind: 'single', count: draw(), aggregations: {} },
    whole: { kind: 'single', count: draw(), aggregations: { several: { kind: 'filters', buckets } } },
  };
}

test('filter, filters, missing, global: parts merge in any order and grouping to the same bytes', (t) => {
  const seed = 90;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let i = 0; i < 300; i++) {
    const parts = Array.from({ length: random.integer(1, 6) }, () => partOf(() => random.integer(0, 1000)));
    const expected = JSON.stringify(mergeAggregations(requests, parts));
    const left = random.shuffle([...parts, emptyPartials(requests)]);
    while (left.length > 1) {
      const taken = left.splice(0, random.integer(2, Math.min(3, left.length)));
      left.splice(random.integer(0, left.length), 0, mergeAggregations(requests, taken));
    }
    assert.equal(JSON.stringify(left[0]), expected, `seed ${seed}, round ${i}`);
  }
});

test('filter, filters, missing, global: of no parts there are buckets without documents', () => {
  const results = finishAggregations(requests, emptyPartials(requests), wholeAnswer);
  assert.deepEqual(JSON.parse(JSON.stringify(results)), {
    one: { doc_count: 0, s: { value: 0 } },
    without: { doc_count: 0 },
    whole: { doc_count: 0, several: { buckets: Array.from({ length: 3 }, () => ({ doc_count: 0, s: { value: 0 } })) } },
  });
});

// Each row: how buckets are shown, and what the caller sees of two of them.
const shows: [show: Pick<FiltersRequest, 'show' | 'keys'>, json: string][] = [
  [{ show: 'anonymous', keys: [] }, '[{"doc_count":4,"s":{"value":12}},{"doc_count":0,"s":{"value":0}}]'],
  [
    { show: 'listed', keys: ['x', '_other_'] },
    '[{"key":"x","doc_count":4,"s":{"value":12}},{"key":"_other_","doc_count":0,"s":{"value":0}}]',
  ],
  [
    { show: 'keyed', keys: ['__proto__', 'y'] },
    '{"__proto__":{"doc_count":4,"s":{"value":12}},"y":{"doc_count":0,"s":{"value":0}}}',
  ],
];
for (const [show, json] of shows) {
  test(`filters: buckets are shown ${show.show}`, () => {
    const request: FiltersRequest = { ...filters, ...show, filters: [all], aggregations: { s: sum } };
    const partial = { kind: 'filters', buckets: [counted(4), counted(0)] } as const;
    const { f } = finishAggregations({ f: request }, { f: partial }, wholeAnswer);
    assert.equal(JSON.stringify(f), `{"buckets":${json}}`);
  });
}

test('filters: their buckets are buckets of the answer', () => {
  const request: FiltersRequest = { ...filters, hasOther: false, filters: [all, all] };
  const terms = {
    kind: 'terms',
    field: 'f',
    values: 'number',
    show: 'plain',
    size: limits.bucketsMax,
    shardSize: limits.bucketsMax,
    order: byCount,
    minDocCount: 1,
    aggregations: { f: request },
  } as const;
  const buckets = Array.from({ length: 1 + Math.floor(limits.bucketsMax / 3) }, (_, key) => {
    const none = { count: 0, aggregations: {} };
    return { key, count: 1, aggregations: { f: { kind: 'filters', buckets: [none, none] } as const } };
  });
  const partial = { kind: 'terms', buckets, cutCountMax: 0, cutCountSum: 0 } as const;
  assert.throws(
    () => finishAggregations({ t: terms }, { t: partial }, wholeAnswer),
    (error) => error instanceof SheafError && error.code === 'AGGREGATION_TOO_MANY_BUCKETS',
  );
});

test('withinQuery: all documents are those of the query', () => {
  const query = { kind: 'exists', field: 'f' } as const;
  assert.deepEqual(
    [countsOthers(requests), countsOthers({ one: requests['one']! }), countsOthers({})],
    [true, false, false],
  );
  assert.deepEqual(withinQuery(requests, query), { ...requests, whole: { ...requests['whole'], query } });
  const terms = { ...eachKind.terms.request, minDocCount: 0, others: { kind: 'all' } } as const;
  assert.deepEqual([countsOthers({ terms }), countsOthers({ terms: eachKind.terms.request })], [true, false]);
  assert.deepEqual(withinQuery({ terms }, query), { terms: { ...terms, others: query } });
});
