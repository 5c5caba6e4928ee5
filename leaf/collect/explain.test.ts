/** An explanation is the score, to the last bit, and its formulas give its values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOfRead } from '../../shared/expression/document-reads.ts';
import { parsedScriptOf } from '../../shared/expression/document-script.ts';
import { evaluate } from '../../shared/expression/evaluate.ts';
import { scoreOf } from '../../shared/query/clauses/script-score.ts';
import { scoringTerms, type Query } from '../../shared/query/query.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import { addStatistics, noStatistics } from '../../shared/ranking/statistics.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../snapshot/snapshot.ts';
import { randomQuery } from './random-queries.fixture.ts';
import { SearchRun } from './search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

const caches = new QueryCaches();

function search(snapshots: readonly Snapshot[], query: Query, k = 100) {
  const counts = snapshots.map((snapshot) => countStatistics(snapshot, scoringTerms(query)));
  const run = new SearchRun(
    {
      query,
      statistics: counts.reduce(addStatistics, noStatistics),
      similarities: { title: { k1: 0.9, b: 0.4 } },
      k,
      sort: [{ by: 'score', descending: true }],
      source: false,
      aggregations: {},
      explain: true,
    },
    snapshots.map((snapshot, shard) => ({ shard, snapshot })),
    caches,
  );
  while (!run.step(100));
  return run.result().hits;
}

/** The value that a node's description says it has, from its details alone. */
function recomputed({ value, description, details = [] }: Explanation): number {
  const [a = 0, b = 0, c = 0, d = 0] = details.map((part) => part.value);
  const sum = details.reduce((total, part) => total + part.value, 0);
  if (description.includes('(idf × frequency)')) return (a * b) / (b + c);
  if (description.startsWith('keyword ')) return a / (1 + b);
  if (description.includes('ln(1 +')) return Math.log(1 + (a - b + 0.5) / (b + 0.5));
  if (description.startsWith('norm')) return a * (1 - b + (b * c) / d);
  if (description.startsWith('bool') || description.startsWith('idf of the phrase')) return sum;
  if (description.startsWith('boost')) return a * Number(/× (\S+)$/.exec(description)![1]);
  if (description.startsWith('dis_max')) {
    const most = Math.max(0, ...details.map((part) => part.value));
    return most + Number(/\+ (\S+) ×/.exec(description)![1]) * (sum - most);
  }
  if (description.startsWith('script_score: ')) return scriptValue(description.slice('script_score: '.length), details);
  assert.equal(details.length, 0, `a formula that is not known: ${description}`);
  return value;
}

/** @param details the score, then the parameters and what was read of the document */
function scriptValue(source: string, details: readonly Explanation[]): number {
  const named = new Map(details.slice(1).map(({ value, description }) => [description, value]));
  const params = Object.fromEntries(
    [...named].flatMap(([name, value]) => (name.startsWith('params.') ? [[name.slice('params.'.length), value]] : [])),
  );
  const { expression, constants, reads } = parsedScriptOf({ source, params });
  const variables = reads.map((read) =>
    read.of === 'score' ? details[0]!.value : (named.get(textOfRead(read)) ?? NaN),
  );
  return scoreOf(evaluate(expression, [...constants, ...variables]));
}

function checkTree(node: Explanation, where: string): number {
  assert.equal(recomputed(node), node.value, `${where}: ${JSON.stringify(node)}`);
  return (node.details ?? []).reduce((count, part) => count + checkTree(part, where), 1);
}

test('explain: the value is the score to the last bit, and every formula gives its value', (t) => {
  const seed = 20260;
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  let nodes = 0;
  for (let i = 0; i < 300; i++) {
    const snapshots = [0, 1].map((shard) => {
      const segments = [1, 2].map((part) => {
        const documents = randomDocuments(draw, 40, { number: shard * 1000 + part * 100, offset: part * 1000 });
        return withDeleted(liveSegment(openSegment(buildSegment(fields, documents))), [draw.below(40)]);
      });
      return makeSnapshot(segments, 5000);
    });
    const query = randomQuery(draw);
    const where = `seed ${seed}, query ${i}: ${JSON.stringify(query)}`;
    for (const { score, explanation } of search(snapshots, query)) {
      assert.ok(explanation !== undefined);
      assert.equal(explanation.value, score, where);
      nodes += checkTree(explanation, where);
    }
  }
  assert.ok(nodes > 5000, String(nodes));
});

test('explain: the tree of a term, in numbers', () => {
  const documents = ['cat', 'cat cat dog', 'dog'].map((title, offset) => ({
    key: `k${offset}`,
    offset,
    source: Buffer.from(JSON.stringify({ title })),
  }));
  const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], 2);
  const [hit] = search([snapshot], { kind: 'term', field: 'title', term: 'cat' }, 1);
  const flat = (node: Explanation): number[] => [node.value, ...(node.details ?? []).flatMap(flat)];
  const idf = Math.log(1 + 1.5 / 2.5);
  const norm = 0.9 * (1 - 0.4 + (0.4 * 3) / (5 / 3));
  assert.equal(hit?.key, 'k1');
  assert.deepEqual(flat(hit.explanation!), [(idf * 2) / (2 + norm), idf, 3, 2, 2, norm, 0.9, 0.4, 3, 5 / 3]);
});
