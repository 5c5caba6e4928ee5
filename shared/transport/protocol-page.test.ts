import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { frameTypeOf, frameTypes, protocolName } from '../protocol/frames.ts';
import { limits } from '../limits.ts';
import { encodeFrameHead, FrameDecoder } from './frame.ts';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

/** The golden frames of the page: `| name | id | header | body | bytes |`, the last two in hexadecimal. */
const golden = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| `(.*)` \| `([0-9a-f]*)` \| `([0-9a-f ]+)` \|$/gm)].map(
  ([, type, id, header, body, bytes]) => ({
    type: type!,
    id: Number(id),
    header: JSON.parse(header!) as unknown,
    body: Buffer.from(body!, 'hex'),
    bytes: Buffer.from(bytes!.replaceAll(' ', ''), 'hex'),
  }),
);

test('docs/protocol.md: has golden frames, and names the protocol and every frame type with its code', () => {
  assert.ok(golden.length >= 6, `${golden.length} golden frames`);
  assert.ok(page.includes(protocolName) && page.includes(limits.frameBytesMax.toLocaleString('en-US')));
  const codes = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);
  assert.deepEqual(Object.fromEntries(codes), frameTypes);
});

for (const { type, id, header, body, bytes } of golden) {
  test(`docs/protocol.md: the ${type} frame is encoded and decoded byte for byte`, () => {
    const name = frameTypeOf(bytes[4]!);
    assert.equal(name, type);
    const encoded = Buffer.concat([encodeFrameHead(name, id, header, body.length), body]);
    assert.equal(encoded.toString('hex'), bytes.toString('hex'));
    const [frame] = new FrameDecoder().push(bytes);
    assert.deepEqual({ ...frame, body: Buffer.from(frame!.body) }, { type, id, header, body, sizeBytes: bytes.length });
  });
}
