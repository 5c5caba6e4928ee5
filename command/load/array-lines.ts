/**
 * Turns a JSON array into NDJSON, byte by byte: each element becomes a line. Only brackets, quotes and commas are
 * looked at; whether an element is valid is for the root to say. Pure over its input.
 */
import { CommandFailure } from '../failure.ts';

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const open = new Set([0x5b, 0x7b]);
const close = new Set([0x5d, 0x7d]);
const space = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** @throws CommandFailure when the array does not end, or something follows it */
export async function* arrayToLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const scanner = new ArrayScanner();
  for await (const chunk of chunks) {
    const lines = scanner.push(chunk);
    if (lines.length > 0) yield lines;
  }
  scanner.end();
}

class ArrayScanner {
  /** 0 outside the array, 1 between its elements. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private ended = false;
  /** Whether the element being read has begun. */
  private begun = false;
  private elements = 0;

  /** The bytes of one chunk as they stand in the lines; never more than came in, and one. */
  push(chunk: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      const written = this.step(byte);
      if (written >= 0) out[length++] = written;
    }
    return out.subarray(0, length);
  }

  end(): void {
    if (!this.ended) throw new CommandFailure(`the JSON array does not end; ${this.elements} elements are whole`);
  }

  /** What the byte becomes, or −1 for nothing. */
  private step(byte: number): number {
    if (this.inString) return this.stringByte(byte);
    if (space.has(byte)) return this.begun ? 0x20 : -1;
    if (this.ended) throw new CommandFailure('something follows the end of the JSON array');
    if (byte === comma && this.depth === 1) return this.endElement();
    if (close.has(byte)) return this.closing(byte);
    if (open.has(byte)) {
      this.depth++;
      if (this.depth === 1) return -1;
    }
    this.begun = true;
    if (byte === quote) this.inString = true;
    return byte;
  }

  private stringByte(byte: number): number {
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inString = false;
    // A raw line feed is not allowed in a string. As a carriage return it stays as wrong, and the line stays one line.
    return byte === 0x0a ? 0x0d : byte;
  }

  private closing(byte: number): number {
    this.depth--;
    if (this.depth > 0) return byte;
    this.ended = true;
    return this.begun ? this.endElement() : -1;
  }

  private endElement(): number {
    this.begun = false;
    this.elements++;
    return 0x0a;
  }
}
