/**
 * What an answer says when a leaf is frozen: its numbers are those of the shards that answered, and what is told as a bound the others
 * do not break. Held against the documents themselves.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { holdBounds, withoutBounds } from '../missing/hold-bounds.ts';
import { must } from '../service/client.ts';

const shards = 8;
const documents = Array.from({ length: 400 }, (_, i) => ({
  id: `k${i}`,
  tag: `t${i % 3}`,
  n: i,
  title: 'all of them',
}));
type Document = (typeof documents)[number];

interface Answer {
  readonly complete: boolean;
  readonly coverage: {
    readonly failures: readonly { readonly code: string; readonly shards: readonly number[] }[];
    readonly missing?: readonly { readonly shard: number; readonly offset: number; readonly documents: number }[];
  };
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: string; readonly bounds?: object | null };
  };
  readonly aggregations: Readonly<Record<string, unknown>>;
}

const aggs = {
  tags: { terms: { field: 'tag', size: 2 }, aggs: { ids: { cardinality: { field: 'id' } } } },
  distinct: { cardinality: { field: 'id' } },
  estimated: { cardinality: { field: 'id', precision_threshold: 3 } },
  about: { stats: { field: 'n' } },
  counted: { value_count: { field: 'n' } },
  hundreds: { histogram: { field: 'n', interval: 100 } },
};

let cluster: Cluster;
let base = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  base = `${cluster.url}/v1`;
  const lines = documents.map((document) => JSON.stringify(document)).join('\n');
  const text = { title: { kind: 'text' } };
  const fields = { id: { kind: 'keyword' }, tag: { kind: 'keyword' }, n: { kind: 'integer' }, ...text };
  await must('PUT', `${base}/indexes/documents`, { shards, replicas: 1, schema: { fields } });
  await must('POST', `${base}/indexes/documents/documents?key=id&refresh=wait`, lines);
  await must('PUT', `${base}/indexes/terms`, { kind: 'term', shards, replicas: 1, schema: { fields: text } });
  const titles = documents.map((_, i) => JSON.stringify({ title: `word${i % 40} all` })).join('\n');
  await must('POST', `${base}/indexes/terms/documents?refresh=wait`, titles);
  const rollup = { dimensions: { id: { kind: 'keyword' }, tag: { kind: 'keyword' } }, metrics: { n: {} } };
  await must('PUT', `${base}/indexes/sums`, { kind: 'rollup', shards, replicas: 1, schema: rollup });
  const increments = documents.map(({ id, tag, n }) => JSON.stringify({ id, tag, n })).join('\n');
  await must('POST', `${base}/indexes/sums/documents?refresh=wait`, increments);
  // What is told of missing shards is what leaves have reported, which they do within a quarter of a second.
  const reported = async () => (await must<{ documents: number }>('GET', `${base}/indexes/documents`)).documents;
  while ((await reported()) !== documents.length) await setTimeout(20);
});
after(() => cluster?.stop());

async function search(index: string, body: object): Promise<Answer> {
  const asked = { timeout: '20s', ...body };
  return await must<Answer>('POST', `${base}/indexes/${index}/search`, asked);
}

async function whileFrozen(run: (partial: { readonly timeout: number; readonly coverage: object }) => Promise<void>) {
  cluster.signal('leaf-1', 'SIGSTOP');
  try {
    await run({ timeout: 400, coverage: { min: 0 } });
  } finally {
    cluster.signal('leaf-1', 'SIGCONT');
  }
}

const failedShards = ({ coverage }: Answer): number[] => coverage.failures.flatMap((failure) => failure.shards);
const number = (document: Document): number => document.n;

/** Results over some documents, of the aggregations that are asked for above. */
function resultsOf(found: readonly Document[]) {
  const isComplete = found.length === documents.length;
  const count = (matches: (document: Document) => boolean): number => found.filter(matches).length;
  const tags = ['t0', 't1', 't2'].map((key) => ({ key, doc_count: count(({ tag }) => tag === key) }));
  tags.sort((a, b) => b.doc_count - a.doc_count || (a.key < b.key ? -1 : 1));
  const sum = found.reduce((total, { n }) => total + n, 0);
  return {
    tags: {
      doc_count_error_upper_bound: documents.length - found.length,
      sum_other_doc_count: isComplete ? tags[2]!.doc_count : null,
      buckets: tags.slice(0, 2).map((tag) => ({ ...tag, ids: { value: tag.doc_count, error: isComplete ? 0 : null } })),
    },
    distinct: { value: found.length, error: isComplete ? 0 : null },
    about: {
      count: found.length,
      min: Math.min(...found.map(number)),
      max: Math.max(...found.map(number)),
      avg: sum / found.length,
      sum,
    },
    counted: { value: found.length },
    hundreds: {
      buckets: [0, 100, 200, 300].map((key) => ({ key, doc_count: count(({ n }) => n >= key && n < key + 100) })),
    },
  };
}

test('partial answer: totals are lower bounds, and the truth is within what is told', async () => {
  const whole = await search('documents', { size: 0, aggs });
  assert.deepEqual(whole.hits.total, { value: 400, relation: 'eq' });
  const { estimated: wholeEstimate, ...wholeResults } = whole.aggregations;
  assert.deepEqual(wholeResults, resultsOf(documents));
  const everyTag = { ...aggs, tags: { ...aggs.tags, terms: { field: 'tag' } } };
  const { aggregations: truth } = await search('documents', { size: 0, aggs: everyTag });
  assert.ok((wholeEstimate as { error: number }).error > 0);
  await whileFrozen(async (partial) => {
    for (const query of [{ match_all: {} }, { match: { title: 'all' } }]) {
      for (const track of [true, 5]) {
        const answer = await search('documents', { ...partial, query, size: 3, track_total_hits: track, aggs });
        assert.equal(answer.complete, false);
        const failed = new Set(failedShards(answer));
        const found = documents.filter(({ id }) => !failed.has(shardOfKey(id, shards)));
        assert.ok(found.length > 0 && found.length < documents.length, `${found.length} of 400`);
        const { bounds, ...total } = answer.hits.total;
        const told = track === true ? found.length : 5;
        assert.deepEqual(withoutBounds(total), { value: told, relation: 'gte' });
        assert.deepEqual(bounds, { min: 'match_all' in query ? 400 : found.length, max: 400 });
        const { estimated, ...results } = answer.aggregations;
        assert.deepEqual(withoutBounds(results), resultsOf(found));
        assert.equal((estimated as { error: unknown }).error, null);
        // Two buckets with one each, three, a count, four buckets, and the five of stats.
        assert.equal(holdBounds(results, truth), 15);
        // Keys alone decide where documents are. One of three terms that are as frequent was cut: there may be no more than were found.
        const { buckets } = results['tags'] as { readonly buckets: readonly Readonly<Record<string, unknown>>[] };
        for (const { doc_count: count, estimate } of buckets) {
          const { value, min, max } = estimate as {
            readonly value: number;
            readonly min: number;
            readonly max: number;
          };
          assert.ok(
            Number(count) <= min && min <= value && value < max && max < documents.length,
            JSON.stringify(buckets),
          );
        }
        const missing = answer.coverage.missing!;
        assert.deepEqual(new Set(missing.map(({ shard }) => shard)), failed);
        for (const { shard, offset, documents: lost } of missing) {
          assert.equal(lost, documents.filter(({ id }) => shardOfKey(id, shards) === shard).length);
          assert.ok(offset >= 0);
        }
      }
    }
    const nothing = await search('documents', { ...partial, query: { term: { tag: 'none' } } });
    const { bounds: ofNothing, ...none } = nothing.hits.total;
    assert.deepEqual(withoutBounds(none), { value: 0, relation: 'gte' });
    const lost = nothing.coverage.missing!.reduce((sum, each) => sum + each.documents, 0);
    assert.deepEqual(ofNothing, { min: 0, max: lost });
    const beyond = await search('documents', { ...partial, query: { range: { n: { gte: 1000 } } } });
    assert.deepEqual(beyond.hits.total.bounds, { min: 0, max: 0 });
  });
});

test('partial answer: of a roll-up', async () => {
  const asked = { aggs: { ids: { terms: { field: 'id', size: 1000 }, aggs: { n: { sum: { field: 'n' } } } } } };
  await whileFrozen(async (partial) => {
    const answer = await search('sums', { ...partial, ...asked });
    assert.equal(answer.complete, false);
    assert.equal(answer.hits.total.relation, 'gte');
    const { buckets, ...bounds } = answer.aggregations['ids'] as {
      readonly buckets: readonly Readonly<Record<'key' | 'bounds' | 'n', unknown>>[];
    };
    assert.deepEqual(bounds, { doc_count_error_upper_bound: null, sum_other_doc_count: null });
    assert.ok(buckets.length > 0 && buckets.length < documents.length, `${buckets.length} of 400`);
    const said = { bounds: null, bounds_reason: 'index_kind', estimate: null, estimate_reason: 'index_kind' };
    for (const { key, bounds: ofCount, n } of buckets) {
      assert.deepEqual(n, { value: Number(String(key).slice(1)), ...said });
      assert.deepEqual(ofCount, { min: 1, max: null });
    }
  });
});

test('partial answer: of a term index', async () => {
  await whileFrozen(async (partial) => {
    let incomplete = 0;
    for (let word = 0; word < 8; word++) {
      const answer = await search('terms', { ...partial, timeout: 200, query: { match: { title: `word${word}` } } });
      const { total } = answer.hits;
      assert.equal(total.relation, answer.complete ? 'eq' : 'gte', `word${word}`);
      assert.equal(total.bounds, answer.complete ? undefined : null);
      assert.ok(answer.complete ? total.value === 10 : total.value <= 10, `word${word}: ${total.value}`);
      if (!answer.complete) incomplete++;
    }
    assert.ok(incomplete > 0, 'leaf-1 has some of the words or documents');
  });
});
