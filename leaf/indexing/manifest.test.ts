import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeManifest, encodeManifest, kindOf, manifestVersion, versionOf, type Manifest } from './manifest.ts';

const manifest: Manifest = {
  formatVersion: 2,
  indexId: 'x1',
  shard: 3,
  offset: 41,
  complete: true,
  segments: [
    { id: 1, checksum: 'ab', deleted: null, liveCount: 2 },
    { id: 4, checksum: 'cd', deleted: 'AQAAAA==', liveCount: 1 },
  ],
  history: { id: 5, checksum: 'ef' },
};
const corrupt = { code: 'SEGMENT_CORRUPT' };

test('manifest: comes back as it was written', () => {
  assert.deepEqual(decodeManifest(encodeManifest(manifest), manifest), manifest);
});

test('manifest: one that names no history is of the version that had none', () => {
  const { history, ...rest } = manifest;
  const without: Manifest = { ...rest, formatVersion: 1 };
  assert.deepEqual([versionOf({}), versionOf({ history })], [1, 2]);
  assert.deepEqual(decodeManifest(encodeManifest(without), without), without);
});

test('manifest: names the kind of index where it is no document index', () => {
  assert.equal(kindOf(decodeManifest(encodeManifest(manifest), manifest)), 'document');
  assert.equal(kindOf(decodeManifest(encodeManifest({ ...manifest, kind: 'term' }), manifest)), 'term');
});

test('manifest: a flipped bit or a missing end anywhere is noticed', () => {
  const text = encodeManifest(manifest).trimEnd();
  for (let i = 0; i < text.length; i++) {
    const flipped = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
    assert.throws(() => decodeManifest(flipped, manifest), corrupt, flipped);
    assert.throws(() => decodeManifest(text.slice(0, i), manifest), corrupt, text.slice(0, i));
  }
});

const others: [name: string, other: Manifest][] = [
  ['an older version', { ...manifest, formatVersion: 0 }],
  ['a version that had no history', { ...manifest, formatVersion: 1 }],
  ['another index', { ...manifest, indexId: 'x2' }],
  ['another shard', { ...manifest, shard: 4 }],
];
for (const [name, other] of others) {
  test(`manifest: ${name} is refused`, () => {
    assert.throws(() => decodeManifest(encodeManifest(other), manifest), corrupt);
  });
}

test('manifest: one of a newer version is not damaged', () => {
  const newer = encodeManifest({ ...manifest, formatVersion: manifestVersion + 1 });
  assert.throws(() => decodeManifest(newer, manifest), { code: 'SEGMENT_VERSION_UNKNOWN' });
});
