import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSamples, sumOfMetric } from './scrape.ts';

const page = parseSamples('# HELP a b\n# TYPE a counter\na{kind="x",end="y"} 2\na{kind="z"} 3\nab 5\n');

// Each row: metric, what its labels hold, the sum over two such pages.
const rows: [name: string, labels: string, expected: number][] = [
  ['a', '', 10],
  ['a', 'kind="x"', 4],
  ['a', 'kind="q"', 0],
  ['ab', '', 10],
];
for (const [name, labels, expected] of rows) {
  test(`sumOfMetric: ${name} ${labels}`, () => assert.equal(sumOfMetric([page, page], name, labels), expected));
}
