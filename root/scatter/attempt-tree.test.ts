import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestAnswers, coveredShards, openAttempts, type Attempt } from './attempt-tree.ts';

/** Shards asked, shards answered (null while open), parts. */
type Sketch = readonly [shards: number[], answered: number[] | null, ...parts: Sketch[]];

function treeOf(sketch: Sketch): Attempt {
  let number = 0;
  const grow = ([shards, answered, ...parts]: Sketch): Attempt => ({
    number: number++,
    leaf: 'a',
    shards,
    reason: 'hedge',
    sentAt: 0,
    hedgeDepth: 0,
    state: answered === null ? 'open' : 'answered',
    answered: answered ?? [],
    parts: parts.map(grow),
    top: null,
  });
  return grow(sketch);
}

// Each row: a tree, its attempts numbered in depth-first order; shards covered, answers that count, attempts open.
const rows: [name: string, tree: Sketch, covered: number, best: number[], open: number[]][] = [
  ['alone, open', [[0, 1], null], 0, [], [0]],
  [
    'alone, answered',
    [
      [0, 1],
      [0, 1],
    ],
    2,
    [0],
    [],
  ],
  ['a part counts while its first is open', [[0, 1], null, [[0], [0]], [[1], null]], 1, [1], [0, 2]],
  ['all parts together', [[0, 1], null, [[0], [0]], [[1], [1]]], 2, [1, 2], [0]],
  [
    'the first alone, when it has all',
    [
      [0, 1],
      [0, 1],
      [[0], [0]],
      [[1], null],
    ],
    2,
    [0],
    [2],
  ],
  ['the first and the part it lacks', [[0, 1], [0], [[0], [0]], [[1], [1]]], 2, [0, 2], []],
  [
    'parts that overlap it count only without it',
    [
      [0, 1, 2],
      [0],
      [
        [0, 1],
        [0, 1],
      ],
      [[2], [2]],
    ],
    3,
    [1, 2],
    [],
  ],
  [
    'parts of parts',
    [
      [0, 1],
      null,
      [
        [0, 1],
        null,
        [
          [0, 1],
          [0, 1],
        ],
      ],
    ],
    2,
    [2],
    [0, 1],
  ],
];
for (const [name, sketch, covered, best, open] of rows) {
  test(`attempt tree: ${name}`, () => {
    const tree = treeOf(sketch);
    assert.equal(coveredShards(tree), covered);
    assert.deepEqual(
      bestAnswers(tree).map(({ number }) => number),
      best,
    );
    assert.deepEqual(
      openAttempts(tree).map(({ number }) => number),
      open,
    );
  });
}
