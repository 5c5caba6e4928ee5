/**
 * Reads the answers to fetches of topics that others write: how much memory one may take is bounded, whatever its batches unpack to. Pure over the library
 * that it is given.
 *
 * A batch is read whole. Once those of an answer take as much as one may, the others are left where they are, to be asked for again. One that takes more than a batch
 * may by itself is refused, as one that cannot be unpacked is: once, and from then on without looking into it. What it took to find that out counts in its answer.
 */
import type { AbortedTransaction, FetchedGroup, RefusedBatch } from './fetched.ts';
import type { KafkaLibrary } from './library.ts';
import { RefusedBatches, type BatchMark } from './refused-batches.ts';
import { TooLarge, unpack } from './unpack.ts';

export interface FetchBounds {
  /** Bytes of memory after which no other batch of the answer is read. */
  readonly answerBytesMax: number;
  /** Bytes that a batch unpacks to, and bytes that its records take beside. */
  readonly batchBytesMax: number;
}

const boundsDefault: FetchBounds = { answerBytesMax: 16 * 1024 * 1024, batchBytesMax: 128 * 1024 * 1024 };
/** What holds a record together in memory, and each of its headers. */
const recordBytes = 200;
const headerBytes = 200;
/** Of a batch, in front of what its length counts. */
const batchHeadBytes = 12;
/** Of a batch without records, all that its length counts. */
const batchFieldsBytes = 49;
const packedBits = 7;
/** Of a batch, where its checksum stands. */
const checksumAt = 8 + 4 + 4 + 1;

type Reader = InstanceType<KafkaLibrary['Reader']>;

export interface FetchedPartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly records?: readonly FetchedGroup[] | null;
  readonly refused?: RefusedBatch;
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly responses: readonly { readonly topicId: string; readonly partitions: readonly FetchedPartition[] }[];
}

/** A fetch of version 13. Faults are in the answer: none is thrown. */
export function boundedFetch(library: KafkaLibrary, bounds = boundsDefault) {
  type Asked = Parameters<typeof library.fetchV13.createRequest>;
  const { createRequest } = library.fetchV13;
  const refused = new RefusedBatches();
  return library.createAPI<Asked, FetchAnswer>(1, 13, createRequest, (_correlation, _key, _version, reader) =>
    readAnswer(library, reader, bounds, refused),
  );
}

/** As the protocol lays it out. @param refused what was refused before, and gets what is */
export function readAnswer(
  library: KafkaLibrary,
  reader: Reader,
  bounds: FetchBounds,
  refused: RefusedBatches,
): FetchAnswer {
  const batches = new Batches(library, bounds, refused);
  reader.readInt32(); // How long the broker made us wait.
  const errorCode = reader.readInt16();
  reader.readInt32(); // The session, of which there is none.
  const responses = reader.readArray(() => {
    const topicId = reader.readUUID();
    return { topicId, partitions: reader.readArray(() => readPartition(library, reader, { topicId, batches })) };
  });
  reader.readTaggedFields();
  return { errorCode, responses };
}

function readPartition(
  library: KafkaLibrary,
  reader: Reader,
  { topicId, batches }: { readonly topicId: string; readonly batches: Batches },
): FetchedPartition {
  const partitionIndex = reader.readInt32();
  const errorCode = reader.readInt16();
  reader.skip(3 * 8); // The high water mark, the last stable offset and the first one.
  const abortedTransactions = reader.readNullableArray(() => {
    return { producerId: reader.readInt64(), firstOffset: reader.readInt64() };
  });
  reader.readInt32(); // Another replica that would be preferred.
  const length = Math.max(0, reader.readUnsignedVarInt() - 1);
  const { position } = reader;
  const own = library.Reader.from(reader.buffer.subarray(position, position + length));
  const read = batches.read(own, { topicId, partition: partitionIndex });
  reader.skip(length);
  return { partitionIndex, errorCode, abortedTransactions, ...read };
}

/** The batches of one answer. */
class Batches {
  private readonly library: KafkaLibrary;
  private readonly bounds: FetchBounds;
  private readonly refused: RefusedBatches;
  private takenBytes = 0;

  constructor(library: KafkaLibrary, bounds: FetchBounds, refused: RefusedBatches) {
    this.library = library;
    this.bounds = bounds;
    this.refused = refused;
  }

  /** Those of a partition, up to one that is refused or that there is no room for. What was cut off at the end is left out. */
  read(
    reader: Reader,
    place: Pick<BatchMark, 'topicId' | 'partition'>,
  ): { readonly records: readonly FetchedGroup[]; readonly refused?: RefusedBatch } {
    const records: FetchedGroup[] = [];
    while (reader.remaining >= batchHeadBytes && this.takenBytes < this.bounds.answerBytesMax) {
      const { position } = reader;
      const length = reader.peekInt32(position + 8);
      const end = position + batchHeadBytes + length;
      if (length < batchFieldsBytes || end > position + reader.remaining) break;
      const mark = {
        ...place,
        firstOffset: reader.peekInt64(position),
        length,
        checksum: reader.peekInt32(position + checksumAt),
      };
      const known = this.refused.find(mark);
      if (known !== undefined) return { records, refused: known };
      const read = this.readBatch(reader, end);
      if ('reason' in read) {
        this.refused.add(mark, read);
        return { records, refused: read };
      }
      records.push(read);
      reader.position = end;
    }
    return { records };
  }

  private readBatch(reader: Reader, end: number): FetchedGroup | RefusedBatch {
    const firstOffset = reader.readInt64();
    reader.skip(4 + 4 + 1 + 4); // Its length, the epoch of its leader, its version, its checksum.
    const attributes = reader.readInt16();
    const lastOffsetDelta = reader.readInt32();
    const head = {
      firstOffset,
      attributes,
      lastOffsetDelta,
      firstTimestamp: reader.readInt64(),
      maxTimestamp: reader.readInt64(),
      producerId: reader.readInt64(),
    };
    reader.skip(2 + 4); // The epoch of its producer, and its number.
    const count = reader.readInt32();
    const { batchBytesMax } = this.bounds;
    const meter = new Meter(batchBytesMax);
    try {
      meter.take(count * recordBytes);
      const own = this.unpacked(reader, attributes & packedBits, end);
      const records = Array.from({ length: count }, () => readRecord(own, meter));
      return { ...head, records };
    } catch (error) {
      const reason =
        error instanceof TooLarge
          ? `it takes more than ${batchBytesMax} bytes once it is unpacked`
          : `it cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`;
      return { offset: Number(firstOffset), next: Number(firstOffset) + lastOffsetDelta + 1, reason };
    } finally {
      this.takenBytes += meter.takenBytes;
    }
  }

  private unpacked(reader: Reader, how: number, end: number): Reader {
    const { position } = reader;
    const { batchBytesMax } = this.bounds;
    if (how === 0) {
      this.takenBytes += end - position;
      return reader;
    }
    // Of one that is damaged nobody knows how far it was unpacked.
    let unpackedBytes = batchBytesMax;
    try {
      const bytes = unpack(this.library, how, reader.buffer.slice(position, end), batchBytesMax);
      unpackedBytes = bytes.length;
      return this.library.Reader.from(bytes);
    } catch (error) {
      if (error instanceof TooLarge) ({ unpackedBytes } = error);
      throw error;
    } finally {
      this.takenBytes += unpackedBytes;
    }
  }
}

class Meter {
  takenBytes = 0;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** @throws TooLarge */
  take(sizeBytes: number): void {
    const wanted = this.takenBytes + sizeBytes;
    if (wanted > this.bytesMax) throw new TooLarge(wanted);
    this.takenBytes = wanted;
  }
}

function readRecord(reader: Reader, meter: Meter): FetchedGroup['records'][number] {
  reader.readVarInt(); // Its length.
  reader.readInt8(); // Its attributes: there are none.
  const timestampDelta = reader.readVarInt64();
  const offsetDelta = reader.readVarInt();
  const key = reader.readVarIntBytes();
  const value = reader.readVarIntBytes();
  const count = reader.readVarInt();
  meter.take(count * headerBytes);
  const headers = Array.from({ length: count }, () => [reader.readVarIntBytes(), reader.readVarIntBytes()] as const);
  return { timestampDelta, offsetDelta, key, value, headers };
}
