import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draw } from '../segment/random-documents.fixture.ts';
import { exactFrequency, sloppyFrequency } from './phrase-frequency.ts';
import type { SlotPositions } from './phrase-frequency.ts';

/** Slots in a row, each of the places where its word stands in the text. */
function slotsOf(phrase: string, text: string): { slots: SlotPositions[]; same: number[] } {
  const words = phrase.split(' ');
  const places = text.split(' ');
  const slots = words.map((word, offset) => {
    const positions = Uint32Array.from(places.flatMap((place, i) => (place === word ? [i] : [])));
    return { offset, positions, count: positions.length };
  });
  return { slots, same: words.map((word) => words.indexOf(word)) };
}

// Each row: the phrase, the text, the slop, how often it counts.
const rows: [phrase: string, text: string, slop: number, frequency: number][] = [
  ['a b', 'a b', 0, 1],
  ['a b', 'b a', 0, 0],
  ['a b', 'a b x a b a', 0, 2],
  ['a a', 'a a a', 0, 2],
  ['b c', 'a b c', 0, 1],
  ['a b c', 'a b x c', 0, 0],
  ['a b', 'a x b', 1, 1 / 2],
  ['a b', 'a x x b', 1, 0],
  ['a b', 'a x x b', 2, 1 / 3],
  ['a b', 'b a', 1, 0],
  ['a b', 'b a', 2, 1 / 3],
  ['a b', 'a b', 5, 1],
  ['a b', 'a x b x x x x x x a b', 1, 1 / 2 + 1],
  ['a b', 'a a b', 1, 1],
  ['a b c', 'a x b c', 1, 1 / 2],
  ['a b c', 'a x b x c', 1, 0],
  ['a b c', 'a x b x c', 2, 1 / 3],
  ['a a', 'a', 3, 0],
  ['a a', 'a x a', 1, 1 / 2],
  ['a b a', 'a b', 5, 0],
  ['a b a', 'a b a', 2, 1],
];
for (const [phrase, text, slop, expected] of rows) {
  test(`phrase frequency: "${phrase}"~${slop} in "${text}"`, () => {
    const { slots, same } = slotsOf(phrase, text);
    const counted = slop === 0 ? exactFrequency(slots) : sloppyFrequency(slots, same, slop);
    assert.ok(Math.abs(counted - expected) < 1e-12, `${counted}, not ${expected}`);
  });
}

/** The least distance that slots can be from agreeing where the phrase begins. */
function leastDistance(slots: readonly SlotPositions[], starts: readonly number[] = []): number {
  const slot = slots[starts.length];
  if (slot === undefined) return Math.max(...starts) - Math.min(...starts);
  const tries = [...slot.positions].map((position) => leastDistance(slots, [...starts, position - slot.offset]));
  return Math.min(Infinity, ...tries);
}

test('sloppyFrequency: counts where any choice of places is near enough, and is at least what the nearest counts', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const draw = new Draw(seed);
    const phrase = draw.pick(['a b', 'a b c', 'c a b', 'b a d c']);
    const text = Array.from({ length: 1 + draw.below(9) }, () => draw.pick(['a', 'b', 'c', 'd', 'x'])).join(' ');
    const slop = 1 + draw.below(5);
    const { slots, same } = slotsOf(phrase, text);
    const distance = leastDistance(slots);
    const frequency = sloppyFrequency(slots, same, slop);
    const message = `seed ${seed}: "${phrase}"~${slop} in "${text}" counts ${frequency}, nearest is ${distance}`;
    assert.equal(frequency > 0, distance <= slop, message);
    if (frequency > 0) assert.ok(frequency >= 1 / (1 + distance) - 1e-12, message);
  }
});
