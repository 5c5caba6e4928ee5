import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { compareHits, type SortKey } from '../../shared/ranking/order.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { Coverage } from '../gather/coverage.ts';
import { joinCoverages, mergeAnswers } from './merge-answers.ts';

type Hit = SearchAnswer['hits'][number];

const whole: Coverage = {
  shards: { asked: 2, answered: 2, failed: 0 },
  documents: { asked: 5, answered: 5 },
  ratio: 1,
  failures: [],
  freshness: { behind: 1, oldestUnseenMs: 10, asOfMs: 3 },
};
const part: Coverage = {
  shards: { asked: 4, answered: 1, failed: 3 },
  documents: { asked: null, answered: 2 },
  ratio: 0.25,
  failures: [{ code: 'LEAF_TIMEOUT', reason: 'late', shards: [1, 2, 3] }],
  freshness: { behind: 2, oldestUnseenMs: 7, asOfMs: 9 },
  stopped: [{ shard: 0, offset: 7, code: 'BATCH_INVALID' }],
};
const unknown: Coverage = { ...whole, freshness: { behind: null, oldestUnseenMs: null, asOfMs: 1 } };

// Each row: the coverages of the indexes a, b, …; what is joined of them.
const rows: [name: string, parts: Coverage[], expected: Coverage][] = [
  [
    'none',
    [],
    {
      shards: { asked: 0, answered: 0, failed: 0 },
      documents: { asked: null, answered: 0 },
      ratio: 1,
      failures: [],
      freshness: { behind: null, oldestUnseenMs: null, asOfMs: null },
    },
  ],
  ['one', [whole], whole],
  [
    'one that is whole and one that is not',
    [whole, part],
    {
      shards: { asked: 6, answered: 3, failed: 3 },
      documents: { asked: null, answered: 7 },
      ratio: 0.5,
      failures: [{ index: 'b', code: 'LEAF_TIMEOUT', reason: 'late', shards: [1, 2, 3] }],
      freshness: { behind: 3, oldestUnseenMs: 10, asOfMs: 9 },
      stopped: [{ index: 'b', shard: 0, offset: 7, code: 'BATCH_INVALID' }],
    },
  ],
  [
    'what is not known of one',
    [whole, unknown],
    {
      ...whole,
      shards: { asked: 4, answered: 4, failed: 0 },
      documents: { asked: 10, answered: 10 },
      freshness: { behind: null, oldestUnseenMs: null, asOfMs: 3 },
    },
  ],
];
for (const [name, parts, expected] of rows) {
  test(`joinCoverages: ${name}`, () => {
    assert.deepEqual(joinCoverages(parts.map((coverage, i) => ({ index: 'abcd'[i]!, coverage }))), expected);
  });
}

const orders: [name: string, keys: SortKey[]][] = [
  ['by score', [{ by: 'score', descending: true }]],
  [
    'by a field, then by place',
    [
      { by: 'field', field: 'n', descending: false, values: 'number' },
      { by: 'position', descending: false },
    ],
  ],
  ['by place backwards', [{ by: 'position', descending: true }]],
];
for (const [name, keys] of orders) {
  test(`mergeAnswers: hits ${name} are those of all, sorted`, (t) => {
    const seed = 7;
    t.diagnostic(`seed ${seed}`);
    const random = createRandom(seed);
    for (let round = 0; round < 200; round++) {
      const indexes = ['a', 'b', 'c', 'd', 'e'].slice(0, random.integer(1, 5));
      const answers = indexes.map((index) => {
        const hits = Array.from({ length: random.integer(0, 6) }, (_, i) => hitOf(keys, random.integer(0, 2), i));
        return { index, answer: answerOf(hits.sort((a, b) => compareHits(keys, a, b))) };
      });
      const request = { sort: keys, from: random.integer(0, 2), size: random.integer(0, 12) };
      const merged = mergeAnswers(request, answers, { tookMs: 4, mergeWork: null });
      const all = answers.flatMap(({ index, answer }) => answer.hits.map((hit) => ({ ...hit, index })));
      // Sorting keeps the order of the indexes and of what each found, which is that of ties; backwards it is the other way round.
      const backwards = keys[0]!.by === 'position';
      const expected = (backwards ? all.sort((a, b) => (a.index < b.index ? 1 : -1)) : all)
        .map((hit, i) => ({ hit, i }))
        .sort((a, b) => (backwards ? 0 : valueOrder(keys[0]!, a.hit, b.hit)) || a.i - b.i)
        .map(({ hit }) => hit);
      if (backwards) expected.sort((a, b) => (a.index === b.index ? compareHits(keys, a, b) : 0));
      assert.deepEqual(merged.hits, expected.slice(request.from, request.from + request.size));
      assert.equal(merged.bestScore, request.from + request.size === 0 ? null : (expected[0]?.score ?? null));
      assert.equal(merged.total, all.length);
    }
  });
}

function valueOrder(key: SortKey, a: Hit, b: Hit): number {
  const order = (a.values[0] as number) - (b.values[0] as number);
  return key.descending ? -order : order;
}

function hitOf(keys: readonly SortKey[], value: number, offset: number): Hit {
  const values = keys.map(({ by }) => (by === 'position' ? offset : value));
  return { key: `${offset}`, shard: 0, offset, score: value, values, source: Buffer.from('{}') };
}

function answerOf(hits: readonly Hit[]): SearchAnswer {
  return {
    hits,
    bestScore: hits[0]?.score ?? null,
    total: hits.length,
    totalRelation: 'eq',
    parts: [],
    coverage: whole,
    missing: null,
    uncounted: 0,
    token: null,
    tookMs: 3,
    mergedMs: 1,
    mergeWork: null,
  };
}
