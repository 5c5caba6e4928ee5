import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexIdAt } from '../../shared/catalog/index-id.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { floorOf } from './floor.ts';
import { freshnessOf } from './freshness.ts';
import { HeadBook } from './head-book.ts';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { ReplicaLags } from './replica-lags.ts';

const told = (heads: Readonly<Record<string, number>>, rest = 0) => ({
  partitions: Object.keys(heads),
  heads: Object.values(heads),
  rest,
});

/** Knows at 100 that x0/0 is at 5 and x0/1 at 7, at 400 that x0/1 is at 9, and that nothing more has come at 500. */
function book(): HeadBook {
  const heads = new HeadBook();
  heads.changeState(true);
  heads.heard(told({ catalog: 3, 'x0/0': 5, 'x0/1': 7 }), 100);
  heads.heard(told({ 'x0/1': 9 }), 400);
  heads.heard(told({}), 500);
  return heads;
}

// Each row: the kind of the index, the offsets that answered by shard (in two partials), and what is told at 600.
const rows: [
  name: string,
  kind: IndexKind,
  answered: Record<string, number>[],
  behind: number | null,
  oldest: number | null,
][] = [
  ['all is seen', 'document', [{ 0: 5 }, { 1: 9 }], 0, 0],
  ['replicas are ahead of what is known', 'document', [{ 0: 6, 1: 20 }], 0, 0],
  ['one lacks the last', 'document', [{ 0: 5 }, { 1: 7 }], 2, 200],
  ['both lack something: sums, and the oldest', 'document', [{ 0: 2 }, { 1: 8 }], 4, 500],
  ['an empty replica lacks all', 'document', [{ 0: -1 }], 6, 500],
  ['a shard that was never written to', 'document', [{ 2: -1 }], 0, 0],
  ['what many shards read counts once', 'term', [{ 0: 3, 1: 4 }, { 2: 5 }], 2, 500],
  ['nobody answered', 'document', [], null, null],
];
for (const [name, kind, answered, behind, oldestUnseenMs] of rows) {
  test(`freshnessOf: ${name}`, () => {
    const partials = answered.map((offsets) => ({ shards: Object.keys(offsets).map(Number), offsets }));
    const expected = { behind, oldestUnseenMs, asOfMs: 100 };
    assert.deepEqual(freshnessOf(book(), { id: 'x0', kind }, partials, 600), expected);
  });
}

test('freshnessOf: the base of a restored index is nothing that a replica lacks', () => {
  const heads = new HeadBook();
  const id = indexIdAt(4, { epoch: '0'.repeat(8), base: 1000 });
  heads.changeState(true);
  heads.heard(told({ [`${id}/0`]: 1004, [`${id}/1`]: 999 }), 100);
  const answered = [{ shards: [0, 1], offsets: { 0: -1, 1: -1 } }];
  assert.equal(freshnessOf(heads, { id, kind: 'document' }, answered, 200).behind, 5);
});

test('freshnessOf: nothing is known before the log has told all of it, and while it is away', () => {
  const heads = new HeadBook();
  const tell = (now: number) =>
    freshnessOf(heads, { id: 'x0', kind: 'document' }, [{ shards: [0], offsets: { 0: 1 } }], now);
  const unknown = { behind: null, oldestUnseenMs: null };
  assert.deepEqual(tell(5), { ...unknown, asOfMs: null });
  heads.changeState(true);
  heads.heard(told({ 'x0/0': 2 }, 1), 10);
  assert.deepEqual(tell(15), { ...unknown, asOfMs: null });
  heads.heard(told({ 'x0/1': 2 }), 20);
  assert.deepEqual(tell(25), { behind: 1, oldestUnseenMs: 15, asOfMs: 5 });
  heads.changeState(false);
  assert.deepEqual(tell(30), { ...unknown, asOfMs: 10 });
  heads.changeState(true);
  assert.deepEqual(tell(35), { ...unknown, asOfMs: 15 }, 'a log that is back has not told yet');
});

test('floorOf: what has been known for so long; not known where the knowledge is older', () => {
  const index = { id: 'x0', kind: 'document', shards: 3 } as const;
  assert.deepEqual(floorOf(book(), index, 250, 600), { 0: 5, 1: 7 });
  assert.deepEqual(floorOf(book(), index, 200, 600), { 0: 5, 1: 9 });
  assert.deepEqual(floorOf(book(), index, 550, 600), {});
  assert.equal(floorOf(book(), index, 200, 701), null);
  assert.equal(floorOf(new HeadBook(), index, 200, 600), null);
});

test('ReplicaLags: those that answer and lack something, by the last report of each leaf', () => {
  const heads = book();
  const lags = new ReplicaLags(heads, (id) => (id === 'x0' ? { id, kind: 'document', shards: 3 } : undefined));
  const replica = (shard: number, offset: number, state: 'ready' | 'loading' | 'draining' = 'ready') => {
    return { index: 'x0', shard, state, offset, documents: 0 };
  };
  lags.take({ leaf: 'a', replicas: replicasOf([replica(0, 5), replica(1, 7), replica(2, -1)]) });
  lags.take({ leaf: 'b', replicas: replicasOf([replica(0, 1, 'loading'), replica(1, 6, 'draining')]) });
  assert.deepEqual([...lags.of('a', 'x0')], [[1, { offset: 7, behind: 2, since: 400 }]]);
  assert.deepEqual([...lags.of('b', 'x0')], [[1, { offset: 6, behind: 3, since: 100 }]]);
  assert.deepEqual(lags.worst(), { behind: 3, since: 100 });
  heads.heard({ partitions: ['x0/0'], heads: [8], rest: 0 }, 900);
  assert.deepEqual([...lags.of('a', 'x0')].length, 2, 'a head that moved is seen');
  lags.take({ leaf: 'a', replicas: replicasOf([replica(1, 9)]) });
  lags.forget('b');
  assert.deepEqual([lags.of('a', 'x0').size, lags.of('b', 'x0').size, lags.of('a', 'x1').size], [0, 0, 0]);
  assert.deepEqual(lags.worst(), { behind: 0, since: Infinity });
});
