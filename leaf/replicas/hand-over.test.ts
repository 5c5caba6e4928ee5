import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { PeerNews, ReplicaReport, ReplicaState } from '../../shared/protocol/reports.ts';
import { isElsewhere, isHandedOver, sourcesOf, type Leaver } from './hand-over.ts';
import { PeerBook } from './peer-book.ts';

const leaver: Leaver = { leaf: 'a', incarnation: 9, indexId: 'x0', shard: 3, since: 5 };

/**
 * `b ready 9.5`: leaf b has the shard ready and has seen the fifth word of the ninth life of a. A `!` after the name says
 * that the whole leaf drains.
 */
function newsOf(text: string): PeerNews {
  const [name, state, seen] = text.split(' ') as [string, ReplicaState | 'none' | 'gone', string | undefined];
  const word = { leaf: name.slice(0, 1), incarnation: 1, sequence: 1 };
  if (state === 'gone') return { ...word, gone: true };
  const replica: ReplicaReport[] = state === 'none' ? [] : [{ index: 'x0', shard: 3, state, offset: 0, documents: 0 }];
  const [incarnation, sequence] = (seen ?? '').split('.').map(Number);
  const knows = seen === undefined ? {} : { seen: [{ leaf: 'a', incarnation: incarnation!, sequence: sequence! }] };
  return { ...word, host: 'h', port: 1, draining: name.endsWith('!'), replicas: replicasOf(replica), ...knows };
}

// Each row: what was heard of others, who should have the shard; whether all of these have taken over, whether anybody has.
const rows: [name: string, news: string, owners: string, all: boolean, any: boolean][] = [
  ['nobody is known', '', 'b', false, false],
  ['the owner is ready and knows', 'b ready 9.5', 'b', true, true],
  ['the owner knows more than is needed', 'b ready 9.7', 'b', true, true],
  ['the owner is ready and does not know', 'b ready', 'b', false, false],
  ['the owner knew something older', 'b ready 9.4', 'b', false, false],
  ['the owner knew of a former life', 'b ready 8.9', 'b', false, false],
  ['the owner is not ready', 'b loading 9.5', 'b', false, false],
  ['the owner is on its way out', 'b draining 9.5', 'b', false, false],
  ['the owner is about to end', 'b! ready 9.5', 'b', false, false],
  ['the owner is gone', 'b gone', 'b', false, false],
  ['the owner has nothing', 'b none 9.5', 'b', false, false],
  ['one of two owners', 'b ready 9.5, c loading 9.5', 'b c', false, true],
  ['both owners', 'b ready 9.5, c ready 9.5', 'b c', true, true],
  ['another than the owner', 'b none 9.5, c ready 9.5', 'b', false, true],
  ['nobody should have it', 'b ready 9.5', '', false, true],
];
for (const [name, news, owners, all, any] of rows) {
  test(`hand-over: ${name}`, () => {
    const peers = new PeerBook('a');
    for (const one of news.split(', ').filter((text) => text !== '')) peers.take([newsOf(one)]);
    const names = owners.split(' ').filter((text) => text !== '');
    const heard = { byRoot: [peers] };
    assert.deepEqual([isHandedOver(leaver, names, heard), isElsewhere(leaver, heard)], [all, any]);
  });
}

test('hand-over: every connected root must know, and one must be connected', () => {
  const [knows, lags] = [new PeerBook('a'), new PeerBook('a')];
  knows.take([newsOf('b ready 9.5')]);
  lags.take([newsOf('b loading 9.5')]);
  const found = [[knows], [knows, lags], []].map((byRoot) => [
    isHandedOver(leaver, ['b'], { byRoot }),
    isElsewhere(leaver, { byRoot }),
  ]);
  assert.deepEqual(found, [
    [true, true],
    [false, false],
    [false, false],
  ]);
});

test('sourcesOf: those that are ready, then those on their way out, not everybody the same first', () => {
  const peers = new PeerBook('a');
  for (const one of ['b ready', 'c draining', 'd loading', 'e ready']) peers.take([newsOf(one)]);
  assert.deepEqual(sourcesOf('x0', 3, peers), ['e', 'b', 'c']);
  assert.deepEqual(sourcesOf('x0', 4, peers), []);
});
