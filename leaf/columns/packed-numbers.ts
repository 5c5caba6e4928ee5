/**
 * A list of numbers in few bytes: whole numbers as their distance from the least one, divided by what divides all
 * distances, in as many bits as the greatest needs (frame of reference); anything else as doubles.
 *
 * Layout: u32 count, u8 bits (0 to 32, or 64 for doubles), 3 bytes 0, f64 least, f64 divisor; then the list, the first
 * in the lowest bits of the first byte. Source: Goldstein, Ramakrishnan and Shaft, "Compressing Relations and
 * Indexes" (1998).
 */
const headerBytes = 24;
const doubleBits = 64;
/** Up to here what waits to be unpacked stays within 31 bits. */
const bitsOfFastPath = 24;

/** Both included. Of no numbers the low one is the higher. */
export interface NumberBounds {
  readonly low: number;
  readonly high: number;
}

export const noNumbers: NumberBounds = { low: Infinity, high: -Infinity };

interface Frame {
  readonly bits: number;
  readonly least: number;
  readonly divisor: number;
}

const doubles: Frame = { bits: doubleBits, least: 0, divisor: 1 };

/** Cost: two passes over the values. */
export function packNumbers(values: Float64Array | Uint32Array): Uint8Array {
  const frame = frameOf(values);
  const { bits, least, divisor } = frame;
  const bytes = new Uint8Array(headerBytes + Math.ceil((values.length * bits) / 8));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, values.length, true);
  view.setUint8(4, bits);
  view.setFloat64(8, least, true);
  view.setFloat64(16, divisor, true);
  if (bits === doubleBits) values.forEach((value, i) => view.setFloat64(headerBytes + i * 8, value, true));
  else packBits(values, frame, bytes);
  return bytes;
}

function frameOf(values: Float64Array | Uint32Array): Frame {
  if (values.length === 0) return { bits: 0, least: 0, divisor: 1 };
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // What −0 is as a distance would come back as 0.
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return doubles;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (greatest === least) return { bits: 0, least, divisor: 1 };
  if (!Number.isSafeInteger(greatest - least)) return doubles;
  const divisor = commonDivisor(values, least);
  const range = (greatest - least) / divisor;
  return range > 0xffffffff ? doubles : { bits: bitsOf(range), least, divisor };
}

/** The greatest number that divides every distance from `least`; 1 where all are the same. */
function commonDivisor(values: Float64Array | Uint32Array, least: number): number {
  let divisor = 0;
  for (let i = 0; i < values.length && divisor !== 1; i++) {
    let a = values[i]! - least;
    let b = divisor;
    while (b !== 0) [a, b] = [b, a % b];
    divisor = a;
  }
  return Math.max(divisor, 1);
}

/** Bits that a whole number from 0 to 2^32 − 1 needs. */
export function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}

function packBits(values: Float64Array | Uint32Array, { bits, least, divisor }: Frame, bytes: Uint8Array): void {
  if (bits === 0) return;
  let at = headerBytes;
  let waiting = 0;
  let waitingBits = 0;
  for (let i = 0; i < values.length; i++) {
    let value = (values[i]! - least) / divisor;
    for (let left = bits; left > 0;) {
      const taken = Math.min(8 - waitingBits, left);
      waiting |= (value & ((1 << taken) - 1)) << waitingBits;
      value = Math.floor(value / (1 << taken));
      left -= taken;
      waitingBits += taken;
      if (waitingBits < 8) continue;
      bytes[at++] = waiting;
      waiting = 0;
      waitingBits = 0;
    }
  }
  if (waitingBits > 0) bytes[at] = waiting;
}

/** How many numbers are packed here, −1 where the bytes are not as many as they say. */
export function packedCount(bytes: Uint8Array): number {
  if (bytes.length < headerBytes) return -1;
  const count = viewOf(bytes).getUint32(0, true);
  return bytes.length === headerBytes + Math.ceil((count * bytes[4]!) / 8) ? count : -1;
}

/**
 * Bounds of packed numbers by what stands before them: the least is exact, the greatest as much as the bits can hold. Null of
 * doubles, of which nothing is written there.
 */
export function outerBoundsOf(bytes: Uint8Array): NumberBounds | null {
  const view = viewOf(bytes);
  if (view.getUint32(0, true) === 0) return noNumbers;
  const bits = view.getUint8(4);
  if (bits === doubleBits) return null;
  const low = view.getFloat64(8, true);
  return { low, high: low + (2 ** bits - 1) * view.getFloat64(16, true) };
}

/** Bounds that no value is beyond: those before the values, and of doubles the values' own. Cost: of doubles, a step a value. */
export function valueBoundsOf(bytes: Uint8Array): NumberBounds {
  const outer = outerBoundsOf(bytes);
  if (outer !== null) return outer;
  const view = viewOf(bytes);
  const end = bytes.length;
  let { low, high } = noNumbers;
  for (let at = headerBytes; at < end; at += 8) {
    const value = view.getFloat64(at, true);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** Fills `into`, from `from` on, with the packed numbers. Cost: a step a byte and number. */
export function unpackNumbers<T extends Float64Array | Uint32Array>(bytes: Uint8Array, into: T, from = 0): T {
  unpackPiece(bytes, into, { from, first: 0, end: viewOf(bytes).getUint32(0, true) });
  return into;
}

/** Some of the packed numbers. */
export interface Piece {
  /** Place of the first of all numbers in the list that is filled. */
  readonly from: number;
  /** Of the numbers: a multiple of 8, which begins with a byte, up to before another. */
  readonly first: number;
  readonly end: number;
}

/** The same with a piece of the numbers, which go where they would have gone with the others. */
export function unpackPiece(bytes: Uint8Array, into: Float64Array | Uint32Array, { from, first, end }: Piece): void {
  const view = viewOf(bytes);
  const bits = view.getUint8(4);
  const least = view.getFloat64(8, true);
  const divisor = view.getFloat64(16, true);
  if (bits === doubleBits) {
    for (let i = first; i < end; i++) into[from + i] = view.getFloat64(headerBytes + i * 8, true);
    return;
  }
  let at = headerBytes + (first * bits) / 8;
  let waiting = 0;
  let waitingBits = 0;
  if (bits <= bitsOfFastPath) {
    const mask = (1 << bits) - 1;
    for (let i = first; i < end; i++) {
      while (waitingBits < bits) {
        waiting |= bytes[at++]! << waitingBits;
        waitingBits += 8;
      }
      into[from + i] = least + (waiting & mask) * divisor;
      waiting >>>= bits;
      waitingBits -= bits;
    }
    return;
  }
  for (let i = first; i < end; i++) {
    // Up to 39 bits wait at a time, more than bitwise operators hold.
    while (waitingBits < bits) {
      waiting += bytes[at++]! * 2 ** waitingBits;
      waitingBits += 8;
    }
    const rest = Math.floor(waiting / 2 ** bits);
    into[from + i] = least + (waiting - rest * 2 ** bits) * divisor;
    waiting = rest;
    waitingBits -= bits;
  }
}

/** Packed numbers by their place. Unpacked when one is first read, unless all are the same. */
export class PackedNumbers {
  private readonly packed: Uint8Array;
  private unpacked: Float64Array | null = null;
  /** What all of them are; NaN where they differ. */
  readonly only: number;

  constructor(packed: Uint8Array) {
    this.packed = packed;
    const view = viewOf(packed);
    this.only = view.getUint8(4) === 0 ? view.getFloat64(8, true) : Number.NaN;
  }

  /** @param at below the count */
  at(at: number): number {
    if (!Number.isNaN(this.only)) return this.only;
    this.unpacked ??= unpackNumbers(this.packed, new Float64Array(packedCount(this.packed)));
    return this.unpacked[at]!;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
