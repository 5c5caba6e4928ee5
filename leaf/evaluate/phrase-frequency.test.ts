import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draw } from '../segment/random-documents.fixture.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { liveSegment } from '../snapshot/snapshot.ts';
import { exactFrequency, placesOfTermMax, sloppyFrequency } from './phrase-frequency.ts';
import type { SlotPositions } from './phrase-frequency.ts';
import type { DocumentIterator } from './iterator.ts';
import { QueryCaches } from './query-caches.ts';
import { SegmentClauses } from './segment-clauses.ts';
import { cpuMsOf } from '../../tests/deadline/cpu.ts';

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

test('placesOfTermMax: the first places of each term, fewer the more terms there are', () => {
  assert.deepEqual(
    [placesOfTermMax(2, 0), placesOfTermMax(128, 0), placesOfTermMax(2, 1), placesOfTermMax(128, 99)],
    [131_072, 2048, 131_072, 256],
  );
});

/** A text with a word so often, as a segment. */
function repeating(word: string, times: number): Segment {
  const source = Buffer.from(JSON.stringify({ t: `${word} `.repeat(times) }));
  const documents = [0, 1].map((offset) => ({ key: `k${offset}`, offset, source }));
  return openSegment(buildSegment([{ name: 't', path: 't', kind: 'text' }], documents));
}

function phraseIn(segment: Segment, terms: readonly string[], slop: number): DocumentIterator {
  const clauses = new SegmentClauses(liveSegment(segment), new QueryCaches());
  return clauses.evaluate({ kind: 'phrase', field: 't', terms, slop }, null);
}

for (const slop of [0, 99]) {
  test(`phrase clause: two documents of 200,000 times one word, 128 words of it, slop ${slop}`, () => {
    const terms = Array.from({ length: 128 }, () => 'a');
    const iterator = phraseIn(repeating('a', 200_000), terms, slop);
    const found: number[] = [];
    const cpuMs = cpuMsOf(() => found.push(iterator.advance(0, 1), iterator.advance(1, 2)));
    assert.deepEqual(found, [0, 1]);
    assert.ok(cpuMs < 20_000, `${cpuMs} ms of CPU`);
  });
}

test('phrase clause: places beyond the limit are left out, and those of the next document are its own', () => {
  const texts = [`${'a '.repeat(200_000)}b`, 'x b a b', 'x x a b'];
  const documents = texts.map((t, offset) => ({
    key: `k${offset}`,
    offset,
    source: Buffer.from(JSON.stringify({ t })),
  }));
  const segment = openSegment(buildSegment([{ name: 't', path: 't', kind: 'text' }], documents));
  const iterator = phraseIn(segment, ['a', 'b'], 0);
  assert.deepEqual([iterator.advance(0, 3), iterator.advance(2, 3)], [1, 2]);
});

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
