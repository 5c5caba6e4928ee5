import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashNumber } from '../hashing/hash-number.ts';
import { createRandom } from '../random/random.ts';
import { addToRegisters, estimate, precisionOf, registerMax, standardError } from './hyper-log-log.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

// Each row: a threshold, its precision.
const precisions: [threshold: number, precision: number][] = [
  [0, 4],
  [1, 4],
  [3, 5],
  [100, 10],
  [1000, 13],
  [3000, 14],
  [10_000, 16],
  [40_000, 18],
];
for (const [threshold, expected] of precisions) {
  test(`precisionOf: ${threshold}`, () => assert.equal(precisionOf(threshold), expected));
}

// Each row: a hash of 64 bits, the precision, the register it goes to and what it says.
const ranks: [hash: bigint, precision: number, at: number, rank: number][] = [
  [0n, 4, 0, 61],
  [0n, 18, 0, 47],
  [0xffff_ffff_ffff_ffffn, 4, 15, 1],
  [1n, 4, 0, 60],
  [1n << 31n, 14, 0, 19],
  [1n << 32n, 14, 0, 18],
  [0x1fff_ffff_ffff_ffffn, 4, 1, 1],
  [0x17ff_ffff_ffff_ffffn, 4, 1, 2],
  [0x8000_0000_0000_0000n, 18, 131_072, 47],
];

/** The same from the digits of the hash. */
function slowRank(hash: bigint, precision: number): [at: number, rank: number] {
  const digits = hash.toString(2).padStart(64, '0');
  const one = digits.indexOf('1', precision);
  return [Number.parseInt(digits.slice(0, precision), 2), one < 0 ? registerMax(precision) : one - precision + 1];
}

function rankOf(hash: bigint, precision: number): [at: number, rank: number] {
  const registers = new Uint8Array(2 ** precision);
  addToRegisters(registers, precision, Number(hash >> 32n), Number(hash & 0xffff_ffffn));
  const at = registers.findIndex((register) => register > 0);
  return [at, registers[at]!];
}

for (const [hash, precision, at, rank] of ranks) {
  test(`addToRegisters: ${hash} at precision ${precision}`, () => {
    assert.deepEqual(rankOf(hash, precision), [at, rank]);
    assert.deepEqual(slowRank(hash, precision), [at, rank]);
  });
}

test('addToRegisters: is what the digits of any hash say', () => {
  const random = createRandom(20_240_531);
  for (let i = 0; i < roundsOf(5000); i++) {
    const bits = BigInt(random.integer(0, 2 ** 32 - 1)) * 2n ** 32n + BigInt(random.integer(0, 2 ** 32 - 1));
    const hash = bits >> BigInt(random.integer(0, 63));
    const precision = random.integer(4, 18);
    assert.deepEqual(rankOf(hash, precision), slowRank(hash, precision), `${hash} at ${precision}`);
  }
});

test('estimate: nothing of no hashes, and any number of registers that are full', () => {
  for (const precision of [4, 14, 18]) {
    const registers = new Uint8Array(2 ** precision);
    assert.equal(estimate(registers, precision), 0);
    registers.fill(registerMax(precision) - 1);
    assert.ok(Number.isFinite(estimate(registers, precision)) && estimate(registers, precision) > 2 ** 58);
    registers.fill(registerMax(precision));
    assert.equal(estimate(registers, precision), Infinity);
  }
});

const measured = [4, 8, 10, 12, 14, 16, 18];

// Each row: distinct values, how many different sets of so many.
const sizes: [count: number, sets: number][] = [
  [10, 200],
  [100, 200],
  [1000, 100],
  [10_000, 50],
  [100_000, roundsOf(16)],
  [1_000_000, roundsOf(4)],
];

/** By count and precision the relative errors of an estimate of each set. Values are hashed once for all precisions. */
function measureErrors(): Map<string, number[]> {
  const errors = new Map<string, number[]>();
  const hash = new Uint32Array(2);
  const registersOf = measured.map((precision) => new Uint8Array(2 ** precision));
  for (const [count, sets] of sizes) {
    for (let first = 1; first <= sets * count; first += count) {
      for (const registers of registersOf) registers.fill(0);
      for (let value = first; value < first + count; value++) {
        hashNumber(value, hash);
        const [high, low] = [hash[0]!, hash[1]!];
        for (let i = 0; i < measured.length; i++) addToRegisters(registersOf[i]!, measured[i]!, high, low);
      }
      for (const [i, precision] of measured.entries()) {
        const error = estimate(registersOf[i]!, precision) / count - 1;
        errors.getOrInsertComputed(`${count}/${precision}`, () => []).push(error);
      }
    }
  }
  return errors;
}

const errorsOf = measureErrors();
for (const precision of measured) {
  test(`estimate: the error at precision ${precision}`, (t) => {
    const expected = standardError(precision);
    for (const [count, sets] of sizes) {
      const errors = errorsOf.get(`${count}/${precision}`)!;
      assert.equal(errors.length, sets);
      const bias = errors.reduce((sum, error) => sum + error, 0) / sets;
      const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / sets);
      const worst = Math.max(...errors.map(Math.abs));
      const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;
      t.diagnostic(`n ${count}: bias ${percent(bias)}, rms ${percent(rms)}, worst ${percent(worst)} of ${sets} sets`);
      // By logarithms, because with few registers too much is as likely as too little by the same factor. A few values
      // can only be missed by one of them.
      const logs = errors.map((error) => Math.log1p(error));
      const worstLog = Math.max(...logs.map(Math.abs));
      const meanLog = logs.reduce((sum, log) => sum + log, 0) / sets;
      assert.ok(worstLog <= 4 * expected + 1 / count, `n ${count}: ${worstLog} beside ${expected}`);
      assert.ok(Math.abs(meanLog) <= (3.5 * expected) / Math.sqrt(sets), `n ${count}: ${meanLog} beside ${expected}`);
    }
  });
}
