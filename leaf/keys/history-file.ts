/**
 * A key history as the bytes of a file. Numbers little-endian:
 *
 *     8 bytes "SHEAFKEY" in ASCII
 *     u32     format version: 2
 *     u32     0
 *     u64     xxh64, seed 0, of all bytes from 24 to the end
 *     f64     entries that have left a tombstone since the partition began
 *     then columns, each as u32 byte length and so many bytes. Of the tombstones, in the order of their deletions: the number of
 *     the first deletion, the distances of each to the one before (0 for the first), the first sequence, distances, versions,
 *     origins, bytes of each key, keys as UTF-8 end to end. Of the outcomes, in the order of the log: the first log offset, distances,
 *     places of the results in `results` (shared/judge/judge.ts), versions, log offset less sequence. All but the keys are
 *     packed numbers (columns/packed-numbers.ts).
 */
import { SheafError } from '../../shared/errors.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { results } from '../../shared/judge/judge.ts';
import { packAscending, unpackAscending } from '../columns/ascending.ts';
import { packStarts, unpackStarts } from '../columns/columns.ts';
import { packedCount, packNumbers, unpackNumbers } from '../columns/packed-numbers.ts';
import { encodeTerms } from '../dictionary/term-numbering.ts';
import { newer } from '../segment/newer.ts';
import { KeyHistory, retention, type Retention, type Tombstone } from './key-history.ts';
import { outcomeNumbers } from './outcomes.ts';

const magic = Buffer.from('SHEAFKEY', 'latin1');
const formatVersion = 2;
/** Byte positions in the header. */
const header = { version: 8, zero: 12, checksum: 16, deletions: 24, columns: 32 } as const;
const checksummedFrom = header.deletions;

/** Cost: a few steps a tombstone and outcome. */
export function encodeHistory(history: KeyHistory): Uint8Array {
  const columns = [...tombstoneColumns([...history.entries()]), ...outcomeColumns(history.outcomes.rows())];
  const sizeBytes = columns.reduce<number>((sum, { length }) => sum + 4 + length, header.columns);
  const bytes = Buffer.alloc(sizeBytes);
  bytes.set(magic);
  bytes.writeUInt32LE(formatVersion, header.version);
  bytes.writeDoubleLE(history.deletions, header.deletions);
  let at: number = header.columns;
  for (const column of columns) {
    at = bytes.writeUInt32LE(column.length, at);
    bytes.set(column, at);
    at += column.length;
  }
  bytes.writeBigUInt64LE(hashBytes64(bytes.subarray(checksummedFrom)), header.checksum);
  return bytes;
}

/** What the file says of itself: which one it is. */
export function checksumOfHistory(bytes: Uint8Array): string {
  return viewOf(bytes).getBigUint64(header.checksum, true).toString(16);
}

/** @throws SheafError SEGMENT_CORRUPT when any byte is not as it was written, SEGMENT_VERSION_UNKNOWN of a newer version */
export function decodeHistory(bytes: Uint8Array, kept: Retention = retention): KeyHistory {
  checkHeader(bytes);
  const reader = new ColumnReader(bytes);
  const history = new KeyHistory(kept);
  const buried = readTombstones(reader);
  const outcomes = readOutcomes(reader);
  reader.finish();
  // Nothing is forgotten here: what is, is not used where it is asked for.
  const after = { offset: 0, deletions: 0 };
  history.take({ buried, outcomes, after });
  history.deletions = viewOf(bytes).getFloat64(header.deletions, true);
  return history;
}

function tombstoneColumns(rows: readonly [string, Tombstone][]): Uint8Array[] {
  const deletions = packAscending(Float64Array.from(rows, ([, { deletion }]) => deletion));
  const sequences = packAscending(Float64Array.from(rows, ([, { sequence }]) => sequence));
  const versions = packNumbers(Float64Array.from(rows, ([, { version }]) => version));
  const origins = packNumbers(Float64Array.from(rows, ([, { origin }]) => origin));
  const keys = encodeTerms(rows.map(([key]) => key));
  return [
    deletions.first,
    deletions.distances,
    sequences.first,
    sequences.distances,
    versions,
    origins,
    packStarts(keys.starts),
    keys.bytes,
  ];
}

function readTombstones(reader: ColumnReader): [string, Tombstone][] {
  const deletions = reader.ascending();
  const count = deletions.length;
  const sequences = reader.ascending(count);
  const versions = reader.numbers(count);
  const origins = reader.numbers(count);
  const starts = unpackStarts(reader.packed(count));
  const keys = Buffer.from(reader.bytes());
  if (starts[count] !== keys.length) throw corrupt('keys');
  return Array.from(deletions, (deletion, i) => [
    keys.toString('utf8', starts[i], starts[i + 1]),
    { version: versions[i]!, sequence: sequences[i]!, origin: origins[i]!, deletion },
  ]);
}

function outcomeColumns(rows: Float64Array): Uint8Array[] {
  const count = rows.length / outcomeNumbers;
  const [offsets, codes, versions, distances] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < count; i++) {
    const at = i * outcomeNumbers;
    offsets[i] = rows[at]!;
    codes[i] = rows[at + 1]!;
    versions[i] = rows[at + 2]!;
    distances[i] = rows[at]! - rows[at + 3]!;
  }
  const packed = packAscending(offsets);
  return [packed.first, packed.distances, packNumbers(codes), packNumbers(versions), packNumbers(distances)];
}

function readOutcomes(reader: ColumnReader): Float64Array {
  const offsets = reader.ascending();
  const count = offsets.length;
  const [codes, versions, distances] = [reader.numbers(count), reader.numbers(count), reader.numbers(count)];
  const rows = new Float64Array(count * outcomeNumbers);
  for (let i = 0; i < count; i++) {
    if (results[codes[i]!] === undefined) throw corrupt('results');
    rows.set([offsets[i]!, codes[i]!, versions[i]!, offsets[i]! - distances[i]!], i * outcomeNumbers);
  }
  return rows;
}

/** Takes column after column. Every method throws SheafError SEGMENT_CORRUPT. */
class ColumnReader {
  private readonly file: Uint8Array;
  private at: number = header.columns;

  constructor(file: Uint8Array) {
    this.file = file;
  }

  bytes(): Uint8Array {
    const start = this.at + 4;
    if (start > this.file.length) throw corrupt('columns');
    this.at = start + viewOf(this.file).getUint32(this.at, true);
    if (this.at > this.file.length) throw corrupt('columns');
    return this.file.subarray(start, this.at);
  }

  /** @param count how many numbers there must be; undefined where nothing else says so */
  packed(count?: number): Uint8Array {
    const packed = this.bytes();
    const actual = packedCount(packed);
    if (actual < 0 || (count !== undefined && actual !== count)) throw corrupt('columns');
    return packed;
  }

  numbers(count: number): Float64Array {
    return unpackNumbers(this.packed(count), new Float64Array(count));
  }

  ascending(expected?: number): Float64Array {
    const first = this.packed();
    const distances = this.packed(expected);
    const count = packedCount(distances);
    if (packedCount(first) !== Math.min(count, 1)) throw corrupt('columns');
    return unpackAscending({ first, distances }, count);
  }

  finish(): void {
    if (this.at !== this.file.length) throw corrupt('columns');
  }
}

function checkHeader(bytes: Uint8Array): void {
  if (bytes.length < header.columns) throw corrupt('shorter than a header');
  if (magic.some((byte, i) => bytes[i] !== byte)) throw corrupt('not a history of keys');
  const view = viewOf(bytes);
  const version = view.getUint32(header.version, true);
  if (version > formatVersion) throw newer('history of keys', version, formatVersion);
  if (version !== formatVersion || view.getUint32(header.zero, true) !== 0) throw corrupt('header');
  if (view.getBigUint64(header.checksum, true) !== hashBytes64(bytes.subarray(checksummedFrom))) {
    throw corrupt('checksum');
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function corrupt(reason: string): SheafError {
  return new SheafError('SEGMENT_CORRUPT', { detail: { file: 'history of keys', reason } });
}
