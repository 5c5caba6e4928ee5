import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentAnalysis } from '../../shared/analysis/analysis-version.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { buildSegment } from '../segment/build.ts';
import { checksummedFrom, header } from '../segment/layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { liveSegment, withDeleted } from '../snapshot/snapshot.ts';
import { analysedAnew } from './analysed-anew.ts';
import { mergeSegments } from './merge.ts';

const fields: IndexedField[] = [{ name: 'title', path: 'title', kind: 'text' }];

function build(titles: readonly string[], firstOffset = 1): SharedArrayBuffer {
  const documents = titles.map((title, at) => ({
    key: `k${firstOffset + at}`,
    offset: firstOffset + at,
    source: Buffer.from(JSON.stringify({ title })),
    version: 3,
    origin: 9,
  }));
  return buildSegment(fields, documents);
}

/** A segment with other bytes of the same length in the places of some, and a checksum that fits. */
function altered(buffer: SharedArrayBuffer, changes: Readonly<Record<string, string>>): Segment {
  const bytes = Buffer.from(buffer);
  for (const [from, to] of Object.entries(changes)) {
    const at = bytes.lastIndexOf(from);
    assert.ok(at >= 0 && Buffer.byteLength(from) === Buffer.byteLength(to));
    bytes.write(to, at);
  }
  new DataView(buffer).setBigUint64(
    header.checksum,
    hashBytes64(new Uint8Array(buffer).subarray(checksummedFrom)),
    true,
  );
  return openSegment(buffer);
}

function termsOf(segment: Segment): string[] {
  const { dictionary } = segment.fieldsByName.get('title') as TextField;
  return Array.from({ length: dictionary.size }, (_, ordinal) => dictionary.termAt(ordinal));
}

const version = '"analysis":{"version":1';
const otherVersion = '"analysis":{"version":0';

test('openSegment: says what made the terms, and of which ICU the dictionaries are where they were asked', () => {
  const plain = openSegment(build(['a cat']));
  assert.deepEqual([plain.analyses.get('title'), plain.isOutdated], [{ version: 1 }, false]);
  const cut = openSegment(build(['a cat', '登录模块']));
  assert.deepEqual([cut.analyses.get('title'), cut.isOutdated], [{ version: 1, icu: process.versions.icu }, false]);
  assert.deepEqual(cut.analyses.get('title'), currentAnalysis(true));
});

test('openSegment: terms of another version of the analysis, or of other dictionaries, are outdated', () => {
  assert.equal(altered(build(['a cat']), { [version]: otherVersion }).isOutdated, true);
  assert.equal(
    altered(build(['登录模块']), {
      [`"icu":"${process.versions.icu}"`]: `"icu":"${'0'.repeat(process.versions.icu!.length)}"`,
    }).isOutdated,
    true,
  );
});

test('analysedAnew: makes the terms anew of the documents that are there, which stay what they are', () => {
  // As another analysis might have made them: "cut" and no "cat" among the terms.
  const outdated = altered(build(['a cat', 'gone', 'dog']), { [version]: otherVersion, cat: 'cut' });
  assert.deepEqual(termsOf(outdated), ['a', 'cut', 'dog', 'gone']);
  const anew = analysedAnew(withDeleted(liveSegment(outdated), [1])).segment;
  assert.equal(anew.isOutdated, false);
  assert.deepEqual(termsOf(anew), ['a', 'cat', 'dog']);
  assert.deepEqual([...anew.offsets], [1, 3]);
  assert.deepEqual([anew.keys.keyAt(0), anew.keys.keyAt(1)], ['k1', 'k3']);
  assert.deepEqual([anew.versions.at(1), anew.origins.at(1)], [3, 9]);
});

test('analysedAnew: what is not outdated stays as it is', () => {
  const live = liveSegment(openSegment(build(['a cat'])));
  assert.equal(analysedAnew(live), live);
});

test('mergeSegments: whether dictionaries cut texts is what it is of any input', () => {
  const inputs = [build(['cat'], 1), build(['登录'], 2)].map((buffer) => liveSegment(openSegment(buffer)));
  const merged = openSegment(mergeSegments(fields, inputs).buffer);
  assert.deepEqual(merged.analyses.get('title'), currentAnalysis(true));
});
