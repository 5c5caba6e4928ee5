import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashNumber } from '../hashing/hash-number.ts';
import { areAggregations } from '../protocol/are-aggregations.ts';
import { cardinality, type CardinalityRequest } from './cardinality.ts';
import type { Finishing } from './definition.ts';
import { DistinctHashes } from './distinct-hashes.ts';
import { mergeAggregations } from './merge.ts';
import { beginResults } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const request: CardinalityRequest = { kind: 'cardinality', field: 'f', values: 'number', precisionThreshold: 3 };
/** What merges do not need. */
const none: Finishing = { ...beginResults(wholeAnswer), nested: notAsked, empty: notAsked };

function notAsked(): never {
  throw new Error('it nests nothing');
}

const base64 = (...hashes: bigint[]): string => {
  const bytes = Buffer.alloc(8 * hashes.length);
  hashes.forEach((hash, i) => bytes.writeBigUInt64LE(hash, 8 * i));
  return bytes.toString('base64');
};

// A threshold of 3 has 32 registers, which go to 60.
const empty = 'A'.repeat(32);

// Each row: a partial, whether it may come from a leaf.
const partials: [name: string, partial: object, isOne: boolean][] = [
  ['no hashes', { hashes: '' }, true],
  ['hashes', { hashes: base64(1n, 2n, 1n << 63n) }, true],
  ['more hashes than the threshold', { hashes: base64(1n, 2n, 3n, 4n) }, false],
  ['hashes that descend', { hashes: base64(2n, 1n) }, false],
  ['hashes whose high halves descend', { hashes: base64(1n << 33n, (1n << 32n) + 5n) }, false],
  ['a hash twice', { hashes: base64(2n, 2n) }, false],
  ['half a hash', { hashes: Buffer.alloc(12).toString('base64') }, false],
  ['hashes without padding', { hashes: base64(1n).replaceAll('=', '') }, false],
  ['hashes with what is no base64', { hashes: `${base64(1n)} ` }, false],
  ['hashes in base64 for URLs', { hashes: base64((1n << 64n) - 1n).replaceAll('/', '_') }, false],
  ['hashes that are none', { hashes: 5 }, false],
  ['registers', { registers: `8${empty.slice(1)}` }, true],
  ['a register that is too large', { registers: `9${empty.slice(1)}` }, false],
  ['too few registers', { registers: empty.slice(4) }, false],
  ['too many registers', { registers: `${empty}AAAA` }, false],
  ['registers with what is no base64', { registers: `*${empty.slice(1)}` }, false],
  ['both', { hashes: '', registers: empty }, false],
  ['neither', {}, false],
];
for (const [name, partial, isOne] of partials) {
  test(`isPartial: ${name}`, () => {
    assert.equal(areAggregations({ a: request }, { a: { kind: 'cardinality', ...partial } }), isOne);
  });
}

function partialOf(count: number, threshold: number) {
  const set = new DistinctHashes(threshold);
  const hash = new Uint32Array(2);
  for (let i = 1; i <= count; i++) {
    hashNumber(i, hash);
    set.add(hash[0]!, hash[1]!);
  }
  return set.partial();
}

// Each row: distinct hashes, the threshold, the least and greatest value that may come of it, the error.
const results: [count: number, threshold: number, least: number, greatest: number, error: number][] = [
  [0, 0, 0, 0, 0],
  [0, 3000, 0, 0, 0],
  [3, 3, 3, 3, 0],
  [3000, 3000, 3000, 3000, 0],
  [4, 3, 4, 12, 1.04 / Math.sqrt(32)],
  [3001, 3000, 3001, 3150, 1.04 / 128],
  [20_000, 3000, 19_000, 21_000, 1.04 / 128],
];
for (const [count, threshold, least, greatest, error] of results) {
  test(`finish: ${count} with a threshold of ${threshold}`, () => {
    const found = cardinality.finish({ ...request, precisionThreshold: threshold }, partialOf(count, threshold), none);
    assert.ok(found.value >= least && found.value <= greatest, String(found.value));
    assert.equal(found.error, error);
    const partial = partialOf(count, threshold);
    const lacking = cardinality.finish({ ...request, precisionThreshold: threshold }, partial, {
      ...none,
      isComplete: false,
    });
    assert.deepEqual(lacking, { value: found.value, error: null }, 'shards that did not answer may have any more');
  });
}

test('merge: parts that are exact are not exact together beyond the threshold', () => {
  const parts = [base64(1n, 2n), base64(2n, 3n), base64(4n)].map((hashes) => ({
    a: { kind: 'cardinality', hashes } as const,
  }));
  const merged = mergeAggregations({ a: request }, parts.slice(0, 2));
  assert.deepEqual({ ...merged }, { a: { kind: 'cardinality', hashes: base64(1n, 2n, 3n) } });
  assert.ok('registers' in mergeAggregations({ a: request }, parts)['a']!);
  assert.deepEqual({ ...mergeAggregations({ a: request }, []) }, { a: { kind: 'cardinality', hashes: '' } });
});
