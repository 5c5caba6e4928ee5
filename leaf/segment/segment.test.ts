import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { sourceAt } from '../documents/stored.ts';
import { PositionReader } from '../positions/position-reader.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import { buildSegment } from './build.ts';
import { openSegment, type Segment } from './open.ts';
import { formatVersion, header } from './layout.ts';
import type { KeywordField } from './layouts/keyword-layout.ts';
import type { NumberField } from './layouts/number-layout.ts';
import type { TextField } from './layouts/text-layout.ts';
import { Draw, fields, randomDocuments } from './random-documents.fixture.ts';

const document = (key: string, offset: number, json: string): Parameters<typeof buildSegment>[1][number] => ({
  key,
  offset,
  source: Buffer.from(json),
});

const sample = [
  document('k1', 5, '{"title":"Cat and CAT","author":{"name":["b","a","b"]},"rank":[3,1,3]}'),
  { ...document('k2', 9, '{"title":["dog","cat"],"author.name":"\u{1f600}","sold":true}'), version: 3, origin: 77 },
  document('ключ', 10, '{"title":"","author":[{"name":"\ufffd"}],"made":"1970-01-02"}'),
];

const opened = openSegment(buildSegment(fields, sample));
const field = (name: string): unknown => opened.fieldsByName.get(name);
const text = field('title') as TextField;
const keyword = field('author.name') as KeywordField;
const terms = (of: TextField | KeywordField): string[] =>
  Array.from({ length: of.dictionary.size }, (_, ordinal) => of.dictionary.termAt(ordinal));

function versionsOf({ documents, versions }: Segment): number[] {
  return Array.from({ length: documents }, (_, docId) => versions.at(docId));
}

function originsOf({ documents, origins }: Segment): number[] {
  return Array.from({ length: documents }, (_, docId) => origins.at(docId));
}

test('openSegment: documents, offsets, versions, origins, keys and sources', () => {
  assert.equal(opened.documents, 3);
  assert.deepEqual([...opened.offsets], [5, 9, 10]);
  assert.deepEqual(versionsOf(opened), [1, 3, 1]);
  assert.deepEqual(originsOf(opened), [0, 77, 0]);
  assert.deepEqual(
    ['k1', 'k2', 'ключ', 'k3', ''].map((key) => opened.keys.docIdOfKey(key)),
    [0, 1, 2, -1, -1],
  );
  assert.equal(opened.keys.keyAt(2), 'ключ');
  assert.deepEqual(Buffer.from(sourceAt(opened.sources, 1)), sample[1]!.source);
  assert.deepEqual(opened.fields, fields);
});

/** Of every term its docIds, frequencies and positions: "cat 0:1,4 1:2" stands at 1 and 4 in document 0, at 2 in 1. */
function postingsOf(of: TextField): string[] {
  return terms(of).map((term, ordinal) => {
    const place = of.dictionary.cursorAt(ordinal);
    const list = new PostingBlocks(of.postings, place);
    const reader = new PositionReader(of.positions, place, list);
    const documents: string[] = [];
    for (let block = 0; block < list.blocks; block++) {
      list.load(block);
      for (let i = 0; i < list.count; i++) {
        reader.read(i);
        assert.equal(reader.count, list.frequencies()[i]);
        documents.push(`${list.docIds[i]}:${[...reader.positions.subarray(0, reader.count)].join()}`);
      }
    }
    return [term, ...documents].join(' ');
  });
}

test('openSegment: terms, postings, positions, lengths and presence of a text field', () => {
  assert.deepEqual(postingsOf(text), ['and 0:1', 'cat 0:0,2 1:101', 'dog 1:0']);
  assert.deepEqual([...text.readLengths()], [3, 2, 0]);
  assert.deepEqual([...text.lengthCodes], [3, 2, 0]);
  assert.deepEqual([...text.presence], [0b111]);
});

test('openSegment: a keyword column keeps order and repeats, its dictionary is in code point order', () => {
  assert.deepEqual(terms(keyword), ['a', 'b', '\ufffd', '\u{1f600}']);
  assert.deepEqual([...keyword.column.starts], [0, 3, 4, 5]);
  assert.deepEqual([...keyword.column.ordinals], [1, 0, 1, 3, 2]);
});

test('openSegment: numeric columns', () => {
  const values = (name: string): number[] => [...(field(name) as NumberField).column.values];
  assert.deepEqual(values('rank'), [3, 1, 3]);
  assert.deepEqual([...(field('rank') as NumberField).column.starts], [0, 3, 3, 3]);
  assert.deepEqual(values('sold'), [1]);
  assert.deepEqual(values('made'), [86_400_000]);
});

// Each row: a bound or term, what the dictionary a, b, U+FFFD, U+1F600 says: [find, lowerBound, upperBound].
const lookups: [term: string, expected: number[]][] = [
  ['', [-1, 0, 0]],
  ['a', [0, 0, 1]],
  ['aa', [-1, 1, 1]],
  ['\ufffd', [2, 2, 3]],
  ['\u{1f600}', [3, 3, 4]],
  ['\u{1f601}', [-1, 4, 4]],
];
for (const [term, expected] of lookups) {
  test(`Dictionary: looks up ${JSON.stringify(term)}`, () => {
    const { dictionary } = keyword;
    assert.deepEqual([dictionary.find(term), dictionary.lowerBound(term), dictionary.upperBound(term)], expected);
  });
}

test('Dictionary: half a pair is neither a term nor a prefix', () => {
  assert.equal(keyword.dictionary.find('\ud83d'), -1);
  assert.deepEqual(keyword.dictionary.prefixRange('\ud83d'), { start: 0, end: 0 });
});

test('KeyTable: half a pair is not the replacement character', () => {
  const { keys } = openSegment(buildSegment([], [document('\ufffd', 1, '{}')]));
  assert.deepEqual([keys.docIdOfKey('\ufffd'), keys.docIdOfKey('\ud83d')], [0, -1]);
});

test('buildSegment: no documents', () => assert.equal(openSegment(buildSegment(fields, [])).documents, 0));

const faults: [name: string, documents: typeof sample, message: RegExp][] = [
  ['a key twice', [document('k', 1, '{}'), document('k', 2, '{}')], /twice/],
  ['offsets that do not ascend', [document('a', 2, '{}'), document('b', 2, '{}')], /offset/],
];
for (const [name, documents, message] of faults) {
  test(`buildSegment: refuses ${name}`, () => assert.throws(() => buildSegment(fields, documents), message));
}

test('buildSegment: what does not fit a field, as it came later, is stored and not found', () => {
  const source = Buffer.from('{"rank":["1",2],"price":{"x":1},"sold":true}');
  const segment = openSegment(buildSegment(fields, [{ key: 'k', offset: 1, source }]));
  const values = (name: string): number[] => [...(segment.fieldsByName.get(name) as NumberField).column.values];
  assert.deepEqual([values('rank'), values('price'), values('sold')], [[2], [], [1]]);
  assert.deepEqual(Buffer.from(sourceAt(segment.sources, 0)), source);
});

test('buildSegment: versions that are all alike take no room of their own', () => {
  const sized = (versionOf: (i: number) => number): number =>
    buildSegment(
      [],
      Array.from({ length: 1024 }, (_, i) => ({ ...document(`k${i}`, i, '{}'), version: versionOf(i) })),
    ).byteLength;
  assert.equal(
    sized(() => 7),
    sized(() => 1),
  );
  assert.equal(
    sized((i) => 1 + (i % 2)),
    sized(() => 1) + 1024 / 8,
  );
});

function copy(buffer: SharedArrayBuffer): SharedArrayBuffer {
  const copied = new SharedArrayBuffer(buffer.byteLength);
  new Uint8Array(copied).set(new Uint8Array(buffer));
  return copied;
}

const isCorrupt = (error: unknown): boolean => error instanceof SheafError && error.code === 'SEGMENT_CORRUPT';

test('openSegment: a flipped byte anywhere is found', () => {
  const buffer = copy(opened.buffer);
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < bytes.length; i++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      bytes[i]! ^= mask;
      // A version that is higher by a flipped bit cannot be told from a newer one, and is refused as that.
      const isNewer = new DataView(buffer).getUint32(header.version, true) > formatVersion;
      const expected = isNewer ? { code: 'SEGMENT_VERSION_UNKNOWN' } : isCorrupt;
      assert.throws(() => openSegment(buffer), expected, `byte ${i} ^ ${mask}`);
      bytes[i]! ^= mask;
    }
  }
  assert.equal(openSegment(buffer).documents, 3);
});

test('openSegment: a cut or lengthened buffer is found', () => {
  const bytes = new Uint8Array(opened.buffer);
  for (const length of [0, 7, 39, 40, 200, bytes.length - 8, bytes.length - 1, bytes.length + 8]) {
    const buffer = new SharedArrayBuffer(length);
    new Uint8Array(buffer).set(bytes.subarray(0, length));
    assert.throws(() => openSegment(buffer), isCorrupt, `${length} bytes`);
  }
});

test('openSegment: every key of many is found, and none else', () => {
  const documents = randomDocuments(new Draw(1), 1000);
  const { keys } = openSegment(buildSegment(fields, documents));
  documents.forEach(({ key }, docId) => assert.equal(keys.docIdOfKey(key), docId));
  assert.equal(keys.docIdOfKey('k1000'), -1);
});

test('buildSegment: the same input gives the same bytes', () => {
  const build = (): Uint8Array => new Uint8Array(buildSegment(fields, randomDocuments(new Draw(7), 50)));
  assert.deepEqual(build(), build());
});

/** What version 6 looked like when it was made: the sample above. */
const golden = new URL('golden-6.segment', import.meta.url);

test('buildSegment: the format has not changed under its version number', () => {
  assert.ok(Buffer.from(opened.buffer).equals(readFileSync(golden)));
});

test('openSegment: reads what was written when the version was new', () => {
  const bytes = readFileSync(golden);
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  const segment = openSegment(buffer);
  const sources = sample.map((_, docId) => Buffer.from(sourceAt(segment.sources, docId)));
  assert.deepEqual(
    sources,
    sample.map(({ source }) => source),
  );
  assert.deepEqual(versionsOf(segment), [1, 3, 1]);
  assert.deepEqual(originsOf(segment), [0, 77, 0]);
  assert.deepEqual(postingsOf(segment.fieldsByName.get('title') as TextField), postingsOf(text));
});
