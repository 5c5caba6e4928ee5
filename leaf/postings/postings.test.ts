import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PositionReader } from '../positions/position-reader.ts';
import { PositionsWriter } from '../positions/positions-writer.ts';
import { lengthCode, lengthOfCode } from '../score/length-code.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { PostingBlocks } from './posting-blocks.ts';
import { PostingsWriter } from './postings-writer.ts';
import { TermList } from './term-list.ts';

interface Posting {
  readonly docId: number;
  readonly positions: number[];
}

/** Sparse or dense, mostly rare or often repeated, near or far positions. */
function randomPostings(draw: Draw, count: number): Posting[] {
  const gapMax = draw.pick([1, 2, 50, 100_000]);
  const frequencyMax = draw.pick([1, 2, 10, 300]);
  const stepMax = draw.pick([2, 100, 70_000]);
  let docId = draw.below(3) - 1;
  return Array.from({ length: count }, () => {
    docId += 1 + draw.below(gapMax);
    let position = draw.below(stepMax);
    const positions = [position];
    for (let more = draw.below(frequencyMax); more > 0; more--) positions.push((position += 1 + draw.below(stepMax)));
    return { docId, positions };
  });
}

function listOf(postings: readonly Posting[]): TermList {
  const list = new TermList();
  for (const { docId, positions } of postings) {
    list.addDocument(docId, positions.length);
    positions.forEach((position, i) => list.addStep(i === 0 ? position : position - positions[i - 1]!));
  }
  return list;
}

const codeOf = (docId: number): number => lengthCode((docId * 7919) % 400);
const worth = (frequency: number, code: number): number =>
  frequency === Infinity ? 1 : frequency / (frequency + 0.3 + (0.9 * lengthOfCode[code]!) / 150);

/** As `assert.deepEqual` of a hundred thousand lists takes seconds. */
function isSame(positions: Uint32Array | Int32Array, expected: readonly number[]): boolean {
  return positions.length === expected.length && positions.every((position, i) => position === expected[i]);
}

for (const count of [1, 2, 127, 128, 129, 255, 256, 257, 1000]) {
  test(`PostingBlocks: ${count} postings come back, and no document is worth more than the pairs say`, () => {
    for (let seed = 1; seed <= 12; seed++) {
      const postings = randomPostings(new Draw(seed), count);
      const list = listOf(postings);
      const codes = new Uint8Array(postings.at(-1)!.docId + 1);
      for (const { docId } of postings) codes[docId] = codeOf(docId);
      const writer = new PostingsWriter({ codes, average: 150 });
      const positions = new PositionsWriter();
      // Something before it, so that no list begins at 0.
      writer.add(listOf(randomPostings(new Draw(99), 2)));
      positions.add(listOf(randomPostings(new Draw(99), 2)));
      const place = {
        documents: count,
        docId: postings[0]!.docId,
        frequency: postings[0]!.positions.length,
        postingWords: 0,
        postingsAt: writer.length,
        positionBytes: 0,
        positionsAt: positions.length,
      };
      if (count > 1) writer.add(list);
      positions.add(list);
      const blocks = new PostingBlocks({ words: writer.view(), withFrequencies: true }, place);
      const reader = new PositionReader(positions.view(), place, blocks);
      const bestOfList = blocks.hasImpacts ? blocks.bestOfList(worth) : Infinity;
      const order = Array.from({ length: blocks.blocks }, (_, block) => block);
      for (const block of seed % 2 === 0 ? order : order.reverse()) {
        blocks.load(block);
        const expected = postings.slice(block * 128, block * 128 + 128);
        const message = `seed ${seed}, block ${block}`;
        assert.deepEqual(
          [...blocks.docIds.subarray(0, blocks.count)],
          expected.map(({ docId }) => docId),
          message,
        );
        assert.equal(blocks.lastOf(block), expected.at(-1)!.docId, message);
        const bestOfBlock = blocks.hasImpacts ? blocks.bestOfBlock(block, worth) : Infinity;
        expected.forEach((posting, i) => {
          if (seed % 3 === 0 && i % 5 !== 0) return;
          reader.read(i);
          assert.ok(isSame(reader.positions.subarray(0, reader.count), posting.positions), `${message}/${i}`);
          if (!blocks.hasImpacts) return;
          const own = worth(posting.positions.length, codeOf(posting.docId));
          assert.ok(own <= bestOfBlock && own <= bestOfList, `${message}/${i}`);
        });
      }
      const parts = new PostingBlocks({ words: writer.view(), withFrequencies: true }, place);
      postings.forEach(({ docId, positions: own }, i) => {
        const block = Math.floor(i / 128);
        // Every one is looked for, in each block again from its beginning now and then.
        if (i % 40 === 0 && parts.blocks > 1) parts.load(block === 0 ? 1 : 0);
        const read = parts.loadTo(block, docId);
        assert.ok(read > i % 128, `seed ${seed}, posting ${i}: ${read} are read`);
        assert.equal(parts.docIds[i % 128], docId, `seed ${seed}, posting ${i}`);
        assert.equal(parts.frequencyAt(i % 128), own.length, `seed ${seed}, posting ${i}`);
      });
      const target = new Draw(seed).below(postings.at(-1)!.docId + 2);
      const after = postings.findIndex(({ docId }) => docId >= target);
      assert.equal(blocks.blockAtOrAfter(target, 0), after < 0 ? blocks.blocks : Math.floor(after / 128));
    }
  });
}
