import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { packedCount, PackedNumbers, packNumbers, unpackNumbers } from './packed-numbers.ts';
import { UnpackedList } from './unpacked-list.ts';

// Each row: the numbers, how many bytes they take beside the header of 24.
const rows: [name: string, values: number[], bytes: number][] = [
  ['none', [], 0],
  ['one', [-7.5e8], 0],
  ['all the same', [5, 5, 5, 5], 0],
  ['small ones', [0, 1, 2, 3, 3], 2],
  ['days in milliseconds', [86_400_000, 0, 5 * 86_400_000], 2],
  ['32 bits', [0, 4294967295, 1], 12],
  ['31 bits beside 0', [0, 2 ** 31 - 1, 17, 3], 16],
  ['wide apart', [0, 2 ** 40 + 1, 1], 24],
  ['beyond safe distances', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], 16],
  ['fractions', [0.5, 1], 16],
  ['minus zero', [-0, 1], 16],
];
for (const [name, values, bytes] of rows) {
  test(`packNumbers: ${name}`, () => {
    const packed = packNumbers(Float64Array.from(values));
    assert.equal(packed.length, 24 + bytes);
    assert.equal(packedCount(packed), values.length);
    assert.deepEqual([...unpackNumbers(packed, new Float64Array(values.length))], values);
    const byPlace = new PackedNumbers(packed);
    assert.deepEqual(
      values.map((_, i) => byPlace.at(i)),
      values,
    );
  });
}

test('UnpackedList: in steps of whatever bits, by several at the same time and left off anywhere, as at once', (t) => {
  const seed = 59_300_300;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let bits = 0; bits <= 33; bits++) {
    const scale = bits === 33 ? 0.5 : 1;
    const values = Float64Array.from({ length: 10_000 }, () => random.integer(0, 2 ** Math.min(bits, 32) - 1) * scale);
    const packed = packNumbers(values);
    const expected = unpackNumbers(packed, new Float64Array(values.length + 1), 1);
    const list = new UnpackedList(packed, (length) => new Float64Array(length), 1);
    const drivers = [list.inSteps(), list.inSteps(), list.inSteps()];
    const works: number[] = [];
    for (let step = random.integer(0, 4); step > 0; step--) {
      const { value } = random.pick(drivers).next();
      if (value !== undefined) works.push(value);
    }
    assert.ok(
      works.every((work) => work > 0 && work <= 2048),
      works.join(),
    );
    assert.deepEqual(list.all, expected, `${bits} bits`);
    assert.equal(list.all, list.all);
    for (const driver of drivers) assert.ok(driver.next().done);
  }
});

test('packNumbers: any number of bits, at any place', () => {
  for (let bits = 0; bits <= 32; bits++) {
    const values = Float64Array.from({ length: 41 }, (_, i) =>
      i === 7 ? 2 ** bits - 1 : Math.floor((2 ** bits * i) / 41),
    );
    const packed = packNumbers(values);
    assert.deepEqual(unpackNumbers(packed, new Float64Array(values.length)), values, `${bits} bits`);
  }
});
