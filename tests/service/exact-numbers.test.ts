/**
 * Numbers that no double holds, on a real cluster, whatever the number of shards: sums beyond 2^53, decimal intervals, bounds
 * between whole numbers, and what errors quote. And bodies that begin with a byte order mark.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

const shardCounts = [1, 3, 16];
const largest = Number.MAX_SAFE_INTEGER;
const mark = '\ufeff';
const random = createRandom(20_262);

interface Document {
  readonly id: string;
  readonly group: string;
  readonly n: number;
  readonly few: number;
  readonly price: number;
}

const documents = Array.from({ length: 300 }, (_, i): Document => {
  const n = random.pick([largest, largest - random.integer(0, 9), -largest, 1, random.integer(-1000, 1000)]);
  // Each tenth from −5 to 5 and what lies just beside it.
  const price = Number(
    (random.integer(-50, 50) / 10 + random.pick([0, 0, 1e-5, -1e-5, 0.05])).toFixed(random.pick([1, 5, 15])),
  );
  return { id: `k${i}`, group: i < 200 ? 'large' : 'small', n: i < 200 ? n : i, few: i % 10, price };
});

interface Found {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] };
  readonly aggregations: Readonly<Record<string, unknown>>;
}
interface Refused {
  readonly error: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> };
}

let cluster: Cluster;
let base = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  base = `${cluster.url}/v1/indexes`;
  const fields = {
    id: { kind: 'keyword' },
    group: { kind: 'keyword' },
    n: { kind: 'integer' },
    few: { kind: 'integer' },
    price: { kind: 'float' },
  };
  const lines = documents.map((document) => JSON.stringify(document)).join('\n');
  for (const shards of shardCounts) {
    await must('PUT', `${base}/of-${shards}`, { shards, schema: { fields } });
    // The mark is no part of the first line.
    const { accepted } = await must<{ accepted: number }>(
      'POST',
      `${base}/of-${shards}/documents?key=id&refresh=wait`,
      mark + lines,
    );
    assert.equal(accepted, documents.length);
  }
});
after(() => cluster?.stop());

async function search(shards: number, body: object): Promise<Found> {
  return await must<Found>('POST', `${base}/of-${shards}/search`, { size: 0, timeout: '20s', ...body });
}

async function refusal(path: string, body: unknown, contentType?: string): Promise<Refused['error']> {
  const { status, body: answer } = await send<Refused>('POST', `${base}/${path}`, body, contentType);
  assert.equal(status, 400, JSON.stringify(answer));
  return answer.error;
}

/** As an answer tells a sum. */
function told(sum: bigint): number | string {
  return sum >= -BigInt(largest) && sum <= BigInt(largest) ? Number(sum) : String(sum);
}

function resultsOf(some: readonly Document[]) {
  const sum = some.reduce((total, { n }) => total + BigInt(n), 0n);
  const numbers = some.map(({ n }) => n);
  const stats = { count: some.length, min: Math.min(...numbers), max: Math.max(...numbers), sum: told(sum) };
  return { sum: { value: told(sum) }, stats, mean: Number((sum * 1000n) / BigInt(some.length)) / 1000 };
}

const sums = { sum: { sum: { field: 'n' } }, stats: { stats: { field: 'n' } }, avg: { avg: { field: 'n' } } };

function checkSums(found: Readonly<Record<string, unknown>>, some: readonly Document[]): void {
  const { sum, stats, mean } = resultsOf(some);
  assert.deepEqual(found['sum'], sum);
  const { avg, ...rest } = found['stats'] as { readonly avg: number };
  assert.deepEqual(rest, stats);
  assert.ok(Math.abs(avg - mean) <= Math.max(1e-3, Math.abs(mean) * 2 ** -50), `${avg} is not ${mean}`);
  assert.deepEqual(found['avg'], { value: avg });
}

/** The greatest tenth that is not above a number, by the digits of both. */
function tenthBelow(price: number): number {
  const [whole = '', fraction = ''] = String(Math.abs(price)).split('.');
  const isBelow = /[1-9]/.test(fraction.slice(1)) && price < 0;
  const tenths = Number(whole + fraction.padEnd(1, '0').slice(0, 1)) + (isBelow ? 1 : 0);
  return Number(`${price < 0 ? -tenths : tenths}e-1`) + 0;
}

for (const shards of shardCounts) {
  test(`exact numbers: sums of integers are exact beyond 2^53, in ${shards} shards`, async () => {
    const aggs = { ...sums, groups: { terms: { field: 'group' }, aggs: sums } };
    const { aggregations } = await search(shards, { aggs });
    checkSums(aggregations, documents);
    const { buckets } = aggregations['groups'] as { readonly buckets: readonly Readonly<Record<string, unknown>>[] };
    assert.equal(buckets.length, 2);
    for (const bucket of buckets)
      checkSums(
        bucket,
        documents.filter(({ group }) => group === bucket['key']),
      );
    const error = await refusal(`of-${shards}/search`, {
      size: 0,
      bigInts: 'error',
      aggs: { s: { stats: { field: 'n' } } },
    });
    assert.equal(error.code, 'SUM_TOO_LARGE');
    assert.deepEqual(error.detail, { field: 'n', limit: largest, actual: resultsOf(documents).sum.value });
    const few = { bigInts: 'error', query: { term: { group: 'small' } }, aggs: { s: { sum: { field: 'few' } } } };
    assert.deepEqual((await search(shards, few)).aggregations['s'], { value: 450 });
  });

  test(`exact numbers: decimals stand in the buckets of decimal intervals, in ${shards} shards`, async () => {
    const { aggregations } = await search(shards, {
      aggs: { tenths: { histogram: { field: 'price', interval: 0.1, min_doc_count: 1 } } },
    });
    const counts = new Map<number, number>();
    for (const { price } of documents) {
      const key = tenthBelow(price);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = [...counts].map(([key, count]) => ({ key, doc_count: count })).sort((a, b) => a.key - b.key);
    assert.deepEqual((aggregations['tenths'] as { readonly buckets: unknown }).buckets, expected);
  });

  test(`exact numbers: a bound between two whole numbers, in ${shards} shards`, async () => {
    const count = (matches: (few: number) => boolean): number => documents.filter(({ few }) => matches(few)).length;
    const rows: [bounds: object, expected: number][] = [
      [{ gt: 4.5 }, count((few) => few >= 5)],
      [{ gte: 4.5 }, count((few) => few >= 5)],
      [{ lt: 4.5 }, count((few) => few <= 4)],
      [{ lte: 4.5 }, count((few) => few <= 4)],
      [{ gt: 4.2, lt: 4.9 }, 0],
      [{ gte: -0.5, lte: 9.5 }, documents.length],
      [{ lt: 1e300 }, documents.length],
      [{ gt: -1e300, lte: 0.5 }, count((few) => few === 0)],
    ];
    for (const [few, expected] of rows) {
      const { hits } = await search(shards, { query: { range: { few } } });
      assert.equal(hits.total.value, expected, JSON.stringify(few));
    }
    const q = encodeURIComponent('few:[* TO 4.5]');
    const found = await must<Found>('GET', `${base}/of-${shards}/search?size=0&q=${q}`);
    assert.equal(
      found.hits.total.value,
      count((few) => few <= 4),
    );
  });
}

const beyond = '9007199254740993';

// Each row: the body of a search, what its error quotes.
const quoted: [body: string, actual: unknown][] = [
  [`{"query": {"term": {"n": ${beyond}}}}`, beyond],
  [`{"query": {"terms": {"n": [1, ${beyond}]}}}`, beyond],
  [`{"query": {"term": {"n": 0.10000000000000000555}}}`, '0.10000000000000000555'],
  [`{"query": {"term": {"group": 12345678901234567890}}}`, '12345678901234567890'],
  [`{"from": ${beyond}}`, beyond],
  [`{"from": ${largest}, "size": 10}`, '9007199254741001'],
  ['{"size": 20000}', 20_000],
  [`{"timeout": ${beyond}}`, beyond],
  [`${mark}{"timeout": ${beyond}}`, beyond],
  ['{"coverage": {"min": 1.00000000000000000001}}', 'taken'],
  ['{"coverage": {"min": 1.5}}', 1.5],
];
for (const [body, actual] of quoted) {
  test(`exact numbers: an error quotes a number as it is written: ${body}`, async () => {
    const answer = await send<Refused>('POST', `${base}/of-3/search`, body, 'application/json');
    if (actual === 'taken') return assert.equal(answer.status, 200);
    return assert.equal(answer.body.error.detail['actual'], actual, JSON.stringify(answer.body));
  });
}

test('exact numbers: rejected documents and increments are told as they are written', async () => {
  const lines = `{"id": "a", "n": ${beyond}}\n{"id": "b", "n": 1.00}\n{"id": "c", "n": 1e400}\n${beyond}\n{"id": ${beyond}}`;
  const { rejected } = await must<{ rejected: { listed: { detail: { actual: unknown } }[] } }>(
    'POST',
    `${base}/of-3/documents?key=id`,
    lines,
  );
  assert.deepEqual(
    rejected.listed.map(({ detail }) => detail.actual),
    [beyond, '1e400', beyond, beyond],
  );
  const schema = { dimensions: { page: { kind: 'keyword' } }, metrics: { n: {} } };
  await must('PUT', `${base}/sums`, { kind: 'rollup', schema });
  for (const body of [`{"n": ${beyond}}`, `[{"n": 1}, {"n": ${beyond}}]`, `${mark}[{"n": ${beyond}}]`]) {
    const { error } = (await send<Refused>('POST', `${cluster.url}/v1/counters/sums`, body, 'application/json')).body;
    assert.deepEqual([error.code, error.detail['actual']], ['INCREMENT_INVALID', beyond]);
  }
});

test('exact numbers: a byte order mark before a body of any kind is passed over', async () => {
  const path = `${base}/of-3/documents`;
  const array = await must<{ accepted: number }>(
    'POST',
    `${path}?key=id&refresh=wait`,
    `${mark}[{"id": "m1"}, {"id": "m2"}]`,
  );
  assert.equal(array.accepted, 2);
  const one = await send('PUT', `${path}/m3?refresh=wait`, `${mark}{"id": "m3"}`, 'application/json');
  assert.equal(one.status, 200);
  const body = `${mark}{"query": {"ids": {"values": ["m1", "m2", "m3"]}}}`;
  const { body: found } = await send<Found>('POST', `${base}/of-3/search`, body, 'application/json');
  assert.equal(found.hits.total.value, 3);
});
