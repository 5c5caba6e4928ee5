/**
 * The bytes of a token. Pure.
 *
 *     u8   version, 1
 *     then for each index, ascending by id:
 *     u8   length of its id, then the id
 *     ...  how many partitions (varint)
 *     ...  the column of their numbers, ascending: of each how many were left out before it
 *     ...  the column of their offsets
 *
 * A column is its least value (varint), the bytes that each value takes above that (u8, 0 to 7), and so many bytes of each,
 * little-endian. Shards of one index are written alike, so their offsets are close to each other: most take one byte or two.
 */
import { limits } from '../../shared/limits.ts';

/** What a token says of one index: the partitions by number, ascending, and the offset of each. */
export interface TokenPart {
  readonly id: string;
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
}

const version = 1;
const idLengthMax = 64;
const widthMax = 7;

/** @param parts ascending by id */
export function writeToken(parts: readonly TokenPart[]): Buffer {
  const bytes: number[] = [version];
  for (const { id, partitions, offsets } of parts) {
    bytes.push(id.length, ...Buffer.from(id));
    writeVarint(bytes, partitions.length);
    const before = (i: number): number => (i === 0 ? -1 : partitions[i - 1]!);
    const leftOut = partitions.map((partition, i) => partition - before(i) - 1);
    writeColumn(bytes, leftOut);
    writeColumn(bytes, offsets);
  }
  return Buffer.from(bytes);
}

/** Null where they are none, or break off. What is read need not be what `writeToken` writes. */
export function readToken(bytes: Uint8Array): TokenPart[] | null {
  const reader = new TokenReader(bytes);
  if (reader.byte() !== version) return null;
  const parts: TokenPart[] = [];
  while (!reader.isAtEnd) {
    const id = reader.text(idLengthMax);
    const count = reader.varint();
    if (count > limits.shardsMax) return null;
    const leftOut = reader.column(count);
    const offsets = reader.column(count);
    if (reader.hasBroken) return null;
    let next = 0;
    const partitions = leftOut.map((skipped) => (next += skipped + 1) - 1);
    parts.push({ id, partitions, offsets });
  }
  return reader.hasBroken ? null : parts;
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function writeColumn(bytes: number[], values: readonly number[]): void {
  let least = Infinity;
  let most = 0;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  let width = 0;
  for (let span = most - least; span >= 1; span = Math.floor(span / 256)) width++;
  writeVarint(bytes, least);
  bytes.push(width);
  for (const value of values) {
    let rest = value - least;
    for (let i = 0; i < width; i++) {
      bytes.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }
}

/** Reads zeros beyond the end, and remembers that it did. */
class TokenReader {
  hasBroken = false;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) this.hasBroken = true;
    return value ?? 0;
  }

  text(lengthMax: number): string {
    const length = this.byte();
    if (length > lengthMax) this.hasBroken = true;
    const bytes = Array.from({ length: Math.min(length, lengthMax) }, () => this.byte());
    return String.fromCharCode(...bytes);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) break;
      if (scale > Number.MAX_SAFE_INTEGER) {
        this.hasBroken = true;
        break;
      }
    }
    return value;
  }

  column(count: number): number[] {
    const least = this.varint();
    const width = this.byte();
    if (width > widthMax) this.hasBroken = true;
    if (this.hasBroken) return [];
    return Array.from({ length: count }, () => {
      let value = 0;
      for (let i = 0, scale = 1; i < width; i++, scale *= 256) value += this.byte() * scale;
      return least + value;
    });
  }
}
