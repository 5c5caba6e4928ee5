import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { checksumOfHistory, decodeHistory, encodeHistory } from './history-file.ts';
import { KeyHistory, type Retention, type Tombstone } from './key-history.ts';
import { Outcomes } from './outcomes.ts';

const kept: Retention = { deletionsMax: 3, offsetsMax: 10, outcomesMax: 4 };
const noOutcomes = new Float64Array(0);

/** `a5` deletes a at offset 5. The keys that have tombstones after each deletion in turn. */
function bury(words: string): string[] {
  const history = new KeyHistory(kept);
  return words.split(' ').map((word) => {
    const sequence = Number(word.slice(1));
    const deletion = history.deletions + 1;
    const buried: [string, Tombstone][] = [[word[0]!, { version: 2, sequence, origin: 0, deletion }]];
    history.take({ buried, outcomes: noOutcomes, after: { offset: sequence + 1, deletions: deletion } });
    return [...history.entries()].map(([key]) => key).join('');
  });
}

// Each row: deletions by key and offset, the keys that have tombstones after each, oldest first.
const rows: [name: string, deletions: string, expected: string[]][] = [
  ['the last three are kept', 'a1 b2 c3 d4', ['a', 'ab', 'abc', 'bcd']],
  ['a key that is deleted again is the youngest', 'a1 b2 a3 c4 d5', ['a', 'ab', 'ba', 'bac', 'acd']],
  ['none is kept for more offsets than there may be', 'a1 b2 c12', ['a', 'ab', 'c']],
  ['as many offsets are not too many', 'a1 b10', ['a', 'ab']],
];
for (const [name, deletions, expected] of rows) {
  test(`KeyHistory: ${name}`, () => assert.deepEqual(bury(deletions), expected));
}

test('KeyHistory: offsets that were left out where an index was restored do not count', () => {
  const history = new KeyHistory({ ...kept, base: 1000 });
  const buried: [string, Tombstone][] = [['a', { version: 4, sequence: 5, origin: 0, deletion: 1 }]];
  history.take({ buried, outcomes: noOutcomes, after: { offset: 1000, deletions: 1 } });
  const kindAt = (offset: number): string => history.stateOf('a', { offset, deletions: 1 }).kind;
  assert.deepEqual([kindAt(1000), kindAt(1009), kindAt(1010)], ['deleted', 'deleted', 'absent']);
});

// Each row: the offset and the number of deletions where a tombstone of offset 5, the second deletion, is asked for.
const places: [offset: number, deletions: number, isKnown: boolean][] = [
  [6, 2, true],
  [15, 4, true],
  [16, 4, false],
  [15, 5, false],
];
for (const [offset, deletions, isKnown] of places) {
  test(`KeyHistory: a tombstone asked for at ${offset}, after ${deletions} deletions, is known: ${isKnown}`, () => {
    const history = new KeyHistory(kept);
    const buried: [string, Tombstone][] = [['a', { version: 4, sequence: 5, origin: 7, deletion: 2 }]];
    history.take({ buried, outcomes: noOutcomes, after: { offset: 6, deletions: 2 } });
    const expected = isKnown ? { kind: 'deleted', version: 4, sequence: 5, origin: 7 } : { kind: 'absent' };
    assert.deepEqual(history.stateOf('a', { offset, deletions }), expected);
    assert.deepEqual(history.stateOf('b', { offset, deletions }), { kind: 'absent' });
  });
}

test('Outcomes: the last are remembered, however they are added, and no other offset has one', () => {
  const seed = 5;
  const random = createRandom(seed);
  for (let round = 0; round < 200; round++) {
    const countMax = random.integer(1, 9);
    const outcomes = new Outcomes(countMax);
    const all: number[] = [];
    let offset = 0;
    for (let step = 0; step < 20; step++) {
      const added = Array.from({ length: random.integer(0, 12) }, () => (offset += random.integer(1, 3)));
      all.push(...added);
      outcomes.append(Float64Array.from(added.flatMap((at) => [at, at % 8, at + 1, at - 1])));
      const expected = all.slice(-countMax);
      assert.deepEqual(
        [...outcomes.rows()],
        expected.flatMap((at) => [at, at % 8, at + 1, at - 1]),
        `seed ${seed}`,
      );
      for (let at = 0; at <= offset + 1; at++) {
        assert.equal(outcomes.find(at)?.version, expected.includes(at) ? at + 1 : undefined, `seed ${seed}`);
      }
    }
  }
});

function sample(): KeyHistory {
  const history = new KeyHistory(kept);
  const buried: [string, Tombstone][] = [
    ['ключ', { version: 2, sequence: 2 ** 40, origin: 2 ** 32 - 1, deletion: 7 }],
    ['', { version: 900, sequence: 2 ** 40 + 3, origin: 0, deletion: 8 }],
  ];
  const outcomes = Float64Array.of(2 ** 40 + 1, 7, 0, -1, 2 ** 40 + 3, 3, 900, 2 ** 40 + 3);
  history.take({ buried, outcomes, after: { offset: 2 ** 40 + 4, deletions: 8 } });
  return history;
}

function shown(history: KeyHistory): unknown {
  return [[...history.entries()], [...history.outcomes.rows()], history.deletions, history.isEmpty];
}

test('encodeHistory: comes back as it was, and the same gives the same bytes', () => {
  for (const history of [sample(), new KeyHistory(kept)]) {
    const bytes = encodeHistory(history);
    assert.deepEqual(shown(decodeHistory(bytes, kept)), shown(history));
    assert.deepEqual(encodeHistory(decodeHistory(bytes, kept)), bytes);
  }
});

test('encodeHistory: the format has not changed under its version number', () => {
  assert.deepEqual(
    [encodeHistory(sample()).length, checksumOfHistory(encodeHistory(sample()))],
    [389, 'f477ad7d5541e6ac'],
  );
});

test('decodeHistory: a flipped byte or a missing end anywhere is noticed', () => {
  const sound = encodeHistory(sample());
  for (let at = 0; at < sound.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const bytes = Buffer.from(sound);
      bytes[at]! ^= mask;
      const code = bytes.readUInt32LE(8) > 2 ? 'SEGMENT_VERSION_UNKNOWN' : 'SEGMENT_CORRUPT';
      assert.throws(() => decodeHistory(bytes), { code }, `byte ${at} ^ ${mask}`);
    }
    assert.throws(() => decodeHistory(sound.subarray(0, at)), { code: 'SEGMENT_CORRUPT' }, `${at} bytes`);
  }
});
