/**
 * The bytes of a record batch. The root's worker writes them once, the log checks their form and stores and forwards
 * them as they are, the leaf reads them.
 *
 * A header, then entry after entry; numbers little-endian, no padding:
 *
 *     u8×4 magic: "SHLB" in ASCII
 *     u16  version: the lowest of a reader that knows every kind of entry in the batch
 *     u16  byte length of the header, 16 at least: a reader skips what it does not know at its end
 *     f64  catalog offset the writer held: a reader needs a catalog at least as new to index the entries
 *
 *     u8   kind: 1 put, 2 delete, 3 increment, 4 judged
 *     u16  byte length of the key
 *     u32  byte length of the body (0 for a delete)
 *     key  UTF-8
 *     body for a put of a document its JSON as sent, for an increment what is added to the row of the key (see
 *          shared/rollup/row.ts), for what is judged a change with its condition (see shared/judge/change.ts)
 */
import { SheafError } from '../errors.ts';

export type EntryKind = 'put' | 'delete' | 'increment' | 'judged';

export interface Entry {
  readonly kind: EntryKind;
  readonly key: string;
  readonly body: Uint8Array;
}

/** Byte positions in the header. */
const header = { version: 4, headerBytes: 6, catalogOffset: 8 } as const;
/** "SHLB" as a little-endian number. */
const magic = 0x424c4853;
/** Before the first entry of a batch that is written here. */
export const batchHeaderBytes = 16;
const entryHeaderBytes = 7;

interface EntryRow {
  readonly code: number;
  /** Of the batches that have such an entry, the lowest. */
  readonly version: number;
}

/** A new kind of entry takes the next code and the next version: readers from before it stop at it, and at nothing else. */
const entryRows: Readonly<Record<EntryKind, EntryRow>> = {
  put: { code: 1, version: 1 },
  delete: { code: 2, version: 1 },
  increment: { code: 3, version: 1 },
  judged: { code: 4, version: 2 },
};

/** By code. */
const kinds: (EntryKind | undefined)[] = [];
for (const [kind, { code }] of Object.entries(entryRows)) kinds[code] = kind as EntryKind;

/** The highest version of a batch that is known here. */
export const batchVersion = Math.max(...Object.values(entryRows).map(({ version }) => version));

const noBytes = new Uint8Array(0);

/** Collects entries into one buffer that doubles as it fills. */
export class BatchWriter {
  count = 0;
  private buffer: Buffer;
  private end = batchHeaderBytes;
  private version = 1;

  /** @param catalogOffset offset of the catalog the entries were checked against; −1 for the catalog's own entries */
  constructor(catalogOffset: number, sizeHintBytes = 4096) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(sizeHintBytes, batchHeaderBytes));
    this.buffer.writeUInt32LE(magic, 0);
    this.buffer.writeUInt16LE(batchHeaderBytes, header.headerBytes);
    this.buffer.writeDoubleLE(catalogOffset, header.catalogOffset);
  }

  get sizeBytes(): number {
    return this.end;
  }

  /** The entries from now on were checked against a newer catalog: a reader needs it for all of the batch. */
  raiseCatalogOffset(catalogOffset: number): void {
    this.buffer.writeDoubleLE(catalogOffset, header.catalogOffset);
  }

  /** Appends one entry. The key takes at most 65,535 bytes of UTF-8. */
  add(kind: EntryKind, key: string, body: Uint8Array = noBytes): void {
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes > 0xffff) throw new RangeError(`key of ${keyBytes} bytes`);
    this.reserve(entryHeaderBytes + keyBytes + body.length);
    const { code, version } = entryRows[kind];
    if (version > this.version) this.version = version;
    let at = this.end;
    at = this.buffer.writeUInt8(code, at);
    at = this.buffer.writeUInt16LE(keyBytes, at);
    at = this.buffer.writeUInt32LE(body.length, at);
    at += this.buffer.write(key, at);
    this.buffer.set(body, at);
    this.end = at + body.length;
    this.count++;
  }

  /** The bytes so far, in a buffer of their own that may be transferred. The writer is not used after. */
  finish(): Uint8Array<ArrayBuffer> {
    this.buffer.writeUInt16LE(this.version, header.version);
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

/** A batch without entries: what is delivered in the place of one that is skipped. */
export function emptyBatch(): Uint8Array<ArrayBuffer> {
  return new BatchWriter(-1, batchHeaderBytes).finish();
}

/** The version a batch says it has; undefined where it is no batch. */
export function versionOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < batchHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(0, true) === magic ? view.getUint16(header.version, true) : undefined;
}

/** The catalog offset a batch was written under. @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN */
export function readCatalogOffset(bytes: Uint8Array): number {
  readHeader(bytes);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(header.catalogOffset, true);
}

/**
 * The entries of a batch, in order. Bodies are views of `bytes`.
 * @throws SheafError BATCH_INVALID when the bytes are no batch, BATCH_VERSION_UNKNOWN when a newer Sheaf wrote them
 */
export function* readEntries(bytes: Uint8Array): Generator<Entry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = readHeader(bytes); at < buffer.length;) {
    const { kind, keyEnd, bodyEnd } = entryAt(buffer, at);
    yield {
      kind,
      key: buffer.toString('utf8', at + entryHeaderBytes, keyEnd),
      body: bytes.subarray(keyEnd, bodyEnd),
    };
    at = bodyEnd;
  }
}

/**
 * How many entries a batch has. Cost: one step an entry, whatever is in it.
 * @throws SheafError as `readEntries`
 */
export function countEntries(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = readHeader(bytes); at < buffer.length; count++) at = entryAt(buffer, at).bodyEnd;
  return count;
}

/** Checks a header. Gives its length. */
function readHeader(bytes: Uint8Array): number {
  const version = versionOf(bytes);
  if (version === undefined) throw invalid({ position: 0, sizeBytes: bytes.length });
  if (version > batchVersion) {
    throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { version, known: batchVersion } });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const headerBytes = view.getUint16(header.headerBytes, true);
  const catalogOffset = view.getFloat64(header.catalogOffset, true);
  const isSound = version > 0 && headerBytes >= batchHeaderBytes && headerBytes <= bytes.length;
  if (!isSound || !Number.isSafeInteger(catalogOffset) || catalogOffset < -1) {
    throw invalid({ position: header.version, sizeBytes: bytes.length });
  }
  return headerBytes;
}

function entryAt(buffer: Buffer, at: number): { kind: EntryKind; keyEnd: number; bodyEnd: number } {
  if (at + entryHeaderBytes > buffer.length) throw invalid({ position: at, sizeBytes: buffer.length });
  const kind = kinds[buffer[at]!];
  const keyEnd = at + entryHeaderBytes + buffer.readUInt16LE(at + 1);
  const bodyEnd = keyEnd + buffer.readUInt32LE(at + 3);
  if (bodyEnd > buffer.length || kind === undefined) throw invalid({ position: at, sizeBytes: buffer.length });
  return { kind, keyEnd, bodyEnd };
}

function invalid(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { ...detail, reason: 'not a record batch' } });
}
