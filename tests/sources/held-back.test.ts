/** Sources that are held back and fetched: the answers are those of the plain form, whatever happens between the rounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchAnswer } from '../../root/gather/answer.ts';
import { holdNothing, usualHolding, type Holding } from '../../root/plan/hold-sources.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { search } from '../../root/search.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import type { FetchTask } from '../../shared/protocol/tasks/fetch.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { DocumentCluster, type Write } from './document-cluster.ts';
import { keepsDeadline } from '../deadline/deadline.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { text: { kind: 'text' }, rank: { kind: 'integer' }, padding: { kind: 'keyword' } },
};
const shards = 16;
const leaves = 8;
const size = 100;
/** Sends so little that most searches fetch. */
const scarce: Holding = { ...holdNothing, hitsMin: 1, deviations: 0 };

const words = ['cat', 'dog', 'owl', 'fox'];
/** Any rule will do that spreads keys evenly. */
const shardOf = (batch: number, i: number): number => (batch * 5 + i * 7) % shards;

const document = (random: Random, boost = 1): object => ({
  text: Array.from({ length: random.integer(1, 12) }, () => random.pick(words)).join(' '),
  rank: random.integer(0, 40) * boost,
  padding: 'x'.repeat(random.integer(0, 50)),
});

/** @param skewed one shard has the best by rank */
function fill(random: Random, { replicas = 2, skewed = false } = {}): DocumentCluster {
  const cluster = new DocumentCluster({ schema, shards, leaves, replicas });
  for (let batch = 0; batch < 3; batch++) {
    cluster.write(
      Array.from({ length: 900 }, (_, i) => {
        const shard = shardOf(batch, i);
        return { shard, key: `${batch}-${i}`, document: document(random, skewed && shard === 5 ? 1000 : 1) };
      }),
    );
  }
  return cluster;
}

interface Asked {
  readonly holding: Holding;
  readonly timeoutMs?: number;
  readonly coverageMin?: number;
}

async function ask(
  cluster: DocumentCluster,
  body: object,
  { holding, timeoutMs = 20_000, coverageMin = 1 }: Asked,
): Promise<SearchAnswer> {
  const index = { id: 'x0', name: 'i', kind: 'document', schema, shards, replicas: 2 } as const;
  const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
  const { signal } = new AbortController();
  cluster.traffic.length = 0;
  const arrival = { arrivedAt: cluster.root.clock.now(), signal, trace: null };
  const answer = await search(
    { ...cluster.root, kinds: rootKinds },
    { timeoutMs, coverageMin, holding },
    index,
    request,
    arrival,
  );
  // However the work was divided, the parts say the same together.
  return { ...answer, parts: [mergeAggregations(request.aggregations, answer.parts)] };
}

/** What is shown of an answer. */
function shown({ hits, bestScore, total, coverage, parts }: SearchAnswer): unknown {
  const told = hits.map(({ source, ...hit }) => ({ ...hit, source: Buffer.from(source).toString() }));
  return { hits: told, bestScore, total, coverage, parts };
}

const queries: readonly [name: string, body: object][] = [
  ['by score', { query: { match: { text: 'cat dog' } } }],
  ['by a field', { sort: [{ rank: 'desc' }] }],
  ['not the first page', { query: { match: { text: 'owl' } }, from: 100 }],
  ['after the last hit', { query: { match: { text: 'owl' } }, from: 9000 }],
  ['parts of the source', { query: { match: { text: 'fox' } }, _source: { includes: ['rank'] } }],
  ['no source', { query: { match: { text: 'fox' } }, _source: false }],
  ['explained', { query: { match: { text: 'fox owl' } }, explain: true }],
  ['highlighted', { query: { match: { text: 'fox owl' } }, highlight: { fields: { text: {} } } }],
  ['after a hit', { sort: [{ rank: 'desc' }], search_after: [20] }],
  ['with aggregations', { query: { match: { text: 'cat' } }, aggs: { ranks: { terms: { field: 'rank' } } } }],
  ['in lots', { query: { match: { text: 'dog' } }, spread: 'wide' }],
  ['of few leaves', { query: { match: { text: 'dog' } }, spread: 'narrow' }],
  ['all alike', { query: { match_all: {} } }],
  ['few hits', { query: { match: { text: 'dog' } }, size: 3 }],
];

test('a hundred hits of eight tasks: most sources stay where they are, and none is fetched', async (t) => {
  const seed = 7;
  t.diagnostic(`seed ${seed}`);
  const cluster = fill(createRandom(seed), { replicas: 1 });
  const body = { query: { match: { text: 'cat dog' } }, size };
  const plain = await ask(cluster, body, { holding: holdNothing });
  assert.equal(cluster.sourcesSent('search'), leaves * size);
  const bytesPlain = cluster.traffic.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  const held = await ask(cluster, body, { holding: usualHolding });
  assert.deepEqual(shown(held), shown(plain));
  const sent = cluster.sourcesSent('search');
  t.diagnostic(
    `${sent} sources, ${cluster.traffic.reduce((sum, each) => sum + each.bodyBytes, 0)} of ${bytesPlain} bytes`,
  );
  // 12.5 on average, three deviations of 3.3, and two: 25 of each leaf.
  assert.equal(sent, leaves * 25);
  assert.equal(cluster.sourcesSent('fetch'), 0);
});

for (const skewed of [false, true]) {
  for (const holding of [usualHolding, scarce]) {
    const how = `${skewed ? 'winners on one shard' : 'winners anywhere'}, ${holding === scarce ? 'scarce' : 'as usual'}`;
    test(`the answer is that of the plain form: ${how}`, async (t) => {
      const seed = 11;
      t.diagnostic(`seed ${seed}`);
      const cluster = fill(createRandom(seed), { skewed });
      let fetched = 0;
      for (const [name, query] of queries) {
        for (const at of [undefined, true] as const) {
          const body = { size, ...query, ...(at === undefined ? {} : { at }) };
          const plain = shown(await ask(cluster, body, { holding: holdNothing }));
          assert.deepEqual(shown(await ask(cluster, body, { holding })), plain, name);
          fetched += cluster.sourcesSent('fetch');
        }
      }
      t.diagnostic(`${fetched} sources were fetched`);
      assert.equal(fetched > 0, skewed || holding === scarce);
    });
  }
}

// Each row: a page that is far down.
const deepPages: readonly [name: string, body: object][] = [
  ['by score', { query: { match: { text: 'owl' } } }],
  ['without sources', { query: { match: { text: 'owl' } }, _source: false }],
  ['by a field', { sort: [{ rank: 'desc' }] }],
  ['by texts, some of them missing', { sort: [{ padding: 'asc' }, { rank: 'asc' }] }],
  ['all alike', { query: { match_all: {} } }],
  ['by place', { sort: ['_doc'], at: true }],
  ['highlighted', { query: { match: { text: 'fox owl' } }, highlight: { fields: { text: {} } } }],
];
for (const [name, query] of deepPages) {
  test(`a page far down ${name}: leaves send what orders hits, and the page is fetched`, async () => {
    const cluster = fill(createRandom(59_300_001));
    const body = { ...query, from: 700, size: 10 };
    const plain = await ask(cluster, body, { holding: holdNothing });
    const held = await ask(cluster, body, { holding: usualHolding });
    assert.deepEqual(shown(held), shown(plain));
    assert.equal(held.hits.length, 10);
    const sent = cluster.traffic.flatMap(({ partial }) => (partial?.kind === 'search' ? partial.hits.keyBytes : []));
    const fetched = cluster.traffic.flatMap(({ partial }) => (partial?.kind === 'fetch' ? partial.found.keyBytes : []));
    assert.deepEqual([sent.length, fetched.length], [0, 10]);
  });
}

// Each row: whether the leaf of a hit is gone when the page is fetched.
for (const dies of [false, true]) {
  test(`a page far down, writes between the rounds: it is of the state that was searched${dies ? ', of another leaf' : ''}`, async (t) => {
    for (let seed = 59_300_010; seed < 59_300_015; seed++) {
      const random = createRandom(seed);
      const cluster = fill(random);
      const body = { query: { match: { text: 'owl' } }, from: 700, size: 10, _source: seed % 2 === 0 };
      const plain = shown(await ask(cluster, body, { holding: holdNothing }));
      const between = beforeFetch(cluster, (leaf) => {
        cluster.write(upheaval(random));
        if (dies) cluster.dead.add(leaf);
      });
      assert.deepEqual(shown(await ask(cluster, body, { holding: usualHolding })), plain, `seed ${seed}`);
      assert.ok(between.happened);
    }
    t.diagnostic('seeds 59300010 to 59300014');
  });
}

test('searches of a kind that always had to fetch hold nothing back any more', async (t) => {
  const seed = 2;
  t.diagnostic(`seed ${seed}`);
  const cluster = fill(createRandom(seed), { skewed: true });
  const rounds: string[] = [];
  for (let i = 0; i < 4; i++) {
    await ask(cluster, { sort: [{ rank: 'desc' }], size }, { holding: usualHolding });
    const fetched = cluster.traffic.some(({ task }) => task.kind === 'fetch');
    rounds.push(fetched ? 'fetched' : `${cluster.sourcesSent('search') / size} times`);
  }
  assert.deepEqual(rounds, ['fetched', 'fetched', '8 times', '8 times']);
});

/** Replaces and deletes a third of all there is. */
function upheaval(random: Random): Write[] {
  const writes: Write[] = [];
  for (let batch = 0; batch < 3; batch++) {
    for (let i = 0; i < 900; i++) {
      if (!random.chance(0.3)) continue;
      writes.push({
        shard: shardOf(batch, i),
        key: `${batch}-${i}`,
        document: random.chance(0.5) ? document(random) : null,
      });
    }
  }
  return writes;
}

/** Calls once, before the first document is fetched. */
function beforeFetch(cluster: DocumentCluster, action: (leaf: string) => void): { readonly happened: boolean } {
  const state = { happened: false };
  cluster.onSend = (leaf, { kind }) => {
    if (kind !== 'fetch' || state.happened) return;
    state.happened = true;
    action(leaf);
  };
  return state;
}

const latest = ({ hits }: FetchTask, shard: number): number => Math.max(...hits[shard]!);

const byRank = { sort: [{ rank: 'desc' }], size };

// Each row: whether the leaf that found the hits dies as well.
for (const dies of [false, true]) {
  test(`writes between the rounds: hits are of the state that was searched${dies ? ', of another leaf' : ''}`, async (t) => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = createRandom(seed);
      const cluster = fill(random, { skewed: true });
      const plain = shown(await ask(cluster, byRank, { holding: holdNothing }));
      const between = beforeFetch(cluster, (leaf) => {
        cluster.write(upheaval(random));
        if (dies) cluster.dead.add(leaf);
      });
      assert.deepEqual(shown(await ask(cluster, byRank, { holding: scarce })), plain, `seed ${seed}`);
      assert.ok(between.happened);
      for (const { task } of cluster.traffic) {
        // A replica that lags must catch up with the latest hit before it answers.
        if (task.kind === 'fetch') for (const shard of task.shards) assert.equal(task.at?.[shard], latest(task, shard));
      }
      assert.equal(
        cluster.traffic.filter(({ task }) => task.kind === 'search' && task.sourcesOf === undefined).length,
        0,
      );
    }
    t.diagnostic('seeds 1 to 10');
  });
}

test('writes and merges between the rounds: what is gone is searched again, and every hit has its own source', async (t) => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = createRandom(seed);
    const cluster = fill(random, { skewed: true });
    const between = beforeFetch(cluster, () => {
      cluster.write(upheaval(random));
      cluster.merge();
    });
    const { hits, coverage } = await ask(cluster, byRank, { holding: scarce });
    assert.ok(between.happened);
    assert.ok(
      cluster.traffic.some(({ task }) => task.kind === 'search' && task.sourcesOf === undefined),
      'searched again',
    );
    assert.equal(coverage.shards.failed, 0);
    assert.equal(hits.length, size);
    assert.equal(new Set(hits.map(({ shard, key }) => `${shard}/${key}`)).size, size, 'each document once');
    for (const { shard, offset, source } of hits) {
      assert.equal(Buffer.from(source).toString(), cluster.versions.get(`${shard}/${offset}`));
    }
  }
  t.diagnostic('seeds 1 to 10');
});

test('a pinned search fetches from the state it has pinned, whatever was merged since', async (t) => {
  const seed = 3;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const cluster = fill(random, { skewed: true });
  const plain = shown(await ask(cluster, byRank, { holding: holdNothing }));
  const between = beforeFetch(cluster, () => {
    cluster.write(upheaval(random));
    cluster.merge();
  });
  assert.deepEqual(shown(await ask(cluster, { ...byRank, at: true }, { holding: scarce })), plain);
  assert.ok(between.happened);
});

test('the only leaf of a shard dies between the rounds: its shards have failed, and nothing of them is shown', async (t) => {
  const seed = 5;
  t.diagnostic(`seed ${seed}`);
  const cluster = fill(createRandom(seed), { replicas: 1, skewed: true });
  const lost: string[] = [];
  beforeFetch(cluster, (leaf) => {
    lost.push(leaf);
    cluster.dead.add(leaf);
  });
  const held = await ask(cluster, byRank, { holding: scarce, coverageMin: 0.5 });
  assert.deepEqual(lost, ['leaf-5'], 'the skewed shard is there');
  cluster.onSend = () => undefined;
  const plain = await ask(cluster, byRank, { holding: holdNothing, coverageMin: 0.5 });
  assert.equal(plain.coverage.shards.failed, 2);
  assert.equal(held.hits.length, size);
  const { coverage: _, ...rest } = shown(held) as { coverage: unknown };
  const { coverage: __, ...expected } = shown(plain) as { coverage: unknown };
  assert.deepEqual(rest, expected);
  assert.equal(held.coverage.shards.failed, 2);
  await assert.rejects(ask(cluster, byRank, { holding: scarce }), { code: 'COVERAGE_TOO_LOW' });
});

test('a leaf falls silent between the rounds: the answer is on time, and says what is missing', async (t) => {
  const seed = 5;
  t.diagnostic(`seed ${seed}`);
  const cluster = fill(createRandom(seed), { replicas: 1, skewed: true });
  beforeFetch(cluster, (leaf) => void cluster.silent.add(leaf));
  const held = await keepsDeadline(t, 'a search of 400 ms', 500, () =>
    ask(cluster, byRank, { holding: scarce, coverageMin: 0.5, timeoutMs: 400 }),
  );
  assert.deepEqual(
    held.coverage.failures.map(({ code, shards: missing }) => [code, missing]),
    [['LEAF_TIMEOUT', [5, 13]]],
  );
  assert.equal(held.hits.length, size);
  for (const { shard, offset, source } of held.hits) {
    assert.equal(Buffer.from(source).toString(), cluster.versions.get(`${shard}/${offset}`));
  }
});

test('time is over before the documents come: nothing more is asked, and their shards have failed', async (t) => {
  const seed = 5;
  t.diagnostic(`seed ${seed}`);
  const cluster = fill(createRandom(seed), { replicas: 1, skewed: true });
  const { clock } = cluster.root;
  const sent: string[] = [];
  cluster.onSend = (leaf, task) => {
    sent.push(task.kind);
    if (task.kind !== 'fetch') return;
    // The leaf says nothing, and the root is busy for longer than it has.
    cluster.silent.add(leaf);
    for (const until = clock.now() + 400; clock.now() < until;);
  };
  const held = await ask(cluster, byRank, { holding: usualHolding, coverageMin: 0, timeoutMs: 300 });
  assert.deepEqual(
    held.coverage.failures.map(({ code, shards: missing }) => [code, missing]),
    [['LEAF_TIMEOUT', [5, 13]]],
  );
  assert.equal(sent.at(-1), 'fetch');
  assert.equal(held.hits.length, size);
  for (const { shard, offset, source } of held.hits) {
    assert.equal(Buffer.from(source).toString(), cluster.versions.get(`${shard}/${offset}`));
  }
});
