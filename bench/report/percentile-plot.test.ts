import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPercentilePlot } from './percentile-plot.ts';

/** The points of each curve, as written. */
function curvesOf(points: { share: number; ms: number }[]): string[] {
  const svg = renderPercentilePlot('a < b', [{ name: 'one & only', points }]);
  return [...svg.matchAll(/points="([^"]*)"/g)].map((match) => match[1]!);
}

// Each row: points, where they are drawn: decades of rarity to the right, decades of milliseconds upwards.
const rows: [name: string, points: { share: number; ms: number }[], expected: string][] = [
  ['the axes begin at the minimum and 1 ms', [{ share: 0, ms: 1 }], '60.0,360.0'],
  ['each decade of rarity is a quarter of the width', [{ share: 0.9, ms: 10 }], '220.0,40.0'],
  ['a share of 1 is drawn at the right edge', [{ share: 1, ms: 10 }], '700.0,40.0'],
];
for (const [name, points, expected] of rows) {
  test(`renderPercentilePlot: ${name}`, () => assert.deepEqual(curvesOf(points), [expected]));
}

test('renderPercentilePlot: text is escaped', () => {
  const svg = renderPercentilePlot('a < b', [{ name: 'one & only', points: [] }]);
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /one &amp; only/);
});
