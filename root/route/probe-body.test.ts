import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { BodyProbe, probedBytesMax } from './probe-body.ts';

const index: IndexDefinition = {
  id: '',
  name: 'films',
  kind: 'document',
  shards: 2,
  replicas: 1,
  schema: { dynamic: 'strict', fields: { n: { kind: 'integer' } } },
};
const dynamic: IndexDefinition = { ...index, schema: { dynamic: 'true', fields: {} } };
const entries = { are: 'documents', deletable: true } as const;
const options = {
  key: { kind: 'generated' },
  arrivedAtMs: 0,
  isOneAppend: false,
  keySeed: null,
  tellsOutcomes: false,
} as const;

/** A body in pieces of that size, and how many of them were asked for. */
function bodyOf(text: string, size: number) {
  const asked = { pieces: 0 };
  async function* pieces(): AsyncGenerator<Buffer> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) {
      asked.pieces++;
      yield bytes.subarray(at, at + size);
    }
  }
  return { body: pieces(), asked };
}

const wrong = '{"n":"x"}\n';

// Each row: the index, the body, the lines that are wrong; null: something of it is taken.
const rows: [what: string, index: IndexDefinition, body: string, rejected: string[] | null][] = [
  ['one that is right', index, '{"n":1}\n', null],
  ['one that is right and has no end of line', index, `${wrong}{"n":1}`, null],
  ['an array', index, '[{"n":"x"},{"n":2}]', null],
  ['only such as are wrong', index, `${wrong}{"m":1}\n`, ['1 DOCUMENT_FIELD_TYPE', '2 DOCUMENT_FIELD_UNKNOWN']],
  ['no JSON', index, 'nonsense\n', ['1 JSON_MALFORMED']],
  ['a deletion', index, '{"_delete":"a"}\n', null],
  ['a condition that cannot be read', index, '{"_put":{"n":1},"_ifSequence":-1}\n', ['1 DOCUMENT_FIELD_TYPE']],
  ['fields that can be added', dynamic, '{"x":1e400}\n{"x":1}\n', null],
  ['fields that cannot', dynamic, '{"x":1e400}\n{"a b":1}\n', ['1 FIELD_NOT_ADDED', '2 FIELD_NOT_ADDED']],
  ['a document without fields', dynamic, '{"a b":1}\n{}\n', null],
];
for (const [what, of, text, rejected] of rows) {
  test(`BodyProbe: ${what}${rejected === null ? ' is taken' : ' is not taken'}, in whatever pieces it comes`, async () => {
    for (const size of [1, 5, 1000]) {
      const probe = new BodyProbe(bodyOf(text, size).body);
      assert.equal(await probe.isTaken(of, entries, options), rejected === null);
      assert.deepEqual(
        probe.rejections.map(({ line, code }) => `${line} ${code}`),
        rejected ?? [],
      );
      // Of another index, as a template may have changed meanwhile.
      assert.equal(await probe.isTaken(of, entries, options), rejected === null);
      const whole: Buffer[] = [];
      for await (const piece of probe.body()) whole.push(piece);
      assert.equal(Buffer.concat(whole).toString(), text);
    }
  });
}

test('BodyProbe: reads no further than it has to', async () => {
  const { body, asked } = bodyOf('{"n":1}\n{"n":2}\n{"n":3}\n', 8);
  assert.equal(await new BodyProbe(body).isTaken(index, entries, options), true);
  assert.equal(asked.pieces, 1);
});

test('BodyProbe: of a long body that is wrong only the beginning is looked at', async () => {
  const { body, asked } = bodyOf(wrong.repeat(300_000), 64 * 1024);
  const probe = new BodyProbe(body);
  assert.equal(await probe.isTaken(index, entries, options), true);
  assert.ok(asked.pieces * 64 * 1024 <= probedBytesMax + 2 * 64 * 1024, `${asked.pieces} pieces`);
});

test('BodyProbe: an array that goes wrong says so', async () => {
  const probe = new BodyProbe(bodyOf('[{"n":"x"} 7', 1000).body);
  await assert.rejects(probe.isTaken(index, entries, options), { code: 'JSON_MALFORMED' });
});
