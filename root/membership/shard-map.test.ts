import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { LeafReport, ReplicaReport } from '../../shared/protocol/reports.ts';
import { ShardMap } from './shard-map.ts';

/** A leaf by its replicas of an index of three shards: `0r 1l` is ready in shard 0 and loading in shard 1. */
function report(leaf: string, text: string, documents = 1): LeafReport {
  const states = { r: 'ready', l: 'loading', d: 'draining' } as const;
  const replicas = [...text.matchAll(/(\d)([rld])/g)].map(([, shard, state]): ReplicaReport => {
    return { index: 'x', shard: Number(shard), state: states[state as 'r'], offset: 0, documents };
  });
  return { leaf, incarnation: 1, sequence: 1, queued: 0, replicas: replicasOf(replicas) };
}

// Each row: what a and b report, whom to ask for the shards 0, 1 and 2.
const rows: [a: string, b: string, owners: string][] = [
  ['', '', '| |'],
  ['0r 1r', '1r 2r', 'a|a b|b'],
  ['0r 1l', '1r 2l', 'a|b|'],
  ['0d 1d', '1r', 'a|b|'],
  ['0d 1d', '0d 1l', 'a b|a|'],
  ['5r', '0r', 'b||'],
];

for (const [a, b, owners] of rows) {
  test(`ShardMap: a with ${a || 'nothing'} and b with ${b || 'nothing'}`, () => {
    const map = new ShardMap(() => [report('a', a), report('b', b)]);
    const actual = map.ownersOf('x', 3).map((leaves) => leaves.join(' '));
    assert.equal(actual.join('|'), owners.replaceAll('| |', '||'));
    assert.deepEqual(map.ownersOf('y', 1), [[]]);
  });
}

test('ShardMap: looks again after a change, and keeps what was last said of documents', () => {
  let reports = [report('a', '0r', 7)];
  const map = new ShardMap(() => reports);
  map.take(reports[0]!, replicasOf([]));
  assert.deepEqual(map.ownersOf('x', 1), [['a']]);
  assert.deepEqual([map.documentsOf('x', 0), map.documentsOf('x', 1)], [7, null]);
  reports = [];
  map.changed();
  assert.deepEqual(map.ownersOf('x', 1), [[]]);
  assert.equal(map.documentsOf('x', 0), 7);
});

test('ShardMap: what a shard is made of is what the replica tells that is furthest, and is kept while nobody has it', () => {
  const at = (leaf: string, offset: number, state: string): LeafReport => {
    const [made] = report(leaf, `0${state}`, offset * 10).replicas.values();
    return { ...report(leaf, ''), replicas: replicasOf([{ ...made!, offset }]) };
  };
  const told: (readonly [LeafReport, expected: number])[] = [
    [at('a', 5, 'r'), 5],
    [at('b', 3, 'l'), 5],
    [at('b', 6, 'r'), 6],
    [at('a', 6, 'd'), 6],
  ];
  const map = new ShardMap(() => told.map(([each]) => each));
  assert.equal(map.summaryOf('x', 0), null);
  for (const [each, offset] of told) {
    map.take(each, replicasOf([]));
    const { offset: furthest, documents } = map.summaryOf('x', 0)!;
    assert.deepEqual([furthest, documents], [offset, offset * 10]);
  }
  map.take({ replicas: replicasOf([]) }, told[0]![0].replicas);
  assert.equal(map.summaryOf('x', 0)!.offset, 6);
});

test('ShardMap: the state of an index, where all replicas that answer agree, until the next report', () => {
  const at = (leaf: string, text: string, offset: number): LeafReport => {
    const made = report(leaf, text);
    return { ...made, replicas: replicasOf(Array.from(made.replicas.values(), (replica) => ({ ...replica, offset }))) };
  };
  // Each row: what a and b report, the state of two shards.
  const states: [a: LeafReport, b: LeafReport, expected: number[] | null][] = [
    [at('a', '0r 1r', 7), at('b', '0r', 7), [7, 7]],
    [at('a', '0r 1r', 7), at('b', '0l', 3), [7, 7]],
    [at('a', '0r 1r', 7), at('b', '0r', 8), null],
    [at('a', '0r 1r', 7), at('b', '0d', 8), null],
    [at('a', '0r 1l', 7), at('b', '0r', 7), null],
  ];
  for (const [a, b, expected] of states) assert.deepEqual(new ShardMap(() => [a, b]).stateOf('x', 2), expected);
  let reports = [at('a', '0r', 7)];
  const map = new ShardMap(() => reports);
  assert.deepEqual(map.stateOf('x', 1), [7]);
  const before = reports[0]!;
  reports = [at('a', '0r', 9)];
  map.take(reports[0]!, before.replicas);
  assert.deepEqual(map.stateOf('x', 1), [9]);
});

// Each row: what was reported in turn, whether one of two shards was never ready.
const novelties: [reports: string[], hasNew: boolean][] = [
  [[], true],
  [['0r 1l'], true],
  [['0r 1r'], false],
  [['0r 1r', '0l 1d'], false],
  [['0r 1r', '1r'], true],
];
for (const [reports, hasNew] of novelties) {
  test(`ShardMap: after ${reports.join(', then ') || 'nothing'} there ${hasNew ? 'is' : 'is no'} shard that was never ready`, () => {
    let last = report('a', '');
    const map = new ShardMap(() => [last]);
    for (const text of reports) {
      const before = last.replicas;
      last = report('a', text);
      map.take(last, before);
    }
    assert.equal(map.hasNewShards('x', 2), hasNew);
  });
}

// Each row: what a and b reported, what a reports then, the documents of the shard that a let go.
const gone: [a: string, b: string, then: string, documents: number | null][] = [
  ['0r', '0r', '', 1],
  ['0r', '', '', null],
  ['0r', '1r', '0l', 1],
];
for (const [a, b, then, documents] of gone) {
  test(`ShardMap: a had ${a} and b ${b || 'nothing'}; once a has ${then || 'nothing'} there are ${documents} documents`, () => {
    const [before, other, after] = [report('a', a), report('b', b), report('a', then)];
    let reports = [before, other];
    const map = new ShardMap(() => reports);
    for (const each of reports) map.take(each, replicasOf([]));
    reports = [after, other];
    map.take(after, before.replicas);
    assert.equal(map.documentsOf('x', 0), documents);
    assert.equal(map.hasNewShards('x', 1), documents === null);
  });
}
