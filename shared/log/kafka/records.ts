/**
 * A batch as records of Kafka. Pure.
 *
 * Its bytes are the value of one record, and an empty record follows for each further entry, so that the entries have the
 * offsets that Kafka counts. All are in one request to one partition, which Kafka takes whole or not at all, and so in one of
 * its own batches. The key of the first says what it is; numbers little-endian:
 *
 *     u8   1
 *     u32  entries
 *     u64  xxh64 of the value
 *     u8×16 of a part of an append that is decided elsewhere its id; left out of any other
 *     f64  and the offset of the last entry of the decisions that its author had read
 */
import { SheafError } from '../../errors.ts';
import { hashBytes64 } from '../../hashing/hash.ts';

/** Which append a batch is a part of: it counts where the decisions say so. */
export interface PartOf {
  /** 32 hexadecimal digits; no other append ever has it. */
  readonly append: string;
  /** Offset in the decisions that its author had read: what is decided of it, is decided behind it. −1 for none. */
  readonly seen: number;
}

/** A batch as it stands in a partition. */
export interface Piece {
  readonly firstOffset: number;
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly part: PartOf | null;
}

/** Of a record, what is written and read here. */
export interface PlainRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** A record that says more of itself beside its value. */
export interface HeadedRecord extends PlainRecord {
  readonly headed?: ReadonlyMap<Buffer, Buffer>;
}

/** Records that Kafka keeps together. */
export interface RecordGroup {
  readonly firstOffset: bigint;
  readonly records: readonly (PlainRecord & { readonly offsetDelta: number })[];
  readonly attributes: number;
}

const version = 1;
const at = { version: 0, count: 1, checksum: 5, append: 13, seen: 29 } as const;
const partKeyBytes = 37;
/** Of a group of Kafka's own, which is none of ours. */
const controlAttribute = 1 << 5;

const filler: PlainRecord = { key: null, value: null };

/** The records of a batch, as many as it has entries. */
export function writePiece(
  batch: { readonly count: number; readonly bytes: Uint8Array },
  part: PartOf | null,
): PlainRecord[] {
  const { count, bytes } = batch;
  const key = Buffer.alloc(part === null ? at.append : partKeyBytes);
  key.writeUInt8(version, at.version);
  key.writeUInt32LE(count, at.count);
  key.writeBigUInt64LE(hashBytes64(bytes), at.checksum);
  if (part !== null) {
    key.write(part.append, at.append, 'hex');
    key.writeDoubleLE(part.seen, at.seen);
  }
  const records = Array.from({ length: count }, () => filler);
  records[0] = { key, value: bytes };
  return records;
}

/**
 * The batches of groups of records that end at `from` or after it, in order. The bytes are copies.
 * @throws SheafError LOG_CORRUPT where it is none, or its checksum another; BATCH_VERSION_UNKNOWN
 */
export function readPieces(partition: string, groups: readonly RecordGroup[], from: number): Piece[] {
  const pieces: Piece[] = [];
  for (const { firstOffset, records, attributes } of groups) {
    if ((attributes & controlAttribute) !== 0) continue;
    for (let i = 0; i < records.length;) {
      const { offsetDelta, key, value } = records[i]!;
      const offset = Number(firstOffset) + offsetDelta;
      const read = readKey(partition, offset, key);
      if (read.count > records.length - i) throw corrupt(partition, offset, 'fewer records than it has entries');
      i += read.count;
      if (offset + read.count <= from) continue;
      const bytes = new Uint8Array(value ?? []);
      if (hashBytes64(bytes) !== read.checksum) throw corrupt(partition, offset, 'the checksum is another');
      pieces.push({ firstOffset: offset, count: read.count, bytes, part: read.part });
    }
  }
  return pieces;
}

function readKey(partition: string, offset: number, key: Uint8Array | null) {
  if (key === null || key.length === 0) throw corrupt(partition, offset, 'no beginning of a batch');
  const buffer = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const found = buffer.readUInt8(at.version);
  if (found > version) throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { partition, offset, version: found } });
  if (found !== version || (buffer.length !== at.append && buffer.length !== partKeyBytes)) {
    throw corrupt(partition, offset, 'no beginning of a batch');
  }
  const count = buffer.readUInt32LE(at.count);
  if (count === 0) throw corrupt(partition, offset, 'a batch without entries');
  const isPart = buffer.length === partKeyBytes;
  const part = isPart
    ? { append: buffer.toString('hex', at.append, at.seen), seen: buffer.readDoubleLE(at.seen) }
    : null;
  return { count, checksum: buffer.readBigUInt64LE(at.checksum), part };
}

function corrupt(partition: string, offset: number, reason: string): SheafError {
  return new SheafError('LOG_CORRUPT', { detail: { partition, offset, reason } });
}
