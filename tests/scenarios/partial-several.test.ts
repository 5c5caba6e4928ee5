/** A search of several indexes while a leaf is frozen: one coverage, of all of them, and one deadline. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from '../service/client.ts';

interface Found {
  readonly took: number;
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly failed: number };
    readonly ratio: number;
    readonly failures: readonly { readonly index: string; readonly shards: readonly number[] }[];
    readonly missing?: readonly { readonly index: string }[];
  };
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: string };
    readonly hits: readonly { readonly _index: string }[];
  };
  readonly aggregations: { readonly counted: { readonly value: number } };
  readonly error: { readonly code: string };
}

const names = Array.from({ length: 8 }, (_, i) => `part-${i}`);
const documentsOfEach = 20;
// Each row: a query, whose statistics are counted before where it scores.
const rows: [name: string, query: object][] = [
  ['of all documents', { match_all: {} }],
  ['that scores', { match: { text: 'cat' } }],
];
let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  const lines = Array.from({ length: documentsOfEach }, (_, n) => `{"n":${n},"text":"cat"}\n`).join('');
  for (const name of names) {
    const schema = { fields: { n: { kind: 'integer' }, text: { kind: 'text' } } };
    await must('PUT', `${cluster.url}/v1/indexes/${name}`, { shards: 1, schema });
    await must('POST', `${cluster.url}/v1/indexes/${name}/documents?refresh=wait`, lines);
  }
  // What is told of missing shards is what leaves have reported, which they do within a quarter of a second.
  for (const name of names) {
    const isReported = async () =>
      (await must<{ documents: number }>('GET', `${cluster.url}/v1/indexes/${name}`)).documents === documentsOfEach;
    while (!(await isReported())) await setTimeout(20);
  }
  // The first searches of a process take many times what others do, and a leaf that is late for an eighth of the time counts as silent.
  for (const [, query] of rows) for (let i = 0; i < 20; i++) await ask('part-*', { query, timeout: 5000 });
});
after(() => cluster.stop());

const timeout = 500;
const ask = async (name: string, body: object) =>
  await send<Found>('POST', `${cluster.url}/v1/indexes/${name}/search`, { timeout, size: 1000, ...body });

for (const [name, query] of rows) {
  test(`partial, several: a search ${name} is that of the indexes which answer, and says which do not`, async () => {
    cluster.signal('leaf-1', 'SIGSTOP');
    try {
      const aggs = { counted: { value_count: { field: 'n' } } };
      const { status, body: found } = await ask('part-*', { query, aggs, coverage: { min: 0 } });
      assert.equal(status, 200, JSON.stringify(found));
      const lost = new Set(found.coverage.failures.map(({ index }) => index));
      assert.ok(lost.size > 0 && lost.size < names.length, [...lost].join());
      const [asked, failed] = [names.length, lost.size];
      assert.deepEqual(found.coverage.shards, { asked, answered: asked - failed, failed });
      const there = names.filter((each) => !lost.has(each));
      assert.deepEqual([...new Set(found.hits.hits.map(({ _index }) => _index))].sort(), there);
      const value = there.length * documentsOfEach;
      const all = names.length * documentsOfEach;
      const min = 'match_all' in query ? all : value;
      const apart = { estimate: null, estimate_reason: 'several_indexes' };
      assert.deepEqual(found.hits.total, { value, relation: 'gte', bounds: { min, max: all }, ...apart });
      assert.deepEqual(found.aggregations.counted, { value, bounds: { min: value, max: all }, ...apart });
      assert.deepEqual(new Set(found.coverage.missing?.map((each) => each.index)), lost);
      assert.equal(found.complete, false);
      // An index of which nothing answers is an error by itself, and none where enough of all has answered.
      const [one] = lost;
      assert.equal((await ask(one!, { query, coverage: { min: 0.5 } })).body.error.code, 'COVERAGE_TOO_LOW');
      assert.equal((await ask('part-*', { query, coverage: { min: found.coverage.ratio } })).status, 200);
      const { status: refused, body } = await ask('part-*', { query, coverage: { min: 1 } });
      assert.deepEqual([refused, body.error.code], [503, 'COVERAGE_TOO_LOW']);
      assert.deepEqual(body.coverage.shards, found.coverage.shards);
      const profiled = await ask('part-*', { query, coverage: { min: 1 }, profile: true });
      assert.ok('profile' in profiled.body);
    } finally {
      cluster.signal('leaf-1', 'SIGCONT');
    }
  });
}
