import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draw } from '../segment/random-documents.fixture.ts';
import { StoredDocuments, StoredWriter } from './stored.ts';

/** Some repetitive, some random, some empty, some larger than a block. */
function randomSource(draw: Draw): Buffer {
  const length = draw.pick([0, 1, 300, 5000, 40_000]);
  return draw.chance(0.5)
    ? Buffer.from('abc '.repeat(length / 4))
    : Buffer.from(Array.from({ length }, () => draw.below(256)));
}

for (const count of [0, 1, 2, 50, 300]) {
  test(`StoredDocuments: ${count} sources come back, in any order`, () => {
    const draw = new Draw(count);
    const sources = Array.from({ length: count }, () => randomSource(draw));
    const writer = new StoredWriter();
    for (const source of sources) writer.add(source);
    const contents = writer.finish();
    const stored = new StoredDocuments(contents);
    for (let i = 0; i < 3 * count; i++) {
      const docId = draw.below(count);
      assert.ok(Buffer.from(stored.sourceOf(docId)).equals(sources[docId]!), `document ${docId}`);
    }
    assert.equal(contents.blockDocuments.at(-1), count);
    assert.equal(contents.blockStarts.at(-1), contents.bytes.length);
  });
}

test('StoredDocuments: repetitive sources take less room, and a source touches no other block', () => {
  const writer = new StoredWriter();
  for (let i = 0; i < 100; i++) writer.add(Buffer.from(`{"text":"${'the same '.repeat(100)}${i}"}`));
  const contents = writer.finish();
  assert.ok(contents.bytes.length < 100 * 900 * 0.1);
  const { blockStarts } = contents;
  // All blocks but that of the last document are made unreadable.
  const broken = contents.bytes.slice().fill(0xff, 0, blockStarts.at(-2));
  const stored = new StoredDocuments({ ...contents, bytes: broken });
  assert.match(Buffer.from(stored.sourceOf(99)).toString(), /99"}$/);
});

test('StoredDocuments: a source that is kept as it is keeps no segment', () => {
  const writer = new StoredWriter();
  writer.add(Buffer.from('short'));
  const contents = writer.finish();
  const source = new StoredDocuments(contents).sourceOf(0);
  assert.equal(Buffer.from(source).toString(), 'short');
  assert.notEqual(source.buffer, contents.bytes.buffer);
});
