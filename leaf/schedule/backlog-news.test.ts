import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BacklogNews } from './backlog-news.ts';

type Look = readonly [now: number, interactiveMs: number, batchMs?: number];

// Each row: looks at a backlog, one after the other; which of them are told.
const rows: [name: string, looks: Look[], told: number[]][] = [
  [
    'nothing to do',
    [
      [0, 0],
      [1000, 0],
    ],
    [],
  ],
  [
    'as much as is done at once',
    [
      [0, 2],
      [10, 0],
      [20, 2],
    ],
    [],
  ],
  ['more than that', [[0, 2.1]], [0]],
  ['more than that of one kind', [[0, 2.1, 0]], [0]],
  ['more than that of the other', [[0, 0, 2.1]], [0]],
  [
    'the same again',
    [
      [0, 10],
      [10, 10],
      [20, 11],
    ],
    [0],
  ],
  [
    'more, and less',
    [
      [0, 10],
      [10, 13],
      [20, 10],
    ],
    [0, 10, 20],
  ],
  [
    'a tenth of a long line',
    [
      [0, 100],
      [10, 110],
      [20, 111],
    ],
    [0, 20],
  ],
  [
    'too soon after the last',
    [
      [0, 10],
      [4, 50],
      [5, 50],
    ],
    [0, 5],
  ],
  [
    'that all is done, at once',
    [
      [0, 10],
      [1, 0],
    ],
    [0, 1],
  ],
  [
    'batch work alone',
    [
      [0, 0, 10],
      [10, 0, 10],
    ],
    [0],
  ],
];
for (const [name, looks, told] of rows) {
  test(`BacklogNews: ${name}`, () => {
    const news = new BacklogNews();
    const found = looks.filter(([now, interactiveMs, batchMs = interactiveMs]) => {
      return news.isNews({ interactiveMs, batchMs, taskMs: 1 }, now);
    });
    assert.deepEqual(
      found.map(([now]) => now),
      told,
    );
  });
}
