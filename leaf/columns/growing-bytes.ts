/** Bytes that double as they fill. `bytes` is replaced as it grows, so read it anew after a write. */
export class GrowingBytes {
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number below 2^32, seven bits a byte from the lowest on; the top bit says that more follow. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Little-endian. */
  uint32(value: number): void {
    this.reserve(4);
    this.setUint32(this.length, value);
    this.length += 4;
  }

  /** Replaces four bytes that were written before. */
  setUint32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  append(from: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    if (count > 32) this.bytes.set(from.subarray(start, end), this.length);
    else for (let i = 0; i < count; i++) this.bytes[this.length + i] = from[start + i]!;
    this.length += count;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
