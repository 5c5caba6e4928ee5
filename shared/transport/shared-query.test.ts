import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrameHeadShared, FrameDecoder, shareWritten } from './frame.ts';

test('shareWritten: a frame in pieces is read as the one in one piece, and the query is written once', () => {
  const query = { kind: 'keywords', field: 'u', terms: ['é', 'b'] };
  const frames = (shards: number[]) => encodeFrameHeadShared('task', 7, { kind: 'search', shards, query }, 0);
  const decode = (pieces: Uint8Array[]) => new FrameDecoder().push(Buffer.concat(pieces));
  const whole = frames([0]);
  assert.equal(whole.length, 1);
  shareWritten(query);
  const [first, second] = [frames([0]), frames([1])];
  assert.equal(first[1], second[1]);
  assert.deepEqual(decode(first), decode(whole));
  assert.deepEqual(decode(second)[0]!.header, { kind: 'search', shards: [1], query });
});
