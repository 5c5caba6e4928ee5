import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { PeerNews } from '../../shared/protocol/reports.ts';
import { Hearsay } from './hearsay.ts';

const place = { host: 'b', port: 1, draining: false, replicas: replicasOf([]) };
const word = (incarnation: number, sequence: number): PeerNews => ({ leaf: 'b', incarnation, sequence, ...place });
const gone = (incarnation: number, sequence: number): PeerNews => ({ leaf: 'b', incarnation, sequence, gone: true });

/** Each step: which of two roots tells what of leaf b. */
function after(steps: readonly (readonly [root: 0 | 1, news: PeerNews])[]): string {
  const heard = new Hearsay('a');
  const roots = [{}, {}] as const;
  for (const root of roots) heard.met(root);
  for (const [root, news] of steps) heard.take(roots[root], [news]);
  const known = [heard.all, ...heard.byRoot].map((book) => book.reportOf('b')?.incarnation ?? '-');
  return known.join(' ');
}

// Each row: what roots tell, the life of leaf b that is known of: at all, by the first root, by the second.
const rows: [name: string, steps: [0 | 1, PeerNews][], known: string][] = [
  ['one root tells', [[0, word(5, 1)]], '5 5 -'],
  [
    'an older word of another root',
    [
      [0, word(5, 1)],
      [1, word(4, 9)],
    ],
    '5 5 4',
  ],
  [
    'gone, by both, forgotten by both, and back without its folder',
    [
      [0, word(5, 1)],
      [1, word(5, 1)],
      [0, gone(5, 2)],
      [1, gone(5, 2)],
      [0, word(1, 1)],
      [1, word(1, 1)],
    ],
    '1 1 1',
  ],
  [
    'one of the roots has not forgotten yet',
    [
      [0, gone(5, 2)],
      [1, gone(5, 2)],
      [0, word(1, 1)],
    ],
    '- 1 -',
  ],
];
for (const [name, steps, known] of rows) {
  test(`Hearsay: ${name}`, () => assert.equal(after(steps), known));
}
