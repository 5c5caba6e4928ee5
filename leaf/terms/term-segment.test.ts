/** Segments against their documents read one by one: what is built, merged, written and read again is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOfTerm } from '../../shared/hashing/hash.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { undeleted } from '../snapshot/stored-segment.ts';
import { header } from '../segment/layout.ts';
import { buildTermSegment } from './build.ts';
import { mergeTermSegments } from './merge.ts';
import { PendingDocuments, type PendingDocument } from './pending-documents.ts';
import { formatVersion } from './layout.ts';
import { TermSegment } from './term-segment.ts';
import { countTermStatistics, findByKey, findByOrdinal, makeTermSnapshot } from './term-snapshot.ts';

const fields: IndexedField[] = [
  { name: 'k', path: 'k', kind: 'keyword' },
  { name: 'n', path: 'n', kind: 'integer' },
  { name: 't', path: 't', kind: 'text' },
];
const shards = 3;

interface Parsed extends PendingDocument {
  readonly words: readonly string[];
  readonly keywords: readonly string[];
  readonly number: number;
}

function randomDocuments(random: Random, count: number): Parsed[] {
  let ordinal = -1;
  return Array.from({ length: count }, (_, i) => {
    ordinal += random.integer(1, 3);
    const words = Array.from({ length: random.integer(0, 6) }, () => `w${random.integer(0, 9)}`);
    // More often than a byte can say.
    if (random.chance(0.02)) words.push(...Array<string>(300).fill('often'));
    const keywords = Array.from({ length: random.integer(0, 2) }, () => `k${random.integer(0, 3)}`);
    const number = random.integer(-2, 2);
    const source = Buffer.from(JSON.stringify({ t: words.join(' '), k: keywords, n: number }));
    return { ordinal, key: `key${i % 40}`, source, words, keywords, number };
  });
}

function termsOf(field: string, { words, keywords, number }: Parsed): readonly string[] {
  return field === 't' ? words : field === 'k' ? keywords : [String(number)];
}

/** Every term that could be there, with what its postings must be in this shard. */
function expectedPostings(documents: readonly Parsed[], shard: number): Map<string, number[][]> {
  const expected = new Map<string, number[][]>();
  for (const { name } of fields) {
    for (const term of new Set(documents.flatMap((document) => termsOf(name, document)))) {
      if (shardOfTerm(name, term, shards) !== shard) continue;
      const holders = documents.filter((document) => termsOf(name, document).includes(term));
      expected.set(
        `${name} ${term}`,
        holders.map((document) => {
          const count = termsOf(name, document).filter((other) => other === term).length;
          return name === 't' ? [document.ordinal, count] : [document.ordinal];
        }),
      );
    }
  }
  return expected;
}

function actualPostings(segment: TermSegment): Map<string, number[][]> {
  const actual = new Map<string, number[][]>();
  for (let i = 0; i < segment.terms; i++) {
    const name = Buffer.from(segment.nameAt(i)).toString().replace('\0', ' ');
    const list = segment.postingsAt(i);
    const { ordinals, frequencies } = list.columns();
    const set = list.set();
    assert.deepEqual([...set], [...ordinals]);
    assert.equal(list.documents, ordinals.length);
    set.dispose();
    const counts = frequencies;
    actual.set(name, counts === null ? [...ordinals].map((o) => [o]) : [...ordinals].map((o, at) => [o, counts[at]!]));
  }
  return actual;
}

test('term segment: a shard has the postings of its terms and the documents of its ordinals', () => {
  const seed = 41;
  const random = createRandom(seed);
  for (const count of [0, 1, 8, 9, 200]) {
    const documents = randomDocuments(random, count);
    for (let shard = 0; shard < shards; shard++) {
      const segment = new TermSegment(buildTermSegment(fields, documents, { shard, shards }));
      const message = `seed ${seed}, ${count} documents, shard ${shard}`;
      assert.deepEqual(actualPostings(segment), expectedPostings(documents, shard), message);
      const snapshot = makeTermSnapshot([undeleted(segment)], documents.at(-1)?.ordinal ?? -1);
      for (const { ordinal, key, source } of documents) {
        const found = findByOrdinal(snapshot, ordinal);
        assert.deepEqual(
          found === null ? null : [found.key, Buffer.from(found.source)],
          ordinal % shards === shard ? [key, source] : null,
          message,
        );
      }
      const own = documents.filter(({ ordinal }) => ordinal % shards === shard);
      for (const { key } of documents) {
        const latest = own.findLast((document) => document.key === key);
        assert.equal(findByKey(snapshot, key)?.ordinal, latest?.ordinal, `${message}, ${key}`);
      }
    }
  }
});

test('term segment: merged, the bytes are those of one built from all the documents', () => {
  const seed = 42;
  const random = createRandom(seed);
  for (let round = 0; round < 20; round++) {
    const documents = randomDocuments(random, random.integer(1, 120));
    const place = { shard: random.integer(0, shards - 1), shards };
    const parts: TermSegment[] = [];
    for (let start = 0; start < documents.length;) {
      const end = start + random.integer(1, 50);
      parts.push(new TermSegment(buildTermSegment(fields, documents.slice(start, end), place)));
      start = end;
    }
    const merged = mergeTermSegments(fields, parts.map(undeleted));
    const built = buildTermSegment(fields, documents, place);
    assert.ok(Buffer.from(merged).equals(Buffer.from(built)), `seed ${seed}, round ${round}`);
  }
});

test('term segment: a field that is added later has no values in the segments before', () => {
  const [before, after] = [
    { ordinal: 0, key: 'a', source: Buffer.from('{"t":"x"}') },
    { ordinal: 1, key: 'b', source: Buffer.from('{"t":"x","k":"y"}') },
  ] as const;
  const place = { shard: 0, shards: 1 };
  const old = new TermSegment(buildTermSegment([fields[2]!], [before], place));
  const merged = new TermSegment(
    mergeTermSegments(fields, [old, new TermSegment(buildTermSegment(fields, [after], place))].map(undeleted)),
  );
  const { fields: counted } = countTermStatistics(
    makeTermSnapshot([undeleted(merged)], 1),
    { k: ['y'], t: [] },
    Infinity,
  );
  assert.deepEqual({ ...counted }, { k: { documents: 1, length: 1 }, t: { documents: 2, length: 2 } });
});

test('term segment: what does not fit a field, as it came later, is stored and has no terms', () => {
  const source = Buffer.from('{"k":"a","n":"red","t":"word"}');
  const segment = new TermSegment(
    buildTermSegment(fields, [{ ordinal: 3, key: 'a', source }], { shard: 0, shards: 1 }),
  );
  const snapshot = makeTermSnapshot([undeleted(segment)], 3);
  assert.deepEqual(Buffer.from(findByKey(snapshot, 'a')!.source), source);
  const counted = countTermStatistics(snapshot, { k: ['a'], n: ['red'] }, 4);
  assert.deepEqual([counted.frequencies['k']?.['a'], counted.frequencies['n']?.['red']], [1, 0]);
});

test('term engine: an entry that is judged is LOG_CORRUPT, for documents stay what they are', () => {
  const writer = new BatchWriter(0);
  writer.add('put', 'k', Buffer.from('{}'));
  writer.add('judged', 'k', Buffer.from('{}'));
  const batch = { firstOffset: 0, count: 2, bytes: writer.finish() };
  assert.throws(() => new PendingDocuments().take(batch, -1), { code: 'LOG_CORRUPT' });
  assert.equal(new PendingDocuments().take({ ...batch, firstOffset: 5 }, 6), 0, 'what is known is not read again');
});

test('term segment: counts stop at the cut', () => {
  const seed = 43;
  const random = createRandom(seed);
  const documents = randomDocuments(random, 60);
  const place = { shard: 0, shards: 1 };
  const parts = [documents.slice(0, 25), documents.slice(25)];
  const segments = parts.map((part) => undeleted(new TermSegment(buildTermSegment(fields, part, place))));
  const snapshot = makeTermSnapshot(segments, documents.at(-1)!.ordinal);
  for (const { ordinal: cut } of documents) {
    const upTo = documents.filter(({ ordinal }) => ordinal <= cut);
    const expected = {
      fields: {
        t: {
          documents: upTo.filter(({ words }) => words.length > 0).length,
          length: upTo.reduce((sum, { words }) => sum + words.length, 0),
        },
      },
      frequencies: { t: { w1: upTo.filter(({ words }) => words.includes('w1')).length } },
    };
    const counted = countTermStatistics(snapshot, { t: ['w1'] }, cut);
    assert.deepEqual(JSON.parse(JSON.stringify(counted)), expected, `seed ${seed}, cut ${cut}`);
  }
});

test('term segment: a flipped byte anywhere is noticed', () => {
  const documents = randomDocuments(createRandom(44), 20);
  const buffer = buildTermSegment(fields, documents, { shard: 0, shards: 2 });
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at]! ^= 1;
    // A version that is higher by a flipped bit cannot be told from a newer one, and is refused as that.
    const isNewer = new DataView(buffer).getUint32(header.version, true) > formatVersion;
    const code = isNewer ? 'SEGMENT_VERSION_UNKNOWN' : 'SEGMENT_CORRUPT';
    assert.throws(() => new TermSegment(buffer), { code }, `byte ${at}`);
    bytes[at]! ^= 1;
  }
  assert.throws(() => new TermSegment(buffer.slice(0, 20)), { code: 'SEGMENT_CORRUPT' });
});
