import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { createRandom } from '../../random/random.ts';
import { loadKafka } from './library.ts';
import { lz4Bytes } from './lz4-bytes.ts';
import { TooLarge, unpack } from './unpack.ts';

const library = await loadKafka();
const { lz4 } = library.compressionsAlgorithms;
const gzip = 1;
const zstd = 4;
const bytesMax = 1_000_000;
const large = Buffer.alloc(2_000_000, 'x');
const unsaid = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } };

/** Says its size, and nothing behind that is packed. */
function gzipOfSize(sizeBytes: number): Buffer {
  const bytes = gzipSync('x'.repeat(100)).fill(0xff, 10);
  bytes.writeUInt32LE(sizeBytes, bytes.length - 4);
  return bytes;
}

/** The head of a frame with a size of four or eight bytes, with and without a window, and what is no block. */
function zstdOfSize(sizeBytes: number, sizeField: 4 | 8, hasWindow: boolean): Buffer {
  const bytes = Buffer.alloc(40, 0xff);
  bytes.writeUInt32LE(0xfd_2f_b5_28, 0);
  bytes[4] = (sizeField === 8 ? 0xc0 : 0x80) + (hasWindow ? 0 : 0x20);
  bytes[5] = 0;
  const at = hasWindow ? 6 : 5;
  if (sizeField === 8) bytes.writeBigUInt64LE(BigInt(sizeBytes), at);
  else bytes.writeUInt32LE(sizeBytes, at);
  return bytes;
}

// Each row: what is packed, how, how much of it is unpacked until it is refused.
const rows: [name: string, how: number, bytes: Buffer, unpackedBytes: number][] = [
  ['gzip that says it is too large', gzip, gzipOfSize(bytesMax + 1), 0],
  ['gzip whose last part says little', gzip, Buffer.concat([gzipSync(large), gzipSync('x')]), bytesMax],
  ['zstd that says nothing', zstd, zstdCompressSync(large, unsaid), bytesMax],
  ['zstd as it is packed', zstd, zstdCompressSync(large), 0],
  ['zstd that says it in four bytes', zstd, zstdOfSize(bytesMax + 1, 4, false), 0],
  ['zstd that says it in eight bytes, with a window', zstd, zstdOfSize(bytesMax + 1, 8, true), 0],
];
for (const [name, how, bytes, unpackedBytes] of rows) {
  test(`unpack: ${name}: refused after ${unpackedBytes} bytes`, () => {
    const tooLarge = (error: unknown): boolean => error instanceof TooLarge && error.unpackedBytes === unpackedBytes;
    assert.throws(() => unpack(library, how, bytes, bytesMax), tooLarge);
  });
}

test('unpack: what says no more than it may is read, or is damaged', () => {
  for (const [how, bytes] of [[gzip, gzipOfSize(bytesMax)] as const, [zstd, zstdOfSize(bytesMax, 4, false)] as const])
    assert.throws(
      () => unpack(library, how, bytes, bytesMax),
      (error) => !(error instanceof TooLarge),
    );
  assert.equal(unpack(library, gzip, gzipSync(large), large.length).length, large.length);
  assert.equal(unpack(library, zstd, zstdCompressSync(large), large.length).length, large.length);
  assert.equal(unpack(library, zstd, zstdCompressSync(large, unsaid), large.length).length, large.length);
});

test('lz4Bytes: blocks that hold less than their frame lets them', () => {
  const blockBytes = 20_000;
  const blocks = Array.from({ length: 64 }, (_, i) => {
    const block = Buffer.alloc(4 + blockBytes, i);
    block.writeUInt32LE(0x80_00_00_00 + blockBytes, 0);
    return block;
  });
  // Blocks of up to 4 MiB; the last byte is the checksum of the two before.
  const head = Buffer.from('04224d18607073', 'hex');
  const frame = Buffer.concat([head, ...blocks, Buffer.alloc(4)]);
  assert.equal(lz4Bytes(frame), 64 * blockBytes);
  assert.equal(unpack(library, 3, frame, 64 * blockBytes).length, 64 * blockBytes);
});

test('lz4Bytes: as the library unpacks it', () => {
  const seed = 13_200_001;
  const random = createRandom(seed);
  for (let turn = 0; turn < 300; turn++) {
    // Runs of all lengths, of few letters and of many.
    const parts = Array.from({ length: random.integer(0, 11) }, () => {
      const part = Buffer.alloc(Math.floor(10 ** (random.next() * 4.5)), random.integer(0, 255));
      if (random.chance(0.5)) for (let i = 0; i < part.length; i++) part[i] = random.integer(0, 255);
      return part;
    });
    const plain = Buffer.concat(parts);
    assert.equal(lz4Bytes(lz4.compressSync(plain)), plain.length, `seed ${seed}, turn ${turn}`);
  }
});

test('lz4Bytes: what was cut off or damaged ends, and what is no frame is none', () => {
  const frame = lz4.compressSync(Buffer.alloc(100_000, 'x'));
  for (let length = 7; length <= frame.length; length++) lz4Bytes(frame.subarray(0, length));
  for (let at = 7; at < frame.length; at++) lz4Bytes(Buffer.from(frame).fill(0xff, at, at + 1));
  assert.throws(() => lz4Bytes(Buffer.from('no frame at all')), /no frame of LZ4/);
});
