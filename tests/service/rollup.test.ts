/** Roll-ups on a real cluster: exact sums whatever the number of shards, requests counted once, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
let base = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  base = `${cluster.url}/v1`;
});
after(() => cluster?.stop());

interface Counted {
  readonly accepted: number;
  readonly token: string;
}
interface Refused {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: Readonly<Record<string, unknown>> };
}
interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly [name: string]: unknown;
}
interface Found {
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations: Readonly<Record<string, { readonly value?: unknown; readonly buckets?: readonly Bucket[] }>>;
}

const minute = 60_000;
const schema = {
  dimensions: {
    page: { kind: 'keyword' },
    at: { kind: 'date', interval: 'minute' },
    size: { kind: 'integer' },
  },
  metrics: { n: {}, cost: { keep: ['sum'] } },
};

async function count(index: string, form: string, key?: string): Promise<{ status: number; body: Counted & Refused }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(key && { 'idempotency-key': key }) };
  const response = await fetch(`${base}/counters/${index}`, { method: 'POST', headers, body: form });
  return { status: response.status, body: (await response.json()) as Counted & Refused };
}

async function search(index: string, body: object): Promise<Found> {
  return await must<Found>('POST', `${base}/indexes/${index}/search`, { timeout: '20s', ...body });
}

interface Event {
  readonly page: string;
  readonly at: number;
  readonly size: number;
  readonly n: number;
  readonly cost: number;
}

/** What the exact sums of events are, by a key; sums as searches tell them. */
function exactly(events: readonly Event[], keyOf: (event: Event) => string | number): unknown {
  const keys = [...new Set(events.map(keyOf))].sort((a, b) => (a < b ? -1 : 1));
  return keys.map((key) => {
    const own = events.filter((event) => keyOf(event) === key);
    const sum = own.reduce((total, { n }) => total + BigInt(n), 0n);
    const cost = own.reduce((total, event) => total + BigInt(event.cost), 0n);
    const values = own.map(({ n }) => n);
    return {
      key,
      doc_count: own.length,
      sum: { value: told(sum) },
      cost: { value: told(cost) },
      count: { value: own.length },
      min: { value: Math.min(...values) },
      max: { value: Math.max(...values) },
    };
  });
}

function told(sum: bigint): number | string {
  const isSafe = sum >= -BigInt(Number.MAX_SAFE_INTEGER) && sum <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(sum) : String(sum);
}

const metrics = {
  sum: { sum: { field: 'n' } },
  cost: { sum: { field: 'cost' } },
  count: { value_count: { field: 'n' } },
  min: { min: { field: 'n' } },
  max: { max: { field: 'n' } },
};

test('roll-up: the same exact sums at 1, 3 and 16 shards', { timeout: 120_000 }, async (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const events = Array.from({ length: 3000 }, (): Event => {
    const n = (random.chance(0.5) ? 1 : -1) * random.integer(1, 2 ** random.integer(1, 53) - 1);
    return {
      page: `p${random.integer(0, 40)}`,
      at: random.integer(0, 20 * minute),
      size: random.integer(0, 5),
      n,
      // Beyond 2^53 in all, and beyond 2^63 as well.
      cost: Number.MAX_SAFE_INTEGER - random.integer(0, 9),
    };
  });
  const distinct = new Set(events.map(({ page }) => page)).size;
  const filtered = events.filter(({ size, at }) => size >= 2 && at >= 5 * minute);
  for (const shards of [1, 3, 16]) {
    const index = `sums${shards}`;
    await must('PUT', `${base}/indexes/${index}`, { kind: 'rollup', shards, schema });
    let token = '';
    for (let at = 0; at < events.length; at += 500) {
      const lines = events.slice(at, at + 500).map((event) => JSON.stringify(event));
      const answer = await must<Counted>('POST', `${base}/indexes/${index}/documents?refresh=wait`, lines.join('\n'));
      assert.equal(answer.accepted, 500);
      token = answer.token;
    }
    const histogram = { field: 'at', interval: minute, min_doc_count: 1 };
    const ofFives = { field: 'at', fixed_interval: '5m', time_zone: '+00:07' };
    const answer = await search(index, {
      token,
      aggs: {
        pages: { terms: { field: 'page', size: 100, order: { _key: 'asc' } }, aggs: metrics },
        minutes: { histogram, aggs: metrics },
        fives: { date_histogram: { ...ofFives, min_doc_count: 1 }, aggs: metrics },
        sizesBy: {
          range: {
            field: 'size',
            ranges: [
              { key: 'less', to: 2 },
              { key: 'more', from: 2 },
            ],
          },
          aggs: metrics,
        },
        distinct: { cardinality: { field: 'page' } },
        sizes: { terms: { field: 'size' }, aggs: { pages: { cardinality: { field: 'page' } } } },
        dearest: { terms: { field: 'page', size: 3, order: { c: 'desc' } }, aggs: { c: { sum: { field: 'cost' } } } },
        both: { multi_terms: { terms: [{ field: 'page' }, { field: 'size' }], size: 1000, order: { _key: 'asc' } } },
        paged: {
          composite: {
            sources: [{ p: { terms: { field: 'page' } } }, { s: { terms: { field: 'size' } } }],
            size: 1000,
          },
        },
      },
    });
    const costs = [...Map.groupBy(events, ({ page }) => page)].map(([key, list]) => {
      return { key, count: list.length, sum: list.reduce((sum, { cost }) => sum + BigInt(cost), 0n) };
    });
    costs.sort((a, b) => (a.sum > b.sum ? -1 : a.sum < b.sum ? 1 : a.key < b.key ? -1 : 1));
    const dearest = costs
      .slice(0, 3)
      .map(({ key, count: n, sum }) => ({ key, doc_count: n, c: { value: String(sum) } }));
    assert.deepEqual(answer.aggregations['dearest']?.buckets, dearest, `seed ${seed}`);
    const pairs = [...Map.groupBy(events, ({ page, size }) => JSON.stringify([page, size]))].map(([key, list]) => {
      const [page, size] = JSON.parse(key) as [string, number];
      return { page, size, doc_count: list.length };
    });
    pairs.sort((a, b) => (a.page === b.page ? a.size - b.size : a.page < b.page ? -1 : 1));
    const both = pairs.map(({ page, size, doc_count: n }) => ({
      key: [page, size],
      key_as_string: `${page}|${size}`,
      doc_count: n,
    }));
    assert.deepEqual(answer.aggregations['both']?.buckets, both, `seed ${seed}`);
    const paged = pairs.map(({ page, size, doc_count: n }) => ({ key: { p: page, s: size }, doc_count: n }));
    assert.deepEqual(answer.aggregations['paged']?.buckets, paged, `seed ${seed}`);
    const withoutText = (buckets: readonly Bucket[] | undefined): unknown =>
      buckets?.map(({ key_as_string: _text, ...bucket }) => bucket);
    assert.deepEqual(
      answer.aggregations['pages']?.buckets,
      exactly(events, ({ page }) => page),
      `seed ${seed}`,
    );
    const minuteOf = ({ at }: Event): number => at - (at % minute);
    assert.deepEqual(withoutText(answer.aggregations['minutes']?.buckets), exactly(events, minuteOf), `seed ${seed}`);
    const fiveOf = ({ at }: Event): number => 5 * minute * Math.floor((at + 7 * minute) / (5 * minute)) - 7 * minute;
    const fives = withoutText(answer.aggregations['fives']?.buckets) as Bucket[];
    const byName = (a: Bucket, b: Bucket): number => (a.key < b.key ? -1 : 1);
    assert.deepEqual(fives.sort(byName), exactly(events, fiveOf), `seed ${seed}`);
    const withoutBounds = answer.aggregations['sizesBy']?.buckets?.map(({ from: _from, to: _to, ...bucket }) => bucket);
    assert.deepEqual(
      withoutBounds,
      exactly(events, ({ size }) => (size < 2 ? 'less' : 'more')),
      `seed ${seed}`,
    );
    assert.deepEqual(answer.aggregations['distinct'], { value: distinct, error: 0 }, `seed ${seed}`);
    for (const { key, pages } of answer.aggregations['sizes']!.buckets!) {
      const ofSize = new Set(events.filter(({ size }) => size === key).map(({ page }) => page)).size;
      assert.deepEqual(pages, { value: ofSize, error: 0 }, `seed ${seed}, size ${key}`);
    }
    const query = { bool: { filter: [{ range: { size: { gte: 2 } } }, { range: { at: { gte: 5 * minute } } }] } };
    const some = await search(index, {
      query,
      aggs: { sizes: { terms: { field: 'size', order: { _key: 'asc' } }, aggs: metrics } },
    });
    assert.deepEqual(
      some.aggregations['sizes']?.buckets,
      exactly(filtered, ({ size }) => size),
      `seed ${seed}`,
    );
  }
});

test('roll-up: the most counted come first, and the rest is told', async () => {
  await must('PUT', `${base}/indexes/top`, {
    kind: 'rollup',
    shards: 3,
    schema: { dimensions: { w: { kind: 'keyword' } } },
  });
  const lines = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: i + 1 }, () => JSON.stringify({ w: `w${i}` })),
  );
  await must('POST', `${base}/indexes/top/documents?refresh=wait`, lines.flat().join('\n'));
  const { aggregations } = await search('top', { aggs: { w: { terms: { field: 'w', size: 3 } } } });
  assert.deepEqual(aggregations['w'], {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: (57 * 58) / 2,
    buckets: [60, 59, 58].map((doc_count) => ({ key: `w${doc_count - 1}`, doc_count })),
  });
});

const counters = {
  kind: 'rollup',
  shards: 4,
  schema: { dimensions: { name: { kind: 'keyword' } }, metrics: { n: {} } },
};

async function totals(index: string, token: string): Promise<Record<string, unknown>> {
  const aggs = { names: { terms: { field: 'name', size: 100 }, aggs: { n: { sum: { field: 'n' } } } } };
  const { aggregations } = await search(index, { token, aggs });
  const buckets = aggregations['names']!.buckets!;
  return Object.fromEntries(buckets.map(({ key, n }) => [String(key), (n as { value: unknown }).value]));
}

test('roll-up: a request with a key is counted once, and answered as the first time', async () => {
  await must('PUT', `${base}/indexes/once`, counters);
  const first = await count('once', 'a=1&b=2', 'k1');
  assert.deepEqual([first.status, first.body.accepted], [200, 2]);
  assert.deepEqual(await count('once', 'a=1&b=2', 'k1'), first);
  const other = await count('once', 'a=1&b=3', 'k1');
  assert.deepEqual([other.status, other.body.error.code], [409, 'IDEMPOTENCY_KEY_REUSED']);
  const all = await Promise.all(Array.from({ length: 30 }, (_, i) => count('once', 'a=10', `many${i % 10}`)));
  assert.ok(all.every(({ status }) => status === 200));
  const last = await count('once', 'b=1');
  const aBefore = await totals('once', first.body.token);
  assert.ok(Object.hasOwn(aBefore, 'a'));
  // The last write of every shard is in what `refresh=wait` waits for.
  const bulk = async () => {
    const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'bulk' };
    const body = '{"name":"a","n":100}\n{"name":"c","n":[1,2]}\n{"nam":"d"}';
    const response = await fetch(`${base}/indexes/once/documents?refresh=wait`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as { token: string } };
  };
  const [one, two] = [await bulk(), await bulk()];
  assert.deepEqual(two, one);
  assert.equal(one.status, 200);
  assert.deepEqual(await totals('once', last.body.token).then(() => totals('once', one.body.token)), {
    a: 201,
    b: 3,
    c: 3,
  });
});

test('roll-up: with a key a body is taken whole or not at all', async () => {
  await must('PUT', `${base}/indexes/whole`, counters);
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'w' };
  const post = async (body: string): Promise<number> =>
    (await fetch(`${base}/indexes/whole/documents?refresh=wait`, { method: 'POST', headers, body })).status;
  assert.equal(await post('[{"name":"a","n":1}, {"name'), 400);
  const { aggregations } = await search('whole', { aggs: { n: { sum: { field: 'n' } } } });
  assert.equal(aggregations['n']!.value, 0);
  assert.equal(await post('[{"name":"a","n":1}]'), 200);
});

test('roll-up: what is refused says why and what to do', async () => {
  await must('PUT', `${base}/indexes/refusals`, { kind: 'rollup', shards: 2, schema });
  await must('PUT', `${base}/indexes/small`, counters);
  await must('PUT', `${base}/indexes/papers`, { schema: { fields: { id: { kind: 'keyword' } } } });
  const json = (index: string, body: unknown) =>
    send<Refused>('POST', `${base}/counters/${index}`, body, 'application/json');
  const find = (body: unknown) => send<Refused>('POST', `${base}/indexes/refusals/search`, body);
  const put = (body: unknown) => send<Refused>('PUT', `${base}/indexes/refusals`, body);
  const agg = (kind: string, field: string): object => ({ aggs: { x: { [kind]: { field } } } });
  const long = 'x'.repeat(300);
  // Each row: what is wrong, the answer, its status, its code and where the fault is.
  const rows: [what: string, answer: Promise<{ status: number; body: Refused }>, status: number, code: string][] = [
    ['no such index', count('nowhere', 'a=1'), 404, 'INDEX_NOT_FOUND'],
    ['an index of documents', count('papers', 'a=1'), 400, 'INDEX_KIND_WRONG'],
    ['a form for several dimensions', count('refusals', 'a=1'), 400, 'INDEX_KIND_WRONG'],
    ['a form without a number', count('small', 'a'), 400, 'FORM_MALFORMED'],
    ['a fraction', count('small', 'a=0.5'), 400, 'INCREMENT_INVALID'],
    ['a number too large', count('small', 'a=9007199254740992'), 400, 'INCREMENT_INVALID'],
    ['no body', count('small', ''), 400, 'BODY_MISSING'],
    ['a key too long', count('small', 'a=1', long), 400, 'IDEMPOTENCY_KEY_INVALID'],
    ['a body too large', count('small', `a=1&${'b=1&'.repeat(20_000)}`), 413, 'BODY_TOO_LARGE'],
    ['a dimension that is not there', json('refusals', { pages: 'a' }), 400, 'DOCUMENT_FIELD_UNKNOWN'],
    ['two values of a dimension', json('refusals', { page: ['a', 'b'] }), 400, 'DOCUMENT_FIELD_TYPE'],
    ['a number that JSON rounds', json('refusals', '{"n":9007199254740993}'), 400, 'INCREMENT_INVALID'],
    ['hits', find({ size: 1 }), 400, 'INDEX_KIND_WRONG'],
    ['a query over a metric', find({ query: { range: { n: { gt: 1 } } } }), 400, 'INDEX_KIND_WRONG'],
    ['buckets of a metric', find(agg('terms', 'n')), 400, 'INDEX_KIND_WRONG'],
    ['what was not kept', find(agg('avg', 'cost')), 400, 'INDEX_KIND_WRONG'],
    ['the distinct values of a metric', find(agg('cardinality', 'n')), 400, 'INDEX_KIND_WRONG'],
    ['what a metric lacks', find({ aggs: { x: { sum: { field: 'n', missing: 1 } } } }), 400, 'INDEX_KIND_WRONG'],
    ['squares, which are not kept', find(agg('extended_stats', 'n')), 400, 'INDEX_KIND_WRONG'],
    ['percentiles of rows', find(agg('percentiles', 'size')), 400, 'INDEX_KIND_WRONG'],
    ['the sum of a dimension', find(agg('sum', 'size')), 400, 'INDEX_KIND_WRONG'],
    ['an aggregation over nothing', find(agg('sum', 'pages')), 400, 'FIELD_UNKNOWN'],
    ['a part of a row', find(agg('sum', '_count')), 400, 'FIELD_UNKNOWN'],
    ['other dimensions', put({ kind: 'rollup', schema: counters.schema }), 409, 'INDEX_CONFLICT'],
    ['one document', send('PUT', `${base}/indexes/refusals/documents/a`, {}), 400, 'INDEX_KIND_WRONG'],
    ['one document less', send('DELETE', `${base}/indexes/refusals/documents/a`), 400, 'INDEX_KIND_WRONG'],
    ['the key of a row', send('GET', `${base}/indexes/refusals/documents/a`), 400, 'INDEX_KIND_WRONG'],
    ['a field for keys', send('POST', `${base}/indexes/refusals/documents?key=page`, '{}'), 400, 'INDEX_KIND_WRONG'],
  ];
  for (const [what, answer, status, code] of rows) {
    const { status: actual, body } = await answer;
    assert.deepEqual([actual, body.error?.code], [status, code], what);
  }
});

test('roll-up: a sum that no number of JSON holds is a string, or refused', async () => {
  await must('PUT', `${base}/indexes/large`, counters);
  const forms = Array.from({ length: 3 }, () => 'a=9007199254740991&b=-9007199254740991&b=-2');
  let token = '';
  for (const form of forms) token = (await count('large', form)).body.token;
  assert.deepEqual(await totals('large', token), { a: '27021597764222973', b: '-27021597764222979' });
  const body = { aggs: { n: { sum: { field: 'n' } } }, bigInts: 'error', query: { term: { name: 'a' } }, token };
  const { status, body: refused } = await send<Refused>('POST', `${base}/indexes/large/search`, body);
  assert.deepEqual([status, refused.error.code], [400, 'SUM_TOO_LARGE']);
  assert.deepEqual(refused.error.detail, { field: 'n', limit: 9007199254740991, actual: '27021597764222973' });
});
