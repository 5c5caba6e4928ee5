import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import { EditDistance } from './edit-distance.ts';

/** Optimal string alignment, from its definition. */
function distanceOf(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)];
  const same = a.at(-1) === b.at(-1) ? 0 : 1;
  let least = Math.min(distanceOf(restA, restB) + same, distanceOf(restA, b) + 1, distanceOf(a, restB) + 1);
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    least = Math.min(least, distanceOf(restA.slice(0, -1), restB.slice(0, -1)) + 1);
  }
  return least;
}

test('EditDistance: agrees with its definition, whatever words came before', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = createRandom(seed);
    const word = (): string[] => Array.from({ length: random.integer(0, 5) }, () => random.pick(['a', 'b', '𝒳']));
    const edits = random.integer(0, 2);
    const wanted = word();
    const distance = new EditDistance(wanted.join(''), edits);
    const others = Array.from({ length: 20 }, word);
    others.sort((a, b) => (a.join('') < b.join('') ? -1 : 1));
    for (const other of others) {
      const codes = Uint32Array.from(other, (character) => character.codePointAt(0)!);
      const expected = Math.min(distanceOf(wanted, other), edits + 1);
      assert.equal(distance.to(codes, codes.length), expected, `seed ${seed}: ${wanted.join('')} ${other.join('')}`);
    }
  }
});
