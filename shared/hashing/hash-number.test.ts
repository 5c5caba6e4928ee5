import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { hashBytes64 } from './hash.ts';
import { hashNumber } from './hash-number.ts';

const found = new Uint32Array(2);

function hashOf(value: number): bigint {
  hashNumber(value, found);
  return (BigInt(found[0]!) << 32n) | BigInt(found[1]!);
}

function slowHashOf(value: number): bigint {
  return hashBytes64(new Uint8Array(new Float64Array([value]).buffer));
}

const values = [0, 1, -1, 0.1, 2 ** 53 - 1, -(2 ** 53), Number.MAX_VALUE, 5e-324, 1_700_000_000_000, Math.PI];
for (const value of values) {
  test(`hashNumber: of ${value} is xxh64 of its bytes`, () => assert.equal(hashOf(value), slowHashOf(value)));
}

test('hashNumber: 0 and -0 are one number', () => assert.equal(hashOf(-0), hashOf(0)));

test('hashNumber: is xxh64 of the bytes of any number', () => {
  const random = createRandom(20_240_531);
  const bits = new Uint32Array(2);
  const number = new Float64Array(bits.buffer);
  for (let i = 0; i < 20_000; i++) {
    bits[0] = random.integer(0, 2 ** 32 - 1);
    bits[1] = random.integer(0, 2 ** 32 - 1);
    if (Number.isNaN(number[0]!)) continue;
    assert.equal(hashOf(number[0]!), slowHashOf(number[0]!), String(number[0]!));
  }
});
