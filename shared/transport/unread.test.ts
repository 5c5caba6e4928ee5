import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { Unread, unreadMsMax } from './unread.ts';

const { unreadBytesMax: most, unreadLongBytesMax: long } = limits;

type Step = readonly ['took'] | readonly [keptBytes: number, now: number];

// Each row: what is seen of the peer, and whether it is given up at the last look.
const rows: [name: string, steps: readonly Step[], isStuck: boolean][] = [
  ['nothing is kept', [[0, 5]], false],
  ['much is kept for a moment', [[long + 1, 5]], false],
  ['as much as may be', [[most, 5]], false],
  ['too much', [[most + 1, 5]], true],
  [
    'much, for a little less than may be',
    [
      [long + 1, 5],
      [long + 1, 4 + unreadMsMax],
    ],
    false,
  ],
  [
    'much, for too long',
    [
      [long + 1, 5],
      [long + 1, 5 + unreadMsMax],
    ],
    true,
  ],
  [
    'little, for long',
    [
      [long, 5],
      [long, 5 + unreadMsMax],
    ],
    false,
  ],
  ['much, of which something was taken', [[long + 1, 5], ['took'], [most, 5 + unreadMsMax]], false],
  ['much, nothing for too long after that', [[long + 1, 5], ['took'], [most, 9], [most, 9 + unreadMsMax]], true],
  [
    'much, then little, then much',
    [
      [most, 5],
      [long, 6],
      [most, 7],
      [most, 6 + unreadMsMax],
    ],
    false,
  ],
];
for (const [name, steps, isStuck] of rows) {
  test(`Unread: ${name}`, () => {
    const unread = new Unread();
    let found = false;
    for (const [first, now] of steps) {
      if (first === 'took' || now === undefined) unread.took();
      else found = unread.isStuck(first, now);
    }
    assert.equal(found, isStuck);
  });
}
