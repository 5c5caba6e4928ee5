import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBars, type Point } from './bars.ts';

// Each row: the points, the lines drawn in ten cells.
const rows: [name: string, points: Point[], expected: string[]][] = [
  ['no points', [], ['']],
  ['only zeros', [{ label: 'a', value: 0 }], ['a | 0']],
  [
    'the largest fills the width, a tiny one still shows',
    [
      { label: '1', value: 0.01 },
      { label: '16', value: 1 },
      { label: '64', value: 2 },
    ],
    [' 1 |# 0.010', '16 |##### 1', '64 |########## 2'],
  ],
];

for (const [name, points, expected] of rows) {
  test(`renderBars: ${name}`, () => assert.equal(renderBars(points, { width: 10 }), expected.join('\n')));
}
