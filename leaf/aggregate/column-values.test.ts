import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSegment } from '../segment/build.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { Draw, fields } from '../segment/random-documents.fixture.ts';
import { NumberValues, OrdinalValues } from './column-values.ts';
import { batchMax, topBuckets } from './document-batch.ts';

type Entry = readonly [bucket: number, docId: number, value: number | string];

function segmentOf(documents: readonly object[]): Segment {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return openSegment(buildSegment(fields, stored));
}

function valuesOr(values: readonly number[], missing: number | null): readonly number[] {
  return values.length === 0 && missing !== null ? [missing] : values;
}

/** Each row: how many values the document at a place has. */
const lengths: readonly [name: string, lengthAt: (i: number, draw: Draw) => number][] = [
  ['one each', () => 1],
  ['none or one', (i) => i % 2],
  ['some', (_i, draw) => draw.below(4)],
  ['few, and one as many as a piece holds', (i) => (i === 3 ? batchMax : 1)],
  ['few, and one more than pieces hold', (i) => (i === 3 ? 3 * batchMax + 7 : i % 3)],
];
for (const [name, lengthAt] of lengths) {
  for (const [field, missing] of [
    ['rank', null],
    ['rank', -1],
    ['author.name', null],
    ['author.name', -1],
  ] as const) {
    test(`values: ${name}, of ${field}, missing ${missing}: every value once, with document and bucket`, (t) => {
      const seed = 11;
      t.diagnostic(`seed ${seed}`);
      const draw = new Draw(seed);
      const rows = Array.from({ length: 700 }, (_, i) =>
        Array.from({ length: lengthAt(i, draw) }, () => draw.below(1000)),
      );
      const segment = segmentOf(rows.map((rank) => ({ rank, author: { name: rank.map(String) } })));
      const docIds = Uint32Array.from(rows.keys()).filter(() => draw.chance(0.8));
      const buckets = docIds.map(() => draw.below(5));
      const expected = [...docIds].flatMap((docId, i) =>
        valuesOr(rows[docId]!, missing).map((value): Entry => {
          return [buckets[i]!, docId, field === 'rank' ? value : String(value)];
        }),
      );
      const found: Entry[] = [];
      const collect = (values: NumberValues | OrdinalValues, valueOf: (value: number) => number | string): void => {
        for (let from = 0; from < docIds.length; from += batchMax) {
          const batch = docIds.slice(from, from + batchMax);
          values.begin(buckets.slice(from, from + batchMax), batch, batch.length);
          for (let n = values.next(); n > 0; n = values.next()) {
            assert.ok(n <= batchMax);
            for (let i = 0; i < n; i++) found.push([values.buckets[i]!, values.docIds[i]!, valueOf(values.values[i]!)]);
          }
        }
      };
      if (field === 'rank') {
        const values = new NumberValues(field, missing);
        values.enterSegment(segment);
        collect(values, (value) => value);
        assert.equal(values.isSingle, name === 'one each');
        assert.equal(values.isOnce, name === 'one each' || name === 'none or one');
      } else {
        const values = new OrdinalValues(field, missing !== null);
        const { dictionary } = values.enterSegment(segment)!;
        collect(values, (ordinal) => (ordinal === dictionary.size ? String(missing) : dictionary.termAt(ordinal)));
        assert.equal(values.isSingle, name === 'one each');
        assert.equal(values.isOnce, name === 'one each' || name === 'none or one');
      }
      assert.deepEqual(found, expected);
    });
  }
}

// Each row: how many values documents have, at most.
for (const valuesMax of [1, 3, 2 * batchMax]) {
  test(`values: without documents, of those side by side all at once, up to ${valuesMax} each`, () => {
    const draw = new Draw(3);
    const rows = Array.from({ length: 40 }, () => draw.some(valuesMax, () => draw.below(1000)));
    const segment = segmentOf(rows.map((rank) => ({ rank })));
    const values = new NumberValues('rank', null, false);
    values.enterSegment(segment);
    // All, a part, and some that are not side by side.
    for (const docIds of [[...rows.keys()], [7, 8, 9, 10], [7], [0, 2, 3, 39]]) {
      const found: number[] = [];
      values.begin(topBuckets, Uint32Array.from(docIds), docIds.length);
      for (let n = values.next(); n > 0; n = values.next()) {
        found.push(...values.values.subarray(0, n));
        assert.ok(values.buckets.subarray(0, n).every((bucket) => bucket === 0));
      }
      assert.deepEqual(
        found,
        docIds.flatMap((docId) => rows[docId]!),
      );
    }
  });
}

test('values: a segment without the field has none, also after one that has it', () => {
  const values = new NumberValues('rank');
  const batch = [new Uint32Array(3), Uint32Array.of(0, 1, 2), 3] as const;
  values.enterSegment(segmentOf([{ rank: 1 }, { rank: 2 }, { rank: 3 }]));
  values.begin(...batch);
  assert.equal(values.next(), 3);
  values.enterSegment(segmentOf([{}, {}, {}]));
  values.begin(...batch);
  assert.equal(values.next(), 0);
});

test('values: where documents without a value have one, they have it in a segment without the field too', () => {
  const values = new NumberValues('rank', 9);
  values.enterSegment(segmentOf([{}, {}]));
  values.begin(Uint32Array.of(4, 2), Uint32Array.of(0, 1), 2);
  assert.equal(values.next(), 2);
  assert.deepEqual(
    [[...values.values.subarray(0, 2)], [...values.buckets.subarray(0, 2)]],
    [
      [9, 9],
      [4, 2],
    ],
  );
  assert.equal(values.next(), 0);
});
