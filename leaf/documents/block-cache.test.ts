import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockCache, type OpenBlock } from './block-cache.ts';

/** A view of less than its buffer, as a decompressed block is. Entries count 1024 bytes more than what they hold. */
function block(kilobytes: number): OpenBlock {
  const buffer = new ArrayBuffer((kilobytes - 1) * 1024 - 4);
  return { bytes: new Uint8Array(buffer, 0, kilobytes), starts: new Uint32Array(1) };
}

// Each row: the kilobytes of a cache, what is opened as `segment.block:kilobytes`, and what had to be read.
const openings: [kilobytesMax: number, opened: string, read: string][] = [
  [100, '0.0:40 0.1:40 0.0:40 0.1:40', '0.0 0.1'],
  // The one read last stays, the one read first goes.
  [100, '0.0:40 0.1:40 0.0:40 0.2:40 0.0:40 0.1:40', '0.0 0.1 0.2 0.1'],
  // Segments do not share blocks, but room.
  [100, '0.0:40 1.0:40 0.0:40 1.0:40 1.1:40 1.0:40 0.0:40', '0.0 1.0 1.1 0.0'],
  // Small ones count by what an entry takes, too.
  [4, '0.0:2 0.1:2 0.2:2 0.0:2', '0.0 0.1 0.2 0.0'],
  // A large one displaces several, or all.
  [100, '0.0:30 0.1:30 0.2:30 0.3:60 0.2:30 0.1:30', '0.0 0.1 0.2 0.3 0.1'],
  [100, '0.0:40 0.1:200 0.1:200 0.0:40 0.1:200', '0.0 0.1 0.0 0.1'],
];

for (const [kilobytesMax, opened, read] of openings) {
  test(`BlockCache: of ${kilobytesMax} KB, ${opened}`, () => {
    const cache = new BlockCache(kilobytesMax * 1024);
    const reads: string[] = [];
    for (const opening of opened.split(' ')) {
      const [name, kilobytes] = opening.split(':') as [string, string];
      const [segment, number] = name.split('.').map(Number) as [number, number];
      const { bytes } = cache.open(segment, number, () => {
        reads.push(name);
        return block(Number(kilobytes));
      });
      assert.equal(bytes.length, Number(kilobytes));
    }
    assert.equal(reads.join(' '), read);
  });
}
