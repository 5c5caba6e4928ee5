import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PositionReader } from '../positions/position-reader.ts';
import { PositionsWriter } from '../positions/positions-writer.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import { PostingsWriter } from '../postings/postings-writer.ts';
import { TermList } from '../postings/term-list.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { ExactPhrase } from './exact-phrase.ts';
import { exactFrequency } from './phrase-frequency.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const firstSeed = 55_000_000;

/** Where a word stands in each of some documents that follow one another: seldom or often, near or far from one place to the next. */
function randomPlaces(draw: Draw, documents: number): number[][] {
  const countMax = draw.pick([1, 3, 40, 400]);
  const stepMax = draw.pick([1, 2, 3, 3, 200]);
  return Array.from({ length: documents }, () => {
    let position = draw.below(draw.pick([1, 2, 5, 100_000]));
    const positions = [position];
    for (let more = draw.below(countMax); more > 0; more--) positions.push((position += 1 + draw.below(stepMax)));
    return positions;
  });
}

interface StoredWord {
  readonly blocks: PostingBlocks;
  readonly makeReader: () => PositionReader;
}

/** The documents of a word, as a segment has them. */
function storedWord(places: readonly number[][]): StoredWord {
  const list = new TermList();
  for (const [docId, positions] of places.entries()) {
    list.addDocument(docId, positions.length);
    positions.forEach((position, i) => list.addStep(i === 0 ? position : position - positions[i - 1]!));
  }
  const postings = new PostingsWriter({ codes: new Uint8Array(places.length), average: 10 });
  const positions = new PositionsWriter();
  if (places.length > 1) postings.add(list);
  positions.add(list);
  const place = {
    documents: places.length,
    docId: 0,
    frequency: places[0]!.length,
    postingWords: 0,
    postingsAt: 0,
    positionBytes: 0,
    positionsAt: 0,
  };
  const blocks = new PostingBlocks({ words: postings.view(), withFrequencies: true }, place);
  return { blocks, makeReader: () => new PositionReader(positions.view(), place, blocks) };
}

test(`ExactPhrase: counts what reading all positions of all words counts (seeds from ${firstSeed})`, () => {
  let found = 0;
  for (let seed = firstSeed; seed < firstSeed + roundsOf(400); seed++) {
    const draw = new Draw(seed);
    const documents = draw.pick([1, 20, 128, 300]);
    const places = Array.from({ length: 1 + draw.below(4) }, () => randomPlaces(draw, documents));
    const stored = places.map(storedWord);
    const words = stored.map(({ makeReader }) => ({ offset: draw.below(2), reader: makeReader() }));
    const phrase = new ExactPhrase(words);
    const countMax = draw.pick([2, 10, 1_000_000]);
    // Some documents are passed over, some are asked for twice.
    for (let docId = draw.below(3); docId < documents; docId += draw.below(draw.pick([3, 3, 200]))) {
      const message = `seed ${seed}, document ${docId}`;
      stored.forEach(({ blocks }, i) => {
        blocks.load(Math.floor(docId / 128));
        words[i]!.reader.seek(docId % 128, countMax);
      });
      const slots = places.map((of, i) => {
        const positions = Uint32Array.from(of[docId]!.slice(0, countMax));
        return { offset: words[i]!.offset, positions, count: positions.length };
      });
      const expected = exactFrequency(slots);
      const least = 1 + draw.below(draw.pick([1, 3]));
      assert.equal(phrase.frequency(least), expected < least ? 0 : expected, message);
      if (expected > 0) found++;
    }
  }
  assert.ok(found > 1.25 * roundsOf(400), `only ${found} documents held the phrase`);
});
