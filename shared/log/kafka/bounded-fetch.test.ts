/** What is read of the answers to fetches whose batches unpack to much, with the client library that packs them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer, type FetchAnswer } from './bounded-fetch.ts';
import { loadKafka } from './library.ts';
import { RefusedBatches } from './refused-batches.ts';

const library = await loadKafka();
const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
type Compression = (typeof compressions)[number];

interface Sent {
  readonly values: readonly (Buffer | null)[];
  readonly headers?: readonly (readonly [string, string])[];
}

/** A batch as a broker keeps it. */
function batchOf(firstOffset: number, { values, headers = [] }: Sent, compression: Compression): Buffer {
  const messages = values.map((value) => ({
    topic: 't',
    value: value ?? Buffer.alloc(0),
    headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    timestamp: 1000n,
  }));
  const bytes = library.createRecordsBatch(messages, { compression }).buffer;
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  return bytes;
}

/** The answer of a broker: of each partition what it has, one after the other. */
function answerOf(partitions: readonly Buffer[]): InstanceType<typeof library.Reader> {
  const writer = library.Writer.create().appendInt32(0).appendInt16(0).appendInt32(0);
  writer.appendArray([partitions], (topic, own) => {
    topic.appendUUID('00000000-0000-0000-0000-000000000001').appendArray([...own.entries()], (part, [i, bytes]) => {
      part.appendInt32(i).appendInt16(0).appendInt64(0n).appendInt64(0n).appendInt64(0n);
      part.appendArray([[7n, 8n] as const], (aborted, [producer, offset]) => {
        aborted.appendInt64(producer).appendInt64(offset);
      });
      part
        .appendInt32(-1)
        .appendUnsignedVarInt(bytes.length + 1)
        .append(bytes);
    });
  });
  return library.Reader.from(writer.appendTaggedFields());
}

const bounds = { answerBytesMax: 100_000, batchBytesMax: 1_000_000 };

/** `0x3 3x1 refused 4-5`: of each partition the batches, with their first offset and how many records, and what is refused. */
function showAnswer({ responses }: FetchAnswer): string[] {
  return responses.flatMap(({ partitions }) =>
    partitions.map(({ records, refused }) => {
      const read = (records ?? []).map((group) => `${group.firstOffset}x${group.records.length}`);
      return [...read, ...(refused === undefined ? [] : [`refused ${refused.offset}-${refused.next}`])].join(' ');
    }),
  );
}

const small: Sent = { values: [Buffer.from('a'), Buffer.from('b')] };
const half: Sent = { values: [Buffer.alloc(60_000)] };
const bomb: Sent = { values: [Buffer.alloc(1_100_000)] };
const records: Sent = { values: Array.from({ length: 6000 }, () => null) };
const headers: Sent = {
  values: [null],
  headers: Array.from({ length: 6000 }, (_, i): [string, string] => [String(i), '']),
};
/** Unpacked, it is over what an answer may take before its headers are found to be too many. */
const longHeaders: Sent = {
  values: [null],
  headers: Array.from({ length: 6000 }, (_, i): [string, string] => [String(i), 'as long as an answer']),
};

// Each row: what partitions have, batch after batch, and what is read of it.
const rows: [name: string, partitions: Sent[][], read: string[]][] = [
  ['all there is', [[small, small], [small]], ['0x2 2x2', '0x2']],
  ['no more than an answer may take: the rest is asked for again', [[half, half, half], [small]], ['0x1 1x1', '']],
  ['a batch that unpacks to too much', [[small, bomb, small]], ['0x2 refused 2-3']],
  ['records that take too much', [[records], [small]], ['refused 0-6000', '0x2']],
  ['headers that take too much', [[headers], [small]], ['refused 0-1', '0x2']],
  ['what was unpacked in vain counts', [[longHeaders], [small]], ['refused 0-1', '']],
];
for (const compression of compressions) {
  for (const [name, partitions, read] of rows) {
    // What was not packed came as it is.
    if (partitions[0]!.includes(bomb) && compression === 'none') continue;
    test(`readAnswer: ${name}: ${compression}`, () => {
      const bytes = partitions.map((sent) => {
        let offset = 0;
        const batches = sent.map((batch) => {
          const packed = batchOf(offset, batch, compression);
          offset += batch.values.length;
          return packed;
        });
        return Buffer.concat(batches);
      });
      assert.deepEqual(showAnswer(readAnswer(library, answerOf(bytes), bounds, new RefusedBatches())), read);
    });
  }

  test(`readAnswer: as the library reads it: ${compression}`, () => {
    const sent = { values: [Buffer.from('{"n":1}'), null], headers: [['h', 'x'] as const] };
    const bytes = Buffer.concat([batchOf(4, sent, compression), batchOf(6, small, compression).subarray(0, -1)]);
    const read = readAnswer(library, answerOf([bytes]), bounds, new RefusedBatches());
    const expected = library.fetchV13.parseResponse(0, 1, 13, answerOf([bytes]));
    const [own, other] = [read, expected].map(({ responses }) => responses[0]!.partitions[0]!);
    assert.equal(own!.records!.length, 1);
    assert.deepEqual(own!.abortedTransactions, other!.abortedTransactions);
    const { records: found, ...head } = own!.records![0]!;
    const { records: wanted, ...others } = other!.records![0]!;
    assert.deepEqual({ ...others, ...head }, others);
    assert.deepEqual(
      found,
      wanted.map(({ timestampDelta, offsetDelta, key, value, headers: all }) => {
        return { timestampDelta, offsetDelta, key, value, headers: all };
      }),
    );
  });
}

test('readAnswer: a batch that was refused is not unpacked again, and another in its place is', () => {
  let count = 0;
  const { lz4, ...others } = library.compressionsAlgorithms;
  const decompressSync: typeof lz4.decompressSync = (bytes) => {
    count++;
    return lz4.decompressSync(bytes);
  };
  const counting = { ...library, compressionsAlgorithms: { ...others, lz4: { ...lz4, decompressSync } } };
  const refused = new RefusedBatches();
  const read = (...partitions: readonly Buffer[]): string => {
    count = 0;
    const shown = showAnswer(readAnswer(counting, answerOf(partitions), bounds, refused));
    return `${shown.join()} unpacked ${count}`;
  };
  const first = batchOf(0, headers, 'lz4');
  assert.equal(read(first), 'refused 0-1 unpacked 1');
  assert.equal(read(first), 'refused 0-1 unpacked 0');
  // Of the same topic, behind others, and in another partition.
  assert.equal(read(Buffer.concat([batchOf(7, small, 'lz4'), first]), first), '7x2 refused 0-1,refused 0-1 unpacked 2');
  assert.equal(read(first, first), 'refused 0-1,refused 0-1 unpacked 0');
  const other = batchOf(0, longHeaders, 'lz4');
  assert.equal(read(other), 'refused 0-1 unpacked 1');
  assert.equal(read(batchOf(0, small, 'lz4')), '0x2 unpacked 1');
});

test('readAnswer: of a damaged batch all that it might have been counts', () => {
  const bytes = batchOf(0, { values: [Buffer.alloc(1000)] }, 'gzip');
  bytes.fill(0, 61, 80);
  const answer = answerOf([bytes, batchOf(0, small, 'none')]);
  assert.deepEqual(showAnswer(readAnswer(library, answer, bounds, new RefusedBatches())), ['refused 0-1', '']);
});

test('readAnswer: a batch that is damaged is refused, with the reason', () => {
  const bytes = batchOf(3, { values: [Buffer.alloc(1000)] }, 'gzip');
  bytes.fill(0, 61, 80);
  const [response] = readAnswer(library, answerOf([bytes]), bounds, new RefusedBatches()).responses;
  assert.match(response!.partitions[0]!.refused!.reason, /cannot be unpacked/);
});
