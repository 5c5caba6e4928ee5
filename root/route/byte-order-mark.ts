/** A body without the byte order mark that some programs write before UTF-8. Pure. */

const mark = Buffer.from([0xef, 0xbb, 0xbf]);
const nothing = Buffer.alloc(0);

export class ByteOrderMark {
  /** Bytes of the mark that came so far; null once it is known whether there is one. */
  private seen: number | null = 0;

  /** The chunks of a body in their order, and what of them belongs to it. */
  strip(chunk: Buffer): Buffer {
    if (this.seen === null) return chunk;
    const { seen } = this;
    const more = Math.min(chunk.length, mark.length - seen);
    const isMark = chunk.subarray(0, more).equals(mark.subarray(seen, seen + more));
    this.seen = isMark && seen + more < mark.length ? seen + more : null;
    if (isMark) return chunk.subarray(more);
    return seen === 0 ? chunk : Buffer.concat([mark.subarray(0, seen), chunk]);
  }

  /** The body is over: the beginning of a mark that did not go on is the body's. */
  rest(): Buffer {
    const rest = this.seen === null ? nothing : mark.subarray(0, this.seen);
    this.seen = null;
    return rest;
  }
}
