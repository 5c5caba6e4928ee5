/**
 * JSON values of a stream, each as a line, byte by byte: only brackets, quotes, commas and the names of members are looked at;
 * whether a value is valid is for the root to say. Memory: a chunk. Pure over its input.
 */
import { CommandFailure } from '../../failure.ts';

/** Where the values are. */
export type Place =
  /** The elements of the array that the stream is. */
  | { readonly in: 'array' }
  /** One after another. */
  | { readonly in: 'sequence' }
  /** The elements of the array that the outermost object has under this name. */
  | { readonly in: 'member'; readonly name: string };

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const lineFeed = 0x0a;
const openings = new Set([0x5b, 0x7b]);
const closings = new Set([0x5d, 0x7d]);
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** @throws CommandFailure when the array does not end, something follows it, or there is no such member */
export async function* valuesToLines(chunks: AsyncIterable<Uint8Array>, place: Place): AsyncGenerator<Uint8Array> {
  const scanner = new ValueScanner(place);
  for await (const chunk of chunks) {
    const lines = scanner.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const rest = scanner.end();
  if (rest.length > 0) yield rest;
}

/** How many brackets are around a value. */
const levels = { sequence: 0, array: 1, member: 2 } as const;

class ValueScanner {
  private readonly place: Place;
  private readonly level: number;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** What holds the values has ended. */
  private ended = false;
  /** Whether the value being read has begun. */
  private begun = false;
  private values = 0;
  /** Of an object around the array: the text of the last string of its own, and whether the array is the one looked for. */
  private string: number[] = [];
  private isWanted: boolean;

  constructor(place: Place) {
    this.place = place;
    this.level = levels[place.in];
    this.isWanted = place.in !== 'member';
  }

  /** The bytes of one chunk as they stand in the lines; never more than two for each that came in. */
  push(chunk: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(chunk.length * 2 + 1);
    let length = 0;
    for (const byte of chunk) {
      const written = this.step(byte);
      if (written >= 0) out[length++] = written;
      // Objects that follow one another have nothing between them.
      if (this.level === 0 && this.begun && this.depth === 0 && !this.inString && closings.has(byte)) {
        out[length++] = this.endValue();
      }
    }
    return out.subarray(0, length);
  }

  end(): Uint8Array {
    if (this.place.in === 'sequence') {
      if (this.depth > 0 || this.inString) {
        throw new CommandFailure(`the last JSON object does not end; ${this.values} before it are whole`);
      }
      return Buffer.from(this.begun ? [this.endValue()] : []);
    }
    if (!this.ended && this.isWanted) {
      throw new CommandFailure(`the JSON array does not end; ${this.values} elements are whole`);
    }
    if (!this.ended && this.place.in === 'member') throw new CommandFailure(`there is no array "${this.place.name}"`);
    return Buffer.alloc(0);
  }

  /** What the byte becomes, or −1 for nothing. */
  private step(byte: number): number {
    if (this.inString) return this.stringByte(byte);
    if (spaces.has(byte)) return this.begun ? 0x20 : -1;
    const isAround = this.place.in === 'member' && (!this.isWanted || this.ended);
    if (isAround) return this.aroundByte(byte);
    if (this.ended) throw new CommandFailure('something follows the end of the JSON array');
    if (byte === comma && this.depth === this.level && this.level > 0) return this.endValue();
    if (closings.has(byte)) return this.closing(byte);
    if (openings.has(byte)) {
      this.depth++;
      if (this.depth <= this.level) return -1;
    }
    this.begun = true;
    if (byte === quote) this.inString = true;
    return byte;
  }

  /** Outside of the array that is looked for. */
  private aroundByte(byte: number): number {
    if (byte === quote) {
      this.inString = true;
      this.string = [];
    } else if (closings.has(byte)) this.depth--;
    else if (openings.has(byte)) {
      const isMember = this.depth === 1 && byte === 0x5b && !this.ended;
      this.isWanted ||=
        isMember && this.place.in === 'member' && Buffer.from(this.string).toString() === this.place.name;
      this.depth++;
    } else if (byte !== colon && this.depth === 1) this.string = [];
    return -1;
  }

  private stringByte(byte: number): number {
    const isAround = this.place.in === 'member' && (!this.isWanted || this.ended);
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inString = false;
    if (isAround) {
      if (this.inString && this.depth === 1) this.string.push(byte);
      return -1;
    }
    // A raw line feed is not allowed in a string. As a carriage return it stays as wrong, and the line stays one line.
    return byte === lineFeed ? 0x0d : byte;
  }

  private closing(byte: number): number {
    this.depth--;
    if (this.depth >= this.level) return byte;
    this.ended = true;
    return this.begun ? this.endValue() : -1;
  }

  private endValue(): number {
    this.begun = false;
    this.values++;
    return lineFeed;
  }
}
