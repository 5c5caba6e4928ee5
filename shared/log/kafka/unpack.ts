/**
 * Unpacks what a batch of Kafka was packed to, no further than it is allowed. Pure over the library that it is given.
 *
 * Where the size can be told beforehand (snappy and LZ4 always; gzip and zstd where they say it), what would be too large is not unpacked at all. Where it
 * cannot, unpacking stops at what is allowed.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { KafkaLibrary } from './library.ts';
import { lz4Bytes } from './lz4-bytes.ts';

/** What batches say of how they were packed. */
const packed = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;
/** Of gzip, what stands around at least: ten bytes in front, and a checksum and a size behind. */
const gzipBytesMin = 18;
const zstdMagic = 0xfd_2f_b5_28;
/** Bytes of the size, and of the name of a dictionary, by what the descriptor of a frame says of them. */
const zstdSizeBytes = [0, 2, 4, 8] as const;
const zstdDictionaryBytes = [0, 1, 2, 4] as const;

/** It would be more than it may. */
export class TooLarge extends Error {
  /** So much of it was unpacked until that was known. */
  readonly unpackedBytes: number;

  constructor(sizeBytes: number, unpackedBytes = 0) {
    super(`${sizeBytes} bytes`);
    this.unpackedBytes = unpackedBytes;
  }
}

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
      check(gzipSaid(bytes), bytesMax);
      return within(bytesMax, () => gunzipSync(bytes, { maxOutputLength: bytesMax }));
    case packed.zstd:
      check(zstdSaid(bytes), bytesMax);
      return within(bytesMax, () => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }));
    case packed.snappy:
      check(snappyBytes(bytes), bytesMax);
      return library.compressionsAlgorithms.snappy.decompressSync(bytes);
    case packed.lz4:
      check(lz4Bytes(bytes), bytesMax);
      return library.compressionsAlgorithms.lz4.decompressSync(bytes);
    default:
      throw new Error(`it is packed in a way that is not known: ${how}`);
  }
}

function check(sizeBytes: number, bytesMax: number): void {
  if (sizeBytes > bytesMax) throw new TooLarge(sizeBytes);
}

function within(bytesMax: number, inflate: () => Buffer): Buffer {
  try {
    return inflate();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLarge(bytesMax + 1, bytesMax);
    throw error;
  }
}

/** The size of its last part, at the end: it is at least so large. RFC 1952. */
function gzipSaid(bytes: Buffer): number {
  return bytes.length < gzipBytesMin ? 0 : bytes.readUInt32LE(bytes.length - 4);
}

/** The size of its first frame: it is at least so large; 0 where the frame does not say it. RFC 8878. */
function zstdSaid(bytes: Buffer): number {
  if (bytes.length < 18 || bytes.readUInt32LE(0) !== zstdMagic) return 0;
  const descriptor = bytes[4]!;
  const isSingleSegment = (descriptor & 32) !== 0;
  const sizeBytes = zstdSizeBytes[descriptor >> 6]!;
  const at = 5 + (isSingleSegment ? 0 : 1) + zstdDictionaryBytes[descriptor & 3]!;
  if (sizeBytes === 8) return Number(bytes.readBigUInt64LE(at));
  return sizeBytes === 4 ? bytes.readUInt32LE(at) : 0;
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
