import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockCache, type OpenBlock } from './block-cache.ts';

const block = (bytes: number): OpenBlock => ({ bytes: new Uint8Array(bytes - 4), starts: new Uint32Array(1) });

// Each row: the bytes of a cache, what is opened as `segment.block:bytes`, and what had to be read.
const openings: [bytesMax: number, opened: string, read: string][] = [
  [100, '0.0:40 0.1:40 0.0:40 0.1:40', '0.0 0.1'],
  // The one read last stays, the one read first goes.
  [100, '0.0:40 0.1:40 0.0:40 0.2:40 0.0:40 0.1:40', '0.0 0.1 0.2 0.1'],
  // Segments do not share blocks, but room.
  [100, '0.0:40 1.0:40 0.0:40 1.0:40 1.1:40 1.0:40 0.0:40', '0.0 1.0 1.1 0.0'],
  // A large one displaces several, or is not kept at all.
  [100, '0.0:30 0.1:30 0.2:30 0.3:60 0.2:30 0.1:30', '0.0 0.1 0.2 0.3 0.1'],
  [100, '0.0:40 0.1:200 0.1:200 0.0:40', '0.0 0.1 0.1 0.0'],
];

for (const [bytesMax, opened, read] of openings) {
  test(`BlockCache: of ${bytesMax} bytes, ${opened}`, () => {
    const cache = new BlockCache(bytesMax);
    const reads: string[] = [];
    for (const opening of opened.split(' ')) {
      const [name, bytes] = opening.split(':') as [string, string];
      const [segment, number] = name.split('.').map(Number) as [number, number];
      const { bytes: found } = cache.open(segment, number, () => {
        reads.push(name);
        return block(Number(bytes));
      });
      assert.equal(found.length, Number(bytes) - 4);
    }
    assert.equal(reads.join(' '), read);
  });
}
