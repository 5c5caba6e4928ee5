/**
 * Blocks of 128 whole numbers in as many bits each as the greatest needs. Number `i` lies in lane `i mod 4`; word `w`
 * of lane `l` is word `4w + l` of the block, so that four numbers are read with the same shifts, by scalar code as
 * well as by SIMD. Within a lane the first number lies in the lowest bits.
 *
 * Source: Lemire and Boytsov, "Decoding billions of integers per second through vectorization" (2015).
 */
export const blockSize = 128;
const lanes = 4;
const rows = blockSize / lanes;

/** Words that a block takes at a number of bits. */
export function blockWords(bits: number): number {
  return bits * lanes;
}

/** @param words zeros from `at` on @param bits 0 to 31, enough for every number */
export function packBlock(values: Uint32Array, bits: number, words: Uint32Array, at: number): void {
  for (let i = 0; i < blockSize; i++) {
    const lane = i & 3;
    const bit = (i >>> 2) * bits;
    const word = at + (bit >>> 5) * lanes + lane;
    const shift = bit & 31;
    const value = values[i]!;
    words[word]! |= value << shift;
    if (shift + bits > 32) words[word + lanes]! |= value >>> (32 - shift);
  }
}

/** Numbers of a block, each one more than what is packed. Cost: about a nanosecond a number. */
export function unpackBlock(words: Uint32Array, at: number, bits: number, into: Uint32Array): void {
  if (bits === 0) {
    into.fill(1, 0, blockSize);
    return;
  }
  const mask = (1 << bits) - 1;
  let next = at;
  let shift = 0;
  for (let row = 0; row < rows; row++) {
    const i = row << 2;
    let a = words[next]! >>> shift;
    let b = words[next + 1]! >>> shift;
    let c = words[next + 2]! >>> shift;
    let d = words[next + 3]! >>> shift;
    shift += bits;
    if (shift >= 32) {
      next += lanes;
      shift -= 32;
      if (shift > 0) {
        const up = bits - shift;
        a |= words[next]! << up;
        b |= words[next + 1]! << up;
        c |= words[next + 2]! << up;
        d |= words[next + 3]! << up;
      }
    }
    into[i] = (a & mask) + 1;
    into[i + 1] = (b & mask) + 1;
    into[i + 2] = (c & mask) + 1;
    into[i + 3] = (d & mask) + 1;
  }
}

/** Numbers of a row: as many lie side by side. */
export const rowSize: number = lanes;
/** Numbers that are unpacked at once where a block is read as far as it must be: whole rows. */
export const chunkSize: number = blockSize / 4;

/**
 * Ascending numbers of a block, of which the distances less one are packed: those of some of its rows.
 * @param before what the first of them is after
 */
export function unpackAscending(
  words: Uint32Array,
  at: number,
  bits: number,
  before: number,
  into: Uint32Array,
  firstRow = 0,
  endRow: number = rows,
): void {
  if (bits === 0) {
    for (let i = firstRow * lanes, docId = before; i < endRow * lanes; i++) into[i] = ++docId;
    return;
  }
  const mask = (1 << bits) - 1;
  const firstBit = firstRow * bits;
  let next = at + (firstBit >>> 5) * lanes;
  let shift = firstBit & 31;
  let sum = before;
  for (let row = firstRow; row < endRow; row++) {
    const i = row << 2;
    let a = words[next]! >>> shift;
    let b = words[next + 1]! >>> shift;
    let c = words[next + 2]! >>> shift;
    let d = words[next + 3]! >>> shift;
    shift += bits;
    if (shift >= 32) {
      next += lanes;
      shift -= 32;
      if (shift > 0) {
        const up = bits - shift;
        a |= words[next]! << up;
        b |= words[next + 1]! << up;
        c |= words[next + 2]! << up;
        d |= words[next + 3]! << up;
      }
    }
    into[i] = sum = sum + (a & mask) + 1;
    into[i + 1] = sum = sum + (b & mask) + 1;
    into[i + 2] = sum = sum + (c & mask) + 1;
    into[i + 3] = sum = sum + (d & mask) + 1;
  }
}

/** The number at a place of a block, one more than what is packed, without those before it. */
export function unpackOne(words: Uint32Array, at: number, bits: number, place: number): number {
  if (bits === 0) return 1;
  const bit = (place >>> 2) * bits;
  const word = at + (bit >>> 5) * lanes + (place & 3);
  const shift = bit & 31;
  let value = words[word]! >>> shift;
  if (shift + bits > 32) value |= words[word + lanes]! << (32 - shift);
  return (value & ((1 << bits) - 1)) + 1;
}
