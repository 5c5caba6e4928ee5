import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBitset, setBit } from '../columns/bitset.ts';
import { ValueBlocks } from '../columns/value-blocks.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { AtLeast } from './at-least.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import { Exclusion, Intersection, LiveOnly, Scored, Union } from './combine.ts';
import { DisjunctionMax } from './disjunction-max.ts';
import { AllIterator, EmptyIterator, fillWith } from './iterator.ts';
import type { DocumentIterator, Wanted } from './iterator.ts';
import { RangeScan } from './column-scans.ts';
import { nextNumber } from './clauses/number-range.ts';
import { MatchCounter } from './match-counter.ts';
import { Boosted } from './rescored.ts';
import { SortedDocuments } from './sorted-documents.ts';

const documents = 100;

function bitsetOf(docIds: readonly number[]): Uint32Array {
  const words = makeBitset(documents);
  for (const docId of docIds) setBit(words, docId);
  return words;
}

/** A column in which exactly these documents hold a 1. */
function scanOf(docIds: readonly number[]): RangeScan {
  const values = Float64Array.from({ length: documents }, (_, docId) => (docIds.includes(docId) ? 1 : 0));
  const starts = Uint32Array.from({ length: documents + 1 }, (_, docId) => docId);
  const blocks = new ValueBlocks({ starts, values });
  const column = { starts, values, isSingle: docIds.length % 2 === 0, blocks };
  return new RangeScan(column, { low: 1, high: 1 }, 1);
}

interface Case {
  readonly iterator: DocumentIterator;
  readonly matches: (docId: number) => boolean;
}

/** A random tree of iterators, and what it should match. */
function randomCase(draw: Draw, depth: number): Case {
  const docIds = Array.from({ length: documents }, (_, docId) => docId).filter(() => draw.chance(0.3));
  const matches = (docId: number): boolean => docIds.includes(docId);
  const kind = depth === 0 ? draw.below(5) : 3 + draw.below(10);
  if (kind === 0) return { iterator: new SortedDocuments(Uint32Array.from(docIds), 1), matches };
  if (kind === 1) return { iterator: new BitsetIterator(bitsetOf(docIds), documents, 1), matches };
  if (kind === 2) return { iterator: scanOf(docIds), matches };
  if (kind === 3) return { iterator: new AllIterator(documents, 1), matches: () => true };
  if (kind === 4) return { iterator: new EmptyIterator(), matches: () => false };
  const [a, b] = [randomCase(draw, depth - 1), randomCase(draw, depth - 1)];
  const iterators = [a.iterator, b.iterator];
  if (kind === 5) return { iterator: new Union(iterators), matches: (docId) => a.matches(docId) || b.matches(docId) };
  if (kind === 6) {
    return {
      iterator: new Exclusion(a.iterator, b.iterator),
      matches: (docId) => a.matches(docId) && !b.matches(docId),
    };
  }
  if (kind === 7) {
    return {
      iterator: new LiveOnly(a.iterator, bitsetOf(docIds)),
      matches: (docId) => a.matches(docId) && !matches(docId),
    };
  }
  if (kind === 10) {
    const others = [a, b, { iterator: new SortedDocuments(Uint32Array.from(docIds), 1), matches }];
    return {
      iterator: new AtLeast(
        others.map((one) => one.iterator),
        2,
      ),
      matches: (docId) => others.filter((one) => one.matches(docId)).length >= 2,
    };
  }
  if (kind === 11) {
    return {
      iterator: new DisjunctionMax(iterators, 0.5),
      matches: (docId) => a.matches(docId) || b.matches(docId),
    };
  }
  if (kind === 12) return { iterator: new Boosted(a.iterator, 2), matches: a.matches };
  if (kind === 8) return { iterator: new Scored(a.iterator, [b.iterator]), matches: a.matches };
  return { iterator: new Intersection(iterators), matches: (docId) => a.matches(docId) && b.matches(docId) };
}

test('DocumentIterator: advance keeps its contract for any tree, targets and ends', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const draw = new Draw(seed);
    const { iterator, matches } = randomCase(draw, 3);
    for (let target = 0; target < documents;) {
      const end = Math.min(documents, target + 1 + draw.below(30));
      const found = iterator.advance(target, end);
      let expected = target;
      while (expected < end && !matches(expected)) expected++;
      if (expected < end) assert.equal(found, expected, `seed ${seed}`);
      else assert.ok(found >= end, `seed ${seed}: ${found} from ${target} to ${end}`);
      for (let docId = target; docId < Math.min(found, documents); docId++) {
        assert.ok(!matches(docId), `seed ${seed}: passed over ${docId}`);
      }
      assert.equal(iterator.docId, found, `seed ${seed}`);
      if (found < end) iterator.score();
      target = draw.chance(0.2) ? target : expected < end ? expected + 1 + draw.below(3) : end;
    }
  }
});

test('MatchCounter: counts the matches that are not deleted, for any tree and ends', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const draw = new Draw(seed);
    const { iterator, matches } = randomCase(draw, draw.below(4));
    const gone = draw.chance(0.5) ? [] : Array.from({ length: documents }, (_, i) => i).filter(() => draw.chance(0.3));
    const counter = new MatchCounter(iterator, gone.length === 0 ? null : bitsetOf(gone));
    for (let start = 0; start < documents;) {
      const end = Math.min(documents, start + 1 + draw.below(70));
      const expected = Array.from({ length: end - start }, (_, i) => start + i).filter(
        (docId) => matches(docId) && !gone.includes(docId),
      );
      assert.equal(counter.count(start, end), expected.length, `seed ${seed}: from ${start} to ${end}`);
      start = end + (draw.chance(0.2) ? draw.below(5) : 0);
    }
  }
});

test('MatchCounter: counts what is more than a window of bits', () => {
  const size = 200_000;
  const bits = makeBitset(size);
  const docIds = Uint32Array.from({ length: size / 4 }, (_, i) => 4 * i + 3);
  for (let docId = 0; docId < size; docId += 3) setBit(bits, docId);
  const union = (): Union => new Union([new BitsetIterator(bits, size, 1), new SortedDocuments(docIds, 1)]);
  const deleted = makeBitset(size);
  for (const docId of docIds) setBit(deleted, docId);
  const ofThree = Math.ceil(size / 3);
  const ofBoth = Math.ceil((size - 3) / 12);
  assert.equal(new MatchCounter(union(), null).count(0, size), ofThree + size / 4 - ofBoth);
  assert.equal(new MatchCounter(union(), deleted).count(0, size), ofThree - ofBoth);
});

test('fillWith: puts all matches into lists, for any tree, ends and lengths, before and after advancing', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const draw = new Draw(seed);
    const { iterator, matches } = randomCase(draw, draw.below(4));
    const into = new Uint32Array(40);
    for (let target = 0; target < documents;) {
      const end = Math.min(documents, target + 1 + draw.below(50));
      const countMax = 1 + draw.below(into.length);
      if (draw.chance(0.2)) iterator.advance(target, end);
      const count = fillWith(iterator, into, { target, end, countMax });
      const found = [...into.subarray(0, count)];
      const last = count === 0 ? end - 1 : found.at(-1)!;
      const expected = Array.from({ length: last + 1 - target }, (_, i) => target + i).filter(matches);
      assert.deepEqual(found, expected, `seed ${seed}: from ${target} to ${end}`);
      assert.ok(count <= countMax && last < end, `seed ${seed}: ${count} of ${countMax}`);
      target = last + 1 + (draw.chance(0.2) ? draw.below(5) : 0);
    }
  }
});

/** Counts the documents that are looked at. */
class CountedScan extends RangeScan {
  looked = 0;

  protected override scan(docId: number, end: number): number {
    const found = super.scan(docId, end);
    this.looked += Math.min(found, end - 1) - docId + 1;
    return found;
  }
}

test('Intersection: a scan is asked only of the documents of the rarer clause', () => {
  const count = 100_000;
  const rows = { starts: Uint32Array.from({ length: count + 1 }, (_, i) => i), values: new Float64Array(count) };
  const column = { ...rows, isSingle: true, blocks: new ValueBlocks(rows) };
  const scan = new CountedScan(column, { low: 1, high: 1 }, 1);
  const both = new Intersection([scan, new SortedDocuments(Uint32Array.of(3, 500, 99_999), 1)]);
  assert.ok(both.advance(0, count) >= count);
  assert.equal(scan.looked, 3);
});

/** Counts the documents that it lists. */
class CountedAll extends AllIterator {
  listed = 0;

  override fill(into: Uint32Array, matches: Wanted): number {
    const count = super.fill(into, matches);
    this.listed += count;
    return count;
  }
}

/** As long as there is more to read than the thousand of the other, it does not lead. */
function scanOfMany(docIds: readonly number[]): RangeScan {
  const values = new Float64Array(1001);
  for (const docId of docIds) values[docId] = 1;
  const starts = Uint32Array.from({ length: 1002 }, (_, docId) => docId);
  return new RangeScan(
    { starts, values, isSingle: true, blocks: new ValueBlocks({ starts, values }) },
    { low: 1, high: 1 },
    1,
  );
}

const few = [0, 1, 70, 400, 999];
const others = Array.from({ length: 1000 }, (_, docId) => docId).filter((docId) => !few.includes(docId));

// Each row: what is made of a clause with a thousand documents, and leaves few of them.
const listing: [name: string, make: (lead: DocumentIterator) => DocumentIterator][] = [
  ['Intersection', (lead) => new Intersection([scanOfMany(few), lead])],
  ['Exclusion', (lead) => new Exclusion(lead, scanOfMany(others))],
];
for (const [name, make] of listing) {
  test(`${name}: what was listed, and did not match, is not listed again`, () => {
    const lead = new CountedAll(1000, 1);
    const matching = make(lead);
    const into = new Uint32Array(100);
    const found: number[] = [];
    for (let target = 0; target < 1000;) {
      const count = fillWith(matching, into, { target, end: 1000, countMax: into.length });
      if (count === 0) break;
      found.push(...into.subarray(0, count));
      target = found.at(-1)! + 1;
    }
    assert.deepEqual(found, few);
    assert.equal(lead.listed, 1000);
  });
}

const inOrder = [0, 1e-300, 1e-15, 0.1];

test('Union and Scored: scores add in the order written', () => {
  const clauses = (): DocumentIterator[] => inOrder.map((weight) => new AllIterator(1, weight));
  const expected = inOrder.reduce((sum, weight) => sum + weight, 0);
  for (const iterator of [new Union(clauses()), new Scored(new AllIterator(1, 9), clauses())]) {
    iterator.advance(0, 1);
    assert.equal(iterator.score(), expected);
  }
});

const nexts: [value: number, next: number][] = [
  [0, Number.MIN_VALUE],
  [-0, Number.MIN_VALUE],
  [1, 1 + Number.EPSILON],
  [-1, -1 + Number.EPSILON / 2],
  [-Number.MIN_VALUE, 0],
  [Number.MAX_VALUE, Infinity],
];
for (const [value, next] of nexts) {
  test(`nextNumber: after ${value}`, () => assert.equal(nextNumber(value) + 0, next));
}
