import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SegmentDocument } from '../segment/build.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, withDeleted } from '../snapshot/snapshot.ts';
import { dropped } from './document-order.ts';
import { mergeSegments } from './merge.ts';

interface Situation {
  readonly name: string;
  readonly segments: number;
  readonly documentsMax: number;
  readonly deletedShare: number;
  /** Deals documents to segments at random, so that their offsets interleave. */
  readonly interleaved: boolean;
}

const situations: Situation[] = [
  { name: 'nothing deleted', segments: 3, documentsMax: 20, deletedShare: 0, interleaved: false },
  { name: 'some deleted', segments: 4, documentsMax: 30, deletedShare: 0.4, interleaved: false },
  { name: 'all deleted', segments: 2, documentsMax: 10, deletedShare: 1, interleaved: false },
  { name: 'one segment', segments: 1, documentsMax: 30, deletedShare: 0.5, interleaved: false },
  { name: 'offsets that interleave', segments: 3, documentsMax: 20, deletedShare: 0.3, interleaved: true },
];

function deal(draw: Draw, situation: Situation): SegmentDocument[][] {
  const { segments, documentsMax, interleaved } = situation;
  const all = randomDocuments(draw, segments * documentsMax);
  const dealt: SegmentDocument[][] = Array.from({ length: segments }, () => []);
  all.forEach((document, i) =>
    dealt[interleaved ? draw.below(segments) : Math.floor(i / documentsMax)]!.push(document),
  );
  return dealt;
}

for (const situation of situations) {
  test(`mergeSegments: gives the bytes of a segment built from the survivors: ${situation.name}`, () => {
    for (let seed = 1; seed <= 30; seed++) {
      const draw = new Draw(seed);
      const dealt = deal(draw, situation);
      const survivors: SegmentDocument[] = [];
      const inputs = dealt.map((documents) => {
        const deleted = documents.flatMap((_, docId) => (draw.chance(situation.deletedShare) ? [docId] : []));
        survivors.push(...documents.filter((_, docId) => !deleted.includes(docId)));
        return withDeleted(liveSegment(openSegment(buildSegment(fields, documents))), deleted);
      });
      survivors.sort((a, b) => a.offset - b.offset);
      const { buffer, docIdMaps } = mergeSegments(fields, inputs);
      const expected = new Uint8Array(buildSegment(fields, survivors));
      assert.ok(Buffer.from(buffer).equals(expected), `seed ${seed}`);
      const merged = openSegment(buffer);
      dealt.forEach((documents, i) =>
        documents.forEach(({ key }, docId) => {
          const found = merged.keys.docIdOfKey(key);
          assert.equal(docIdMaps[i]![docId], found < 0 ? dropped : found, `seed ${seed}, ${key}`);
        }),
      );
    }
  });
}

test('mergeSegments: a field that an input lacks has no values there', () => {
  const [first, second] = deal(new Draw(3), situations[0]!);
  const older = fields.filter(({ path }) => path === 'rank');
  const rankOnly = first!.map((document) => {
    const { rank } = JSON.parse(Buffer.from(document.source).toString()) as { rank?: unknown };
    return { ...document, source: Buffer.from(JSON.stringify({ rank })) };
  });
  const inputs = [buildSegment(older, rankOnly), buildSegment(fields, second!)].map((buffer) =>
    liveSegment(openSegment(buffer)),
  );
  const expected = new Uint8Array(buildSegment(fields, [...rankOnly, ...second!]));
  assert.ok(Buffer.from(mergeSegments(fields, inputs).buffer).equals(expected));
});
