import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerNews, ReplicaState } from '../../shared/protocol/reports.ts';
import { PeerBook } from './peer-book.ts';

/** `b2.5` is the fifth word of the second life of b; `b2.5!` says that b is gone, `b2.5~` that it drains a replica. */
function newsOf(word: string): PeerNews {
  const [, leaf, incarnation, sequence, mark] = /^(\w)(\d+)\.(\d+)([!~]?)$/.exec(word)!;
  const known = { leaf: leaf!, incarnation: Number(incarnation), sequence: Number(sequence) };
  if (mark === '!') return { ...known, gone: true };
  const state: ReplicaState = mark === '~' ? 'draining' : 'ready';
  const replicas = [{ index: 'x0', shard: 0, state, offset: 0, documents: 0 }];
  return { ...known, host: 'h', port: 1, draining: false, replicas };
}

// Each row: what was told, in order; who is there by which word; whose draining has been seen.
const rows: [name: string, told: string, there: string, seen: string][] = [
  ['knows nobody', '', '', ''],
  ['takes the first word', 'b1.1 c1.1', 'b1.1 c1.1', ''],
  ['takes the newer word', 'b1.1 b1.2', 'b1.2', ''],
  ['keeps the newer word', 'b1.2 b1.1', 'b1.2', ''],
  ['takes a new life', 'b1.9 b2.1', 'b2.1', ''],
  ['keeps a new life', 'b2.1 b1.9', 'b2.1', ''],
  ['lets go who is gone', 'b1.1 b1.1!', '', ''],
  ['is not misled by a root that has lost sight', 'b1.2 b1.1!', 'b1.2', ''],
  ['takes back who returns', 'b1.1 b1.1! b2.1', 'b2.1', ''],
  ['is not misled by a root that lags', 'b1.1! b1.1', '', ''],
  ['knows itself better', 'a1.1 b1.1', 'b1.1', ''],
  ['remembers whose draining it has seen', 'b1.1~ c1.4 d3.2~', 'b1.1 c1.4 d3.2', 'b1.1 d3.2'],
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

test('peer book: says whether anything changed, and whom it knows', () => {
  const book = new PeerBook('a');
  assert.deepEqual([book.take([newsOf('b1.2')]), book.take([newsOf('b1.1')]), book.take([])], [true, false, false]);
  book.take([newsOf('b1.2!')]);
  assert.deepEqual([book.knows('b'), book.knows('c'), book.reportOf('b')], [true, false, undefined]);
});
