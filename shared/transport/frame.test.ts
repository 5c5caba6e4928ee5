import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import { encodeFrameHead, FrameDecoder, parsedAtOnceMax } from './frame.ts';

const encode = (id: number, header: unknown, body: Buffer): Buffer =>
  Buffer.concat([encodeFrameHead('task', id, header, body.length), body]);

test('frame: golden bytes', () => {
  const bytes = encode(0x01020304, { a: 1 }, Buffer.from('xy'));
  assert.equal(bytes.toString('hex'), ['12000000', '01', '04030201', '07000000', '7b2261223a317d', '7879'].join(''));
});

test('FrameDecoder: gives back what was encoded, however the bytes are cut', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const sent = Array.from({ length: random.integer(1, 5) }, (_, id) => ({
      id,
      header: random.pick([null, {}, { text: 'ü'.repeat(random.integer(0, 50)) }, [1, 2]]),
      body: 'b'.repeat(random.integer(0, 40)),
    }));
    const bytes = Buffer.concat(sent.map(({ id, header, body }) => encode(id, header, Buffer.from(body))));
    const decoder = new FrameDecoder();
    const received = [];
    for (let at = 0; at < bytes.length;) {
      const size = random.integer(1, 30);
      received.push(...decoder.push(bytes.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual(
      received.map(({ id, header, body }) => ({ id, header, body: Buffer.from(body).toString() })),
      sent,
    );
  }
});

const valid = encode(1, { a: 1 }, Buffer.alloc(0));

function withByte(position: number, value: number): Buffer {
  const bytes = Buffer.from(valid);
  bytes[position] = value;
  return bytes;
}

const withLength = (length: number): Buffer => {
  const bytes = Buffer.from(valid);
  bytes.writeUInt32LE(length, 0);
  return bytes;
};

// Each row: bytes that are no frame, the field that is told.
const rows: [name: string, bytes: Buffer, field: string][] = [
  ['a length below the smallest frame', withLength(8), 'length'],
  ['a length above the limit', withLength(limits.frameBytesMax + 1), 'length'],
  ['an unknown type', withByte(4, 255), 'type'],
  ['a header longer than the frame', withByte(9, 200), 'header length'],
  ['a header that is no JSON', withByte(13, 0x78), 'header'],
];
for (const [name, bytes, field] of rows) {
  test(`FrameDecoder: refuses ${name}`, () => {
    assert.throws(
      () => new FrameDecoder().push(bytes),
      (error: { code?: string; detail?: { field?: string } }) =>
        error.code === 'FRAME_INVALID' && error.detail?.field === field,
    );
  });
}

test('FrameDecoder: frames larger than several chunks, and small ones around them', () => {
  const sizes = [3, 300_000, 5, 1_000_000, 262_144, 0, 700_000];
  const frames = sizes.map((size, id) => encode(id, { id }, Buffer.alloc(size, id)));
  for (const chunkBytes of [65_536, 65_537, 400_000, 10_000_000]) {
    const bytes = Buffer.concat(frames);
    const decoder = new FrameDecoder();
    const received = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      // As of a socket: what is handed over is not there for ever.
      const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
      received.push(...decoder.push(chunk));
    }
    assert.deepEqual(
      received.map(({ id, header, body }) => [id, header, body.length, body.every((byte) => byte === id)]),
      sizes.map((size, id) => [id, { id }, size, true]),
    );
  }
});

test('FrameDecoder: the chunks of a large frame are not put together a second time', (t) => {
  const concat = t.mock.method(Buffer, 'concat');
  const bytes = encode(1, {}, Buffer.alloc(3_000_000));
  const before = concat.mock.callCount();
  const decoder = new FrameDecoder();
  let frames = 0;
  for (let at = 0; at < bytes.length; at += 65_536) frames += decoder.push(bytes.subarray(at, at + 65_536)).length;
  assert.deepEqual([frames, concat.mock.callCount()], [1, before]);
});

test('FrameDecoder: the header of a partial that is long is not parsed, and no other', () => {
  const header = (bytes: number): unknown => ({ x: 'y'.repeat(bytes - 8) });
  const decode = (type: 'partial' | 'task', bytes: number) => {
    const frame = new FrameDecoder().push(encodeFrameHead(type, 1, header(bytes), 0))[0]!;
    return [frame.header, frame.unread?.toString() ?? null];
  };
  const most = header(parsedAtOnceMax);
  const more = header(parsedAtOnceMax + 1);
  assert.deepEqual(decode('partial', parsedAtOnceMax), [most, null]);
  assert.deepEqual(decode('partial', parsedAtOnceMax + 1), [null, JSON.stringify(more)]);
  assert.deepEqual(decode('task', parsedAtOnceMax + 1), [more, null]);
});

test('encodeFrameHead: refuses a frame over the limit', () => {
  assert.throws(() => encodeFrameHead('partial', 1, null, limits.frameBytesMax), { code: 'PARTIAL_TOO_LARGE' });
});
