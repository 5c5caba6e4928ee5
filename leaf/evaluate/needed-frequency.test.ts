import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { bm25Norm } from '../../shared/ranking/bm25.ts';
import { lengthOfCode } from '../score/length-code.ts';
import { NeededFrequency } from './needed-frequency.ts';

const norms = lengthOfCode.map((length) => bm25Norm(length, 80));
const scoring = (weight: number): ConstructorParameters<typeof NeededFrequency>[0] => {
  return { weight, norms, lengthCodes: new Uint8Array(0) };
};

test('NeededFrequency: what is below it cannot score above the floor, and it is no lower than that takes', () => {
  const seed = 3;
  const random = createRandom(seed);
  for (let i = 0; i < 20_000; i++) {
    const weight = random.next() * 12;
    const rest = random.integer(0, 2) === 0 ? 0 : random.next() * 5;
    const code = random.integer(0, 90);
    const frequency = random.integer(1, 300);
    const scoreOf = (f: number): number => (weight * f) / (f + norms[code]!) + rest;
    // Floors that some document has exactly are the ones where rounding could matter.
    const floor = random.integer(0, 1) === 0 ? scoreOf(random.integer(1, 300)) : random.next() * 12;
    const needed = new NeededFrequency(scoring(weight), () => rest);
    needed.setFloor(floor);
    const message = `seed ${seed}, ${i}: ${JSON.stringify({ weight, rest, code, frequency, floor })}`;
    if (frequency < needed.of(code)) assert.ok(scoreOf(frequency) <= floor, message);
    else assert.ok(scoreOf(frequency) >= floor - 1e-6, message);
  }
});

// Each row: a pair of impacts, whether it is admitted where a document of length code 30 needs the frequency 3.
const rows: [name: string, pair: number, expected: boolean][] = [
  ['no pair', 0, false],
  ['too seldom', (2 << 8) | 30, false],
  ['often enough', (3 << 8) | 30, true],
  ['any frequency', (255 << 8) | 30, true],
  ['often enough only for a shorter one', (3 << 8) | 60, false],
];
for (const [name, pair, expected] of rows) {
  test(`NeededFrequency.admits: ${name}`, () => {
    const needed = new NeededFrequency(scoring(1), () => 0);
    needed.setFloor(2.5 / (2.5 + norms[30]!));
    assert.equal(needed.of(30), 3);
    assert.equal(needed.admits(pair), expected);
  });
}

test('NeededFrequency: follows the floor', () => {
  const needed = new NeededFrequency(scoring(1), () => 0);
  const seen = [-Infinity, 0, 0.5, 0.9, 1, 2].map((floor) => {
    needed.setFloor(floor);
    return needed.of(30);
  });
  const [norm] = [norms[30]!];
  assert.deepEqual(seen, [1, 1, Math.ceil(norm), Math.ceil(9 * norm), 0xffffffff, 0xffffffff]);
});
