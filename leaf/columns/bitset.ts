/** Sets of small integers, one bit each, in words of 32. */

/** Bytes of a set of 0 to size − 1. */
export function bitsetBytes(size: number): number {
  return Math.ceil(size / 32) * 4;
}

/** An empty set of 0 to size − 1. */
export function makeBitset(size: number): Uint32Array {
  return new Uint32Array(new ArrayBuffer(bitsetBytes(size)));
}

export function setBit(words: Uint32Array, index: number): void {
  words[index >>> 5]! |= 1 << (index & 31);
}

/** Adds all from `from` up to `to`. */
export function setBits(words: Uint32Array, from: number, to: number): void {
  for (let bit = from; bit < to;) {
    const shift = bit & 31;
    const count = Math.min(32 - shift, to - bit);
    words[bit >>> 5]! |= count === 32 ? -1 : ((1 << count) - 1) << shift;
    bit += count;
  }
}

export function hasBit(words: Uint32Array, index: number): boolean {
  return ((words[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

/** Members of the set. Cost: its words. */
export function countBits(words: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i]!;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** The least member from `from` on and below `end`, or `end`. `end` is at most the size of the set. */
export function nextSetBit(words: Uint32Array, from: number, end: number): number {
  if (from >= end) return end;
  let index = from >>> 5;
  let word = words[index]! & (-1 << (from & 31));
  const last = (end - 1) >>> 5;
  while (word === 0) {
    if (index === last) return end;
    word = words[++index]!;
  }
  const found = (index << 5) + 31 - Math.clz32(word & -word);
  return found < end ? found : end;
}
