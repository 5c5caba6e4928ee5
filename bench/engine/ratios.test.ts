import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioRows } from './ratios.ts';

// Each row: microseconds of the mean of both kinds beside those of the peer, whether it is met.
const rows: [own: number, peer: number, met: string][] = [
  [150, 100, 'yes'],
  [151, 100, 'NO'],
  [10, 100, 'yes'],
];
for (const [own, peer, met] of rows) {
  test(`ratioRows: ${own} beside ${peer} µs, 1.5 × asked: ${met}`, () => {
    const kinds = [
      { kind: 'a', own: [own, own + 100], peer: [peer] },
      { kind: 'b', own: [own - 50], peer: [peer, peer] },
    ];
    assert.deepEqual(ratioRows(kinds, 1.5), [
      ['a', own + 50, peer, (own + 50) / peer, '', ''],
      ['b', own - 50, peer, (own - 50) / peer, '', ''],
      ['mean', own, peer, own / peer, '≤ 1.5 ×', met],
    ]);
  });
}
