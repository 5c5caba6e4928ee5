/** Unpacks what a batch of Kafka was packed to, no further than it is allowed. Pure over the library that it is given. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { KafkaLibrary } from './library.ts';

/** What batches say of how they were packed. */
const packed = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;
const lz4Magic = 0x18_4d_22_04;
/** A byte that is packed becomes so many at most. */
const lz4RatioMax = 255;

/** It would be more than it may. */
export class TooLarge extends Error {}

/**
 * @param how as the batch says: 1 gzip, 2 snappy, 3 LZ4, 4 zstd
 * @throws TooLarge where it would be more than `bytesMax`; Error where it is damaged, or packed otherwise
 */
export function unpack(
  library: Pick<KafkaLibrary, 'compressionsAlgorithms'>,
  how: number,
  bytes: Buffer,
  bytesMax: number,
): Buffer {
  switch (how) {
    case packed.gzip:
      return within(() => gunzipSync(bytes, { maxOutputLength: bytesMax }));
    case packed.zstd:
      return within(() => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }));
    case packed.snappy:
      check(snappyBytes(bytes), bytesMax);
      return library.compressionsAlgorithms.snappy.decompressSync(bytes);
    case packed.lz4:
      check(lz4BytesMax(bytes), bytesMax);
      return library.compressionsAlgorithms.lz4.decompressSync(bytes);
    default:
      throw new Error(`it is packed in a way that is not known: ${how}`);
  }
}

function check(sizeBytes: number, bytesMax: number): void {
  if (sizeBytes > bytesMax) throw new TooLarge(`${sizeBytes} bytes`);
}

function within(inflate: () => Buffer): Buffer {
  try {
    return inflate();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    throw error;
  }
}

/** What it says of itself: one block, or blocks behind one another as Java frames them. */
function snappyBytes(bytes: Buffer): number {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappyBlockBytes(bytes);
  let sizeBytes = 0;
  for (let at = xerialHeaderBytes; at + 4 <= bytes.length; at += 4 + bytes.readUInt32BE(at))
    sizeBytes += snappyBlockBytes(bytes.subarray(at + 4));
  return sizeBytes;
}

/** A block begins with its length, seven bits a byte, the lowest first. */
function snappyBlockBytes(block: Buffer): number {
  let sizeBytes = 0;
  for (let i = 0; i < Math.min(5, block.length); i++) {
    sizeBytes += (block[i]! & 0x7f) * 2 ** (7 * i);
    if (block[i]! < 0x80) break;
  }
  return sizeBytes;
}

/** The most that it can be: of a frame only the size of each packed block is known, and the most that one may hold. */
function lz4BytesMax(bytes: Buffer): number {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== lz4Magic) throw new Error('no frame of LZ4');
  const flags = bytes[4]!;
  const blockBytesMax = 4 ** (((bytes[5]! >> 4) & 7) + 4);
  const hasContentSize = (flags & 8) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  const checksumBytes = (flags & 16) === 0 ? 0 : 4;
  let sizeBytes = 0;
  let at = 7 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32LE(at) & 0x7f_ff_ff_ff;
    if (length === 0) break;
    sizeBytes += Math.min(blockBytesMax, length * lz4RatioMax);
    at += 4 + length + checksumBytes;
  }
  return sizeBytes;
}
