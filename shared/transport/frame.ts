/** Frames as bytes and back; see protocol/frames.ts for the layout. No I/O. */
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import { frameTypeOf, frameTypes, type FrameType } from '../protocol/frames.ts';

export interface Frame {
  readonly type: FrameType;
  readonly id: number;
  /** Parsed JSON, not yet checked; null where it is `unread`. */
  readonly header: unknown;
  /** The JSON of a partial's header, where parsing it at once would take long: see json/parse-in-steps.ts. */
  readonly unread?: Buffer;
  /** A view of received memory: copy it to keep it longer than the turn, or keep the whole chunk alive. */
  readonly body: Uint8Array;
  /** Of the frame as it came, its length field included. */
  readonly sizeBytes: number;
}

/** Several chunks of a socket. */
const largeBytesMin = 256 * 1024;
const lengthBytes = 4;
/** Type, id and header length. */
const prefixBytes = 9;
/** Bytes of the header of a partial up to which it is parsed as it comes, some tenths of a millisecond. */
export const parsedAtOnceMax = 32 * 1024;

/** A frame's first bytes, up to and including its header; the body follows as it is. */
export function encodeFrameHead(type: FrameType, id: number, header: unknown, bodyBytes: number): Buffer {
  const json = JSON.stringify(header);
  return encodeStart({ type, id, headerBytes: Buffer.byteLength(json), bodyBytes }, json);
}

/** Queries that are long, and their JSON once it was needed. */
const shared = new WeakMap<object, Buffer | null>();

/** Says that a query is long and goes to many: its JSON is written once, and no copy of it is made. It is not to be changed after. */
export function shareWritten(query: object): void {
  shared.set(query, null);
}

/** What `encodeFrameHead` gives, in pieces where the query of the header is shared. */
export function encodeFrameHeadShared(type: FrameType, id: number, header: unknown, bodyBytes: number): Buffer[] {
  if (!hasQuery(header) || !shared.has(header.query)) return [encodeFrameHead(type, id, header, bodyBytes)];
  const { query, ...rest } = header;
  const written = shared.get(query) ?? Buffer.from(JSON.stringify(query));
  shared.set(query, written);
  const before = '{"query":';
  const after = Buffer.from(`,${JSON.stringify(rest).slice(1)}`);
  const headerBytes = before.length + written.length + after.length;
  return [encodeStart({ type, id, headerBytes, bodyBytes }, before), written, after];
}

/** Tasks have more than a query: their kind, at least. */
function hasQuery(header: unknown): header is { readonly query: object; readonly kind: string } {
  return (
    typeof header === 'object' && header !== null && 'query' in header && 'kind' in header && isObject(header.query)
  );
}

/** @param json ASCII, or the whole header */
function encodeStart(
  { type, id, headerBytes, bodyBytes }: { type: FrameType; id: number; headerBytes: number; bodyBytes: number },
  json: string,
): Buffer {
  const length = prefixBytes + headerBytes + bodyBytes;
  if (length > limits.frameBytesMax) {
    throw new SheafError('PARTIAL_TOO_LARGE', { detail: { limitBytes: limits.frameBytesMax, actualBytes: length } });
  }
  const jsonBytes = Math.min(headerBytes, Buffer.byteLength(json));
  const head = Buffer.allocUnsafe(lengthBytes + prefixBytes + jsonBytes);
  head.writeUInt32LE(length, 0);
  head.writeUInt8(frameTypes[type], 4);
  head.writeUInt32LE(id, 5);
  head.writeUInt32LE(headerBytes, 9);
  head.write(json, 13);
  return head;
}

/** Cuts a stream of chunks into frames. Memory held: at most one frame and one chunk. */
export class FrameDecoder {
  private chunks: Buffer[] = [];
  private held = 0;
  /** A frame of many chunks as far as it has come, so that none is copied twice, and no frame at once; null between such. */
  private large: { readonly bytes: Buffer; length: number } | null = null;

  /**
   * The frames that are complete with this chunk.
   * @throws SheafError FRAME_INVALID on bytes that are no frame; the connection is useless after
   */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    const rest = this.large === null ? chunk : this.fill(chunk, frames);
    if (rest.length === 0) return frames;
    this.chunks.push(rest);
    this.held += rest.length;
    for (let size = this.nextSize(); size !== undefined && this.held >= size; size = this.nextSize()) {
      const bytes = this.join();
      frames.push(decode(bytes.subarray(lengthBytes, size)));
      this.chunks = size === bytes.length ? [] : [bytes.subarray(size)];
      this.held -= size;
    }
    this.beginLarge();
    return frames;
  }

  /** What a chunk has beyond the frame that is filled. */
  private fill(chunk: Buffer, frames: Frame[]): Buffer {
    const { bytes, length } = this.large!;
    const copied = chunk.copy(bytes, length);
    this.large!.length += copied;
    if (length + copied === bytes.length) {
      this.large = null;
      frames.push(decode(bytes.subarray(lengthBytes)));
    }
    return chunk.subarray(copied);
  }

  /** Makes room for a frame of which the beginning is here, where it is large. */
  private beginLarge(): void {
    const size = this.nextSize();
    if (size === undefined || size < largeBytesMin) return;
    const bytes = Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (const chunk of this.chunks) length += chunk.copy(bytes, length);
    this.large = { bytes, length };
    this.chunks = [];
    this.held = 0;
  }

  /** Bytes of the frame at the front, its length field included; undefined until that is here. */
  private nextSize(): number | undefined {
    if (this.held < lengthBytes) return undefined;
    const front = this.chunks[0]!.length >= lengthBytes ? this.chunks[0]! : this.join();
    const length = front.readUInt32LE(0);
    if (length < prefixBytes || length > limits.frameBytesMax) throw invalid('length', length);
    return lengthBytes + length;
  }

  private join(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks, this.held)];
    return this.chunks[0]!;
  }
}

function decode(bytes: Buffer): Frame {
  const type = frameTypeOf(bytes[0]!);
  if (type === undefined) throw invalid('type', bytes[0]!);
  const headerEnd = prefixBytes + bytes.readUInt32LE(5);
  if (headerEnd > bytes.length) throw invalid('header length', headerEnd - prefixBytes);
  const id = bytes.readUInt32LE(1);
  const body = bytes.subarray(headerEnd);
  const sizeBytes = lengthBytes + bytes.length;
  if (type === 'partial' && headerEnd - prefixBytes > parsedAtOnceMax) {
    return { type, id, header: null, unread: bytes.subarray(prefixBytes, headerEnd), body, sizeBytes };
  }
  return { type, id, header: parseHeader(bytes, headerEnd), body, sizeBytes };
}

function parseHeader(bytes: Buffer, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', prefixBytes, end));
  } catch (error) {
    throw new SheafError('FRAME_INVALID', { detail: { field: 'header' }, cause: error });
  }
}

function invalid(field: string, actual: number): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field, actual, limitBytes: limits.frameBytesMax } });
}
