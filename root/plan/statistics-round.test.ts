/** Counting before scoring: when leaves are asked, what is kept of it, and when what was kept is of no use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { DocumentCluster } from '../../tests/sources/document-cluster.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { beginSearch } from './search-run.ts';
import { areStale, countTerms, type Counted } from './statistics-round.ts';

const schema: IndexSchema = { dynamic: 'strict', fields: { text: { kind: 'text' }, n: { kind: 'integer' } } };
const shards = 4;
const index = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 1 } as const;
const scored = { query: { match: { text: 'cat' } } };
const all = [0, 1, 2, 3];

/** Two leaves over 40 documents; every replica reports the state that is given, if any. */
function makeCluster() {
  const cluster = new DocumentCluster({ schema, shards, leaves: 2, replicas: 1 });
  cluster.write(
    Array.from({ length: 40 }, (_, n) => ({ shard: n % shards, key: `k${n}`, document: { text: 'cat', n } })),
  );
  let state: readonly number[] | null = null;
  const root = { ...cluster.root, directory: { ...cluster.root.directory, stateOf: () => state } };
  return {
    cluster,
    report: (next: readonly number[] | null) => (state = next),
    /** What was counted, the leaves that were asked for it, and the run. */
    count: async (body: object, { timeoutMs = 20_000, coverageMin = 1, at = {} } = {}) => {
      cluster.traffic.length = 0;
      const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
      const arrival = { arrivedAt: root.clock.now(), signal: new AbortController().signal, trace: null };
      const run = { ...beginSearch(root, { timeoutMs, coverageMin }, index, request, arrival), at };
      const counted = await countTerms(run);
      return { run, counted, asked: cluster.traffic.map(({ leaf }) => leaf).sort() };
    },
  };
}

const everyLeaf = ['leaf-0', 'leaf-1'];
/** The writes of `makeCluster` have the offsets 2, 4, … 80, shard after shard; this is what the leaves have searched. */
const written = [80, 80, 80, 80];

test('countTerms: where nothing is scored nobody is asked', async () => {
  const { count } = makeCluster();
  const { counted, asked } = await count({ query: { match: { text: 'cat' } }, sort: [{ n: 'asc' }] });
  assert.deepEqual([counted.isScored, counted.terms, counted.answered, asked], [false, {}, all, []]);
});

test('countTerms: counts are the sums over all shards', async () => {
  const { count } = makeCluster();
  const { counted, asked } = await count(scored);
  assert.deepEqual([counted.isScored, counted.answered, counted.failures, asked], [true, all, [], everyLeaf]);
  assert.deepEqual({ ...counted.statistics.frequencies['text'] }, { cat: 40 });
  assert.equal(counted.statistics.fields['text']!.documents, 40);
  assert.deepEqual([counted.pinned, counted.countedAt], [null, null]);
});

// Each row: the state that replicas report at the second search, what it asks for, whether its counts are known.
const rows: [
  name: string,
  state: readonly number[] | null,
  body: object,
  at: Record<string, number>,
  isKnown: boolean,
][] = [
  ['the state that was counted', written, scored, {}, true],
  ['that state, and it is as new as is asked', written, scored, { 0: 80, 3: 7 }, true],
  ['it is older than is asked, in one shard', written, scored, { 0: 80, 3: 81 }, false],
  ['another state', [80, 80, 80, 82], scored, {}, false],
  ['replicas that differ', null, scored, {}, false],
  ['other terms', written, { query: { match: { text: 'dog' } } }, {}, false],
  ['a state that is to be kept', written, { ...scored, at: true }, {}, false],
];
for (const [name, state, body, at, isKnown] of rows) {
  test(`countTerms: after a search of the same: ${name}: ${isKnown ? 'nobody is asked' : 'leaves are asked again'}`, async () => {
    const { count, report } = makeCluster();
    const first = await count(scored);
    report(state);
    // Replicas of these tests never come further than they are.
    const { counted, asked } = await count(body, { at, ...(isKnown ? {} : { coverageMin: 0, timeoutMs: 300 }) });
    assert.deepEqual(asked, isKnown ? [] : everyLeaf);
    assert.deepEqual(counted.countedAt, isKnown ? state : null);
    if (isKnown) assert.deepEqual(counted, { ...first.counted, countedAt: state });
    assert.equal(counted.pinned !== null, 'at' in body);
  });
}

test('countTerms: a shard that fails is left out, and what was counted without it is not kept', async () => {
  const { cluster, count, report } = makeCluster();
  report(written);
  cluster.onSend = (leaf) => void (leaf === 'leaf-1' && cluster.dead.add(leaf));
  const { counted } = await count(scored, { coverageMin: 0.5 });
  assert.deepEqual(
    [counted.answered, counted.failures.map(({ shard }) => shard)],
    [
      [0, 2],
      [1, 3],
    ],
  );
  assert.deepEqual({ ...counted.statistics.frequencies['text'] }, { cat: 20 });
  cluster.dead.clear();
  cluster.onSend = () => undefined;
  assert.deepEqual((await count(scored)).asked, everyLeaf);
});

test('countTerms: too few shards are an error', async () => {
  const { cluster, count } = makeCluster();
  cluster.dead.add('leaf-1');
  await assert.rejects(count(scored, { coverageMin: 0.75 }), { code: 'COVERAGE_TOO_LOW' });
});

test('areStale: counts that were known and that a leaf has found to be of another state are forgotten, others are kept', async () => {
  const { count, report } = makeCluster();
  const fresh = await count(scored);
  report(written);
  const known = await count(scored);
  const stale = { failures: [{ shard: 2, code: 'COUNTS_STALE' }] } as const;
  const late = { failures: [{ shard: 2, code: 'LEAF_TIMEOUT' }] } as const;
  const isStale = (
    of: { readonly run: typeof known.run; readonly counted: Counted },
    found: typeof stale | typeof late,
  ) => {
    return areStale(of.run, of.counted, found);
  };
  assert.deepEqual([isStale(fresh, stale), isStale(known, late)], [false, false]);
  assert.deepEqual((await count(scored)).asked, [], 'still known');
  assert.equal(isStale(known, stale), true);
  assert.deepEqual((await count(scored)).asked, everyLeaf);
});
