import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { createWordSource } from './words.ts';

// 120 documents: `cat` in 12 of them, `dog` in all, `solo` in one.
const texts = Array.from({ length: 120 }, (_, i) => `dog ${i % 10 === 0 ? 'cat cat' : ''} ${i === 0 ? 'solo' : ''}`);

test('draw: gives words of every filled band, and none too rare for all', () => {
  const seed = 1;
  const source = createWordSource(texts, createRandom(seed));
  const drawn = new Set(Array.from({ length: 200 }, () => source.draw()));
  assert.deepEqual([...drawn].sort(), ['cat', 'dog'], `seed ${seed}`);
});

test('drawPair: gives two different words that one document holds', () => {
  const seed = 2;
  const source = createWordSource(texts, createRandom(seed));
  for (let i = 0; i < 100; i++) {
    const [first, second] = source.drawPair();
    const together = texts.some((text) => text.includes(first) && text.includes(second));
    assert(first !== second && together, `seed ${seed}: ${first} ${second}`);
  }
});

test('createWordSource: the same seed draws the same words', () => {
  const draw = (seed: number): string[] => {
    const source = createWordSource(texts, createRandom(seed));
    return Array.from({ length: 50 }, () => source.draw());
  };
  assert.deepEqual(draw(3), draw(3));
  assert.notDeepEqual(draw(3), draw(4));
});

test('createWordSource: refuses a corpus without words to draw', () => {
  assert.throws(() => createWordSource(['one', 'two'], createRandom(1)), /no word/);
});
