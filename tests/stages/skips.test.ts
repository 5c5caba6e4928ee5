import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipLines, type Skip } from './skips.ts';

const skip = (name: string, reason: string): Skip => ({ file: 'a.test.ts', name, reason });

// Each row: what was skipped, the lines.
const rows: [name: string, skips: Skip[], expected: string[]][] = [
  ['nothing', [], ['no test was skipped']],
  ['one', [skip('x', 'no disk')], ['1 skipped, for 1 reason:', '  1 × no disk', '      a.test.ts: x']],
  ['without a reason', [skip('x', '')], ['1 skipped, for 1 reason:', '  1 × no reason is given', '      a.test.ts: x']],
  [
    'several, those of most tests first',
    [skip('x', 'no disk'), skip('y', 'no net'), skip('z', 'no net')],
    [
      '3 skipped, for 2 reasons:',
      '  2 × no net',
      '      a.test.ts: y',
      '      a.test.ts: z',
      '  1 × no disk',
      '      a.test.ts: x',
    ],
  ],
];

for (const [name, skips, expected] of rows) {
  test(`skipLines: ${name}`, () => assert.deepEqual(skipLines(skips), expected));
}
