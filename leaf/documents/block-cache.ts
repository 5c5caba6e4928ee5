/** A block of sources, decompressed. */
export interface OpenBlock {
  readonly bytes: Uint8Array;
  /** Where each document of the block begins, and in the end where the last one ends. */
  readonly starts: Uint32Array;
}

/**
 * The blocks that were read last, of all segments of a thread, up to so many bytes together, and at least one. What a segment that is gone
 * leaves here is displaced in its turn.
 */
export class BlockCache {
  private readonly bytesMax: number;
  private bytes = 0;
  /** By number of the segment and of the block; the one read last at the end. */
  private readonly blocks = new Map<number, OpenBlock>();
  private segments = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** A number for a segment, never given before. */
  nextSegment(): number {
    return this.segments++;
  }

  /** The block, read if it is not here. */
  open(segment: number, block: number, read: () => OpenBlock): OpenBlock {
    const key = segment * 2 ** 22 + block;
    const known = this.blocks.get(key);
    if (known !== undefined) {
      this.blocks.delete(key);
      this.blocks.set(key, known);
      return known;
    }
    const opened = read();
    this.blocks.set(key, opened);
    this.bytes += bytesOf(opened);
    for (const [oldest, displaced] of this.blocks) {
      // The last is the one that was asked for: what stands beside a document of many megabytes is read next.
      if (this.bytes <= this.bytesMax || this.blocks.size === 1) break;
      this.blocks.delete(oldest);
      this.bytes -= bytesOf(displaced);
    }
    return opened;
  }
}

/** What an entry takes beside its bytes: two buffers, three objects, a place in the map. */
const entryBytes = 1024;

/** A view keeps all of its buffer. */
function bytesOf({ bytes, starts }: OpenBlock): number {
  return bytes.buffer.byteLength + starts.byteLength + entryBytes;
}
