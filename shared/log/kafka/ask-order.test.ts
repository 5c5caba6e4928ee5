import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askOrder } from './ask-order.ts';

// Each row: addresses by the ends of their ports, which of them failed when, the order.
const rows: [what: string, addresses: string, failed: [string, number][], order: string][] = [
  ['none failed', 'abc', [], 'abc'],
  ['one is given twice', 'abcab', [], 'abc'],
  ['the first failed', 'abc', [['a', 5]], 'bca'],
  [
    'two failed, the first of them later',
    'abc',
    [
      ['a', 9],
      ['b', 5],
    ],
    'cba',
  ],
  [
    'all failed',
    'abc',
    [
      ['a', 9],
      ['b', 5],
      ['c', 7],
    ],
    'bca',
  ],
  ['one failed that is not there', 'ab', [['x', 9]], 'ab'],
];
for (const [what, addresses, failed, order] of rows) {
  test(`askOrder: ${what}`, () => {
    const asked = Array.from(addresses, (host) => ({ host, port: 1 }));
    const failedAtMs = new Map(failed.map(([host, atMs]) => [`${host}:1`, atMs]));
    assert.equal(
      askOrder(asked, failedAtMs)
        .map(({ host }) => host)
        .join(''),
      order,
    );
  });
}
