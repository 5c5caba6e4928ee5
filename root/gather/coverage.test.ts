import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { makeCoverage, relationOf, requireCoverage, type Coverage } from './coverage.ts';

const reported = new Map([
  [0, 10],
  [1, 20],
  [2, 30],
]);

const freshness = { behind: 3, oldestUnseenMs: 40, asOfMs: 5 };

function cover(asked: number, answered: number[], failures: ShardFailure[], documents: number): Coverage {
  const documentsOf = (shard: number): number | null => reported.get(shard) ?? null;
  return makeCoverage({ asked, answered, failures, freshness, documents, documentsOf });
}

const timeout = (shard: number, leaf: string): ShardFailure => ({ shard, code: 'LEAF_TIMEOUT', detail: { leaf } });

test('makeCoverage: everything answered', () => {
  assert.deepEqual(cover(2, [0, 1], [], 31), {
    shards: { asked: 2, answered: 2, failed: 0 },
    documents: { asked: 31, answered: 31 },
    ratio: 1,
    failures: [],
    freshness,
  });
});

test('makeCoverage: failures are grouped by leaf and reason, and their documents counted as last reported', () => {
  const failures = [timeout(1, 'leaf-1'), timeout(2, 'leaf-1'), { shard: 3, code: 'SHARD_UNASSIGNED' } as const];
  const coverage = cover(4, [0], failures, 11);
  assert.deepEqual(coverage.shards, { asked: 4, answered: 1, failed: 3 });
  assert.deepEqual(coverage.documents, { asked: null, answered: 11 }, 'shard 3 was never reported');
  assert.deepEqual(
    coverage.failures.map(({ code, leaf, shards }) => [code, leaf, shards]),
    [
      ['LEAF_TIMEOUT', 'leaf-1', [1, 2]],
      ['SHARD_UNASSIGNED', undefined, [3]],
    ],
  );
  assert.deepEqual(cover(3, [0], failures.slice(0, 2), 11).documents, { asked: 61, answered: 11 });
});

test('makeCoverage: asked = answered + failed, or it is a fault of the program', () => {
  assert.throws(() => cover(3, [0], [timeout(1, 'a')], 0), /asked 3/);
});

// Each row: answered of 4 shards, the minimum, whether the answer may be given.
const rows: [answered: number, min: number, enough: boolean][] = [
  [4, 1, true],
  [3, 1, false],
  [3, 0.75, true],
  [2, 0.75, false],
  [0, 0, true],
];
for (const [answered, min, enough] of rows) {
  test(`requireCoverage: ${answered} of 4 with a minimum of ${min}`, () => {
    const shards = [0, 1, 2, 3];
    const coverage = cover(
      4,
      shards.slice(0, answered),
      shards.slice(answered).map((shard) => timeout(shard, 'a')),
      0,
    );
    if (enough) requireCoverage(coverage, min);
    else assert.throws(() => requireCoverage(coverage, min), { code: 'COVERAGE_TOO_LOW' });
  });
}

test('relationOf: a total is exact only where it was counted to the end and no shard failed', () => {
  const whole = cover(1, [0], [], 0);
  const lacking = cover(2, [0], [timeout(1, 'a')], 0);
  assert.deepEqual([relationOf('eq', whole), relationOf('gte', whole)], ['eq', 'gte']);
  assert.deepEqual([relationOf('eq', lacking), relationOf('gte', lacking)], ['gte', 'gte']);
});

test('requireCoverage: a fault of one leaf is no fault of the request', () => {
  const failure: ShardFailure = { shard: 0, code: 'INTERNAL' };
  requireCoverage(cover(2, [1], [failure], 0), 0.5);
  assert.throws(() => requireCoverage(cover(2, [1], [failure], 0), 1), { code: 'COVERAGE_TOO_LOW' });
});

test('requireCoverage: a fault of the request is told as itself, whatever the minimum', () => {
  const failure: ShardFailure = { shard: 0, code: 'AGGREGATION_TOO_MANY_BUCKETS', detail: { limit: 5, actual: 6 } };
  assert.throws(() => requireCoverage(cover(1, [], [failure], 0), 0), { code: 'AGGREGATION_TOO_MANY_BUCKETS' });
});

// Each row: shards that stand still, those that answered of 3, what is said of it.
const stop = (shard: number) => ({ shard, offset: 10 + shard, code: 'BATCH_INVALID', reason: 'x' }) as const;
const stops: [name: string, stops: number[], answered: number[], expected: Coverage['stopped']][] = [
  ['none does', [], [0, 1, 2], undefined],
  ['one that answered does', [1], [0, 1], [{ shard: 1, offset: 11, code: 'BATCH_INVALID' }]],
  ['one that did not answer is a failure already', [2], [0, 1], undefined],
  ['both', [1, 2], [0, 1], [{ shard: 1, offset: 11, code: 'BATCH_INVALID' }]],
];
for (const [name, still, answered, expected] of stops) {
  test(`makeCoverage: shards that stand still: ${name}`, () => {
    const failures = [0, 1, 2].filter((shard) => !answered.includes(shard)).map((shard) => timeout(shard, 'a'));
    const input = { asked: 3, answered, failures, freshness, documents: 0, documentsOf: () => 0 };
    const coverage = makeCoverage({ ...input, stops: still.map(stop) });
    assert.deepEqual(coverage.stopped, expected);
    assert.equal('stopped' in coverage, expected !== undefined);
  });
}

test('requireCoverage: a state that is gone is told as that, with all shards that lack it: asking again would meet the same', () => {
  const gone = (shard: number, leaf: string): ShardFailure => ({
    shard,
    code: 'PIN_GONE',
    detail: { leaf, why: 'late' },
  });
  const coverage = cover(5, [0], [timeout(4, 'a'), gone(3, 'b'), gone(1, 'c'), gone(2, 'b')], 0);
  requireCoverage(coverage, 0.2);
  assert.throws(() => requireCoverage(coverage, 0.5), { code: 'PIN_GONE', detail: { why: 'late', shards: [1, 2, 3] } });
});

test('requireCoverage: pins of which one leaf keeps too many are told as that', () => {
  const full: ShardFailure = { shard: 1, code: 'PINS_TOO_MANY', detail: { limit: 5 } };
  const coverage = cover(2, [0], [full], 0);
  assert.throws(() => requireCoverage(coverage, 1), { code: 'PINS_TOO_MANY', detail: { limit: 5, shards: [1] } });
});
