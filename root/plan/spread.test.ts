import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spread } from '../../shared/query/request.ts';
import type { LeafView } from '../scatter/replica-choice.ts';
import { divideWork } from './spread.ts';

/** `a,b!`: leaf b is silent; `c+`: tasks stand in line on c. */
function divide(spread: Spread, text: string): string {
  const inLine = new Set(Array.from(text.matchAll(/(\w)\+/g), ([, leaf]) => leaf!));
  const leaves = text.split(' ').map((each) => {
    return each.split(',').map((written): LeafView => {
      const condition = written.endsWith('!') ? 'silent' : 'good';
      return { name: written[0]!, inFlight: 0, latencyMs: 1, inFlightMax: Infinity, condition };
    });
  });
  const owners = new Map(leaves.map((each, shard) => [shard, each]));
  const ranked = new Map(leaves.map((each, shard) => [shard, each.map(({ name }) => name)]));
  const { candidates, sharedBy } = divideWork(spread, { ranked, owners, hasLine: (leaf) => inLine.has(leaf) });
  const shown = [...candidates.values()].map((each) => each.join(',')).join(' ');
  return sharedBy.length === 0 ? shown : `${shown} shared by ${sharedBy.join(',')}`;
}

// Each row: how to spread, the leaves of each shard in turn, best first; the leaves to ask, best first.
const rows: [spread: Spread, owners: string, expected: string][] = [
  ['even', 'a,b b,a', 'a,b b,a'],
  ['narrow', 'a,b b,a a,b', 'a,b a,b a,b'],
  ['narrow', 'a,b c,b a,c', 'a,b c,b a,c'],
  ['narrow', 'a,b b,c d,b', 'b,a b,c b,d'],
  ['narrow', 'a,b! c,b! d,b!', 'a,b c,b d,b'],
  ['narrow', 'b! a', 'b a'],
  ['wide', 'a,b b,a', 'a,b b,a shared by a,b'],
  ['wide', 'a,b! c,b!', 'a,b c,b shared by a,c'],
  ['wide', 'a a,b!', 'a a,b'],
  ['wide', 'a,b+,c b+,a,c', 'a,b,c b,a,c shared by a,c'],
  ['wide', 'a,b+ b+,a', 'a,b b,a'],
  ['wide', 'a+,b+ b+,a+', 'a,b b,a'],
];
for (const [spread, owners, expected] of rows) {
  test(`divideWork: ${spread}, ${owners}`, () => assert.equal(divide(spread, owners), expected));
}
