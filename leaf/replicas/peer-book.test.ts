import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { PeerNews, ReplicaReport } from '../../shared/protocol/reports.ts';
import { PeerBook } from './peer-book.ts';

/** `b2.5` is the fifth word of the second life of b; `b2.5!` says that b is gone, `b2.5~3` that it drains since the third. */
function newsOf(word: string): PeerNews {
  const [, leaf, incarnation, sequence, mark] = /^(\w)(\d+)\.(\d+)(!|~\d+)?$/.exec(word)!;
  const known = { leaf: leaf!, incarnation: Number(incarnation), sequence: Number(sequence) };
  if (mark === '!') return { ...known, gone: true };
  const replica = { index: 'x0', shard: 0, offset: 0, documents: 0 };
  const replicas: ReplicaReport[] =
    mark === undefined
      ? [{ ...replica, state: 'ready' }]
      : [{ ...replica, state: 'draining', since: Number(mark.slice(1)) }];
  return { ...known, host: 'h', port: 1, draining: false, replicas: replicasOf(replicas) };
}

// Each row: what was told, in order; who is there by which word; whose draining has been seen.
const rows: [name: string, told: string, there: string, seen: string][] = [
  ['knows nobody', '', '', ''],
  ['takes the first word', 'b1.1 c1.1', 'b1.1 c1.1', ''],
  ['takes the newer word', 'b1.1 b1.2', 'b1.2', ''],
  ['keeps the newer word', 'b1.2 b1.1', 'b1.2', ''],
  ['takes a new life', 'b1.9 b2.1', 'b2.1', ''],
  ['keeps a new life', 'b2.1 b1.9', 'b2.1', ''],
  ['lets go who is gone', 'b1.1 b1.2!', '', ''],
  ['is not misled by a root that has lost sight', 'b1.2 b1.2!', 'b1.2', ''],
  ['is not misled by a root that has lost sight, whoever is first', 'b1.2! b1.2', 'b1.2', ''],
  ['takes back who returns', 'b1.1 b1.2! b2.1', 'b2.1', ''],
  ['is not misled by a root that lags', 'b1.2! b1.1', '', ''],
  ['knows itself better', 'a1.1 b1.1', 'b1.1', ''],
  ['remembers whose draining it has seen', 'b1.1~1 c1.4 d3.9~8', 'b1.1 c1.4 d3.9', 'b1.1 d3.8'],
];

for (const [name, told, there, seen] of rows) {
  test(`peer book: ${name}`, () => {
    const book = new PeerBook('a');
    for (const word of told.split(' ').filter((one) => one !== '')) book.take([newsOf(word)]);
    const words = (list: readonly { leaf: string; incarnation: number; sequence: number }[]): string =>
      list.map(({ leaf, incarnation, sequence }) => `${leaf}${incarnation}.${sequence}`).join(' ');
    assert.deepEqual([words(book.reports()), words(book.seen())], [there, seen]);
  });
}

test('peer book: a word by which nobody stands gives way to an older one', () => {
  const book = new PeerBook('a');
  book.take([newsOf('b9.9')]);
  assert.equal(book.take([newsOf('b1.1')]), false);
  assert.equal(
    book.take([newsOf('b1.1')], () => false),
    true,
  );
  assert.equal(book.reportOf('b')?.incarnation, 1);
  assert.deepEqual(
    ['b1.1', 'b1.2', 'c1.1'].map((word) => book.knows(newsOf(word))),
    [true, false, false],
  );
});

test('peer book: says whether anything changed', () => {
  const book = new PeerBook('a');
  assert.deepEqual([book.take([newsOf('b1.2')]), book.take([newsOf('b1.1')]), book.take([])], [true, false, false]);
  book.take([newsOf('b1.3!')]);
  assert.equal(book.reportOf('b'), undefined);
});
