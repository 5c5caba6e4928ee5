/**
 * The bytes of a record batch. The root's worker writes them once, the log stores and forwards them unread, the leaf
 * reads them.
 *
 * A header, then entry after entry; numbers little-endian, no padding:
 *
 *     f64  catalog offset the writer held: a reader needs a catalog at least as new to index the entries
 *
 *     u8   kind: 1 put, 2 delete, 3 increment
 *     u16  byte length of the key
 *     u32  byte length of the body (0 for a delete)
 *     key  UTF-8
 *     body for a put of a document its JSON as sent, for an increment what is added to the row of the key (see
 *          shared/rollup/row.ts)
 */
import { SheafError } from '../errors.ts';

export type EntryKind = 'put' | 'delete' | 'increment';

export interface Entry {
  readonly kind: EntryKind;
  readonly key: string;
  readonly body: Uint8Array;
}

/** Before the first entry of a batch. */
export const batchHeaderBytes = 8;
const entryHeaderBytes = 7;
const kindCodes = { put: 1, delete: 2, increment: 3 } as const;
/** By code. */
const kinds: readonly (EntryKind | undefined)[] = [undefined, 'put', 'delete', 'increment'];
const noBytes = new Uint8Array(0);

/** Collects entries into one buffer that doubles as it fills. */
export class BatchWriter {
  count = 0;
  private buffer: Buffer;
  private end = batchHeaderBytes;

  /** @param catalogOffset offset of the catalog the entries were checked against; −1 for the catalog's own entries */
  constructor(catalogOffset: number, sizeHintBytes = 4096) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(sizeHintBytes, batchHeaderBytes));
    this.buffer.writeDoubleLE(catalogOffset, 0);
  }

  get sizeBytes(): number {
    return this.end;
  }

  /** Appends one entry. The key takes at most 65,535 bytes of UTF-8. */
  add(kind: EntryKind, key: string, body: Uint8Array = noBytes): void {
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes > 0xffff) throw new RangeError(`key of ${keyBytes} bytes`);
    this.reserve(entryHeaderBytes + keyBytes + body.length);
    let at = this.end;
    at = this.buffer.writeUInt8(kindCodes[kind], at);
    at = this.buffer.writeUInt16LE(keyBytes, at);
    at = this.buffer.writeUInt32LE(body.length, at);
    at += this.buffer.write(key, at);
    this.buffer.set(body, at);
    this.end = at + body.length;
    this.count++;
  }

  /** The bytes so far, in a buffer of their own that may be transferred. The writer is not used after. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.end);
    bytes.set(this.buffer.subarray(0, this.end));
    return bytes;
  }

  private reserve(sizeBytes: number): void {
    if (this.end + sizeBytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.end + sizeBytes));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}

/** The catalog offset a batch was written under. @throws SheafError LOG_CORRUPT */
export function readCatalogOffset(bytes: Uint8Array): number {
  if (bytes.length < batchHeaderBytes) throw corrupt(0, bytes.length);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
}

/**
 * The entries of a batch, in order. Bodies are views of `bytes`.
 * @throws SheafError LOG_CORRUPT when the bytes are no batch
 */
export function* readEntries(bytes: Uint8Array): Generator<Entry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < batchHeaderBytes) throw corrupt(0, buffer.length);
  for (let at = batchHeaderBytes; at < buffer.length;) {
    if (at + entryHeaderBytes > buffer.length) throw corrupt(at, buffer.length);
    const kind = kinds[buffer[at]!];
    const keyEnd = at + entryHeaderBytes + buffer.readUInt16LE(at + 1);
    const bodyEnd = keyEnd + buffer.readUInt32LE(at + 3);
    if (bodyEnd > buffer.length || kind === undefined) {
      throw corrupt(at, buffer.length);
    }
    yield {
      kind,
      key: buffer.toString('utf8', at + entryHeaderBytes, keyEnd),
      body: bytes.subarray(keyEnd, bodyEnd),
    };
    at = bodyEnd;
  }
}

function corrupt(position: number, sizeBytes: number): SheafError {
  return new SheafError('LOG_CORRUPT', { detail: { position, sizeBytes, reason: 'not a record batch' } });
}
