/**
 * What an answer says when a leaf is frozen: its numbers are those of the shards that answered, and nothing is told as a
 * total or a bound that the others could break. Held against the documents themselves.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
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
  readonly coverage: { readonly failures: readonly { readonly code: string; readonly shards: readonly number[] }[] };
  readonly hits: { readonly total: { readonly value: number; readonly relation: string } };
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
function resultsOf(found: readonly Document[], isComplete: boolean) {
  const count = (matches: (document: Document) => boolean): number => found.filter(matches).length;
  const tags = ['t0', 't1', 't2'].map((key) => ({ key, doc_count: count(({ tag }) => tag === key) }));
  tags.sort((a, b) => b.doc_count - a.doc_count || (a.key < b.key ? -1 : 1));
  const sum = found.reduce((total, { n }) => total + n, 0);
  return {
    tags: {
      doc_count_error_upper_bound: isComplete ? 0 : null,
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

test('partial answer: totals are lower bounds and nothing is bounded', async () => {
  const whole = await search('documents', { size: 0, aggs });
  assert.deepEqual(whole.hits.total, { value: 400, relation: 'eq' });
  const { estimated: wholeEstimate, ...wholeResults } = whole.aggregations;
  assert.deepEqual(wholeResults, resultsOf(documents, true));
  assert.ok((wholeEstimate as { error: number }).error > 0);
  await whileFrozen(async (partial) => {
    for (const query of [{ match_all: {} }, { match: { title: 'all' } }]) {
      for (const track of [true, 5]) {
        const answer = await search('documents', { ...partial, query, size: 3, track_total_hits: track, aggs });
        assert.equal(answer.complete, false);
        const failed = new Set(failedShards(answer));
        const found = documents.filter(({ id }) => !failed.has(shardOfKey(id, shards)));
        assert.ok(found.length > 0 && found.length < documents.length, `${found.length} of 400`);
        assert.deepEqual(answer.hits.total, { value: track === true ? found.length : 5, relation: 'gte' });
        const { estimated, ...results } = answer.aggregations;
        assert.deepEqual(results, resultsOf(found, false));
        assert.equal((estimated as { error: unknown }).error, null);
      }
    }
    const nothing = await search('documents', { ...partial, query: { term: { tag: 'none' } } });
    assert.deepEqual(nothing.hits.total, { value: 0, relation: 'gte' });
  });
});

test('partial answer: of a roll-up', async () => {
  const asked = { aggs: { ids: { terms: { field: 'id', size: 1000 }, aggs: { n: { sum: { field: 'n' } } } } } };
  await whileFrozen(async (partial) => {
    const answer = await search('sums', { ...partial, ...asked });
    assert.equal(answer.complete, false);
    assert.equal(answer.hits.total.relation, 'gte');
    const { buckets, ...bounds } = answer.aggregations['ids'] as {
      readonly buckets: readonly { readonly key: string; readonly n: { readonly value: number } }[];
    };
    assert.deepEqual(bounds, { doc_count_error_upper_bound: null, sum_other_doc_count: null });
    assert.ok(buckets.length > 0 && buckets.length < documents.length, `${buckets.length} of 400`);
    for (const { key, n } of buckets) assert.equal(n.value, Number(key.slice(1)));
  });
});

test('partial answer: of a term index', async () => {
  await whileFrozen(async (partial) => {
    let incomplete = 0;
    for (let word = 0; word < 8; word++) {
      const answer = await search('terms', { ...partial, timeout: 200, query: { match: { title: `word${word}` } } });
      const { total } = answer.hits;
      assert.equal(total.relation, answer.complete ? 'eq' : 'gte', `word${word}`);
      assert.ok(answer.complete ? total.value === 10 : total.value <= 10, `word${word}: ${total.value}`);
      if (!answer.complete) incomplete++;
    }
    assert.ok(incomplete > 0, 'leaf-1 has some of the words or documents');
  });
});
