import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { BodyProbe, probedBytesMax, type Taken } from './probe-body.ts';

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

// Each row: the index, the body, what of it is taken first; of nothing, the lines that are wrong.
const rows: [what: string, index: IndexDefinition, body: string, taken: 'documents' | 'noEffect' | string[]][] = [
  ['one that is right', index, '{"n":1}\n', 'documents'],
  ['one that is right and has no end of line', index, `${wrong}{"n":1}`, 'documents'],
  ['an array', index, '[{"n":"x"},{"n":2}]', 'documents'],
  ['only such as are wrong', index, `${wrong}{"m":1}\n`, ['1 DOCUMENT_FIELD_TYPE', '2 DOCUMENT_FIELD_UNKNOWN']],
  ['no JSON', index, 'nonsense\n', ['1 JSON_MALFORMED']],
  ['a deletion', index, '{"_delete":"a"}\n', 'noEffect'],
  ['a deletion of a version', index, '{"_delete":"a","_version":3}\n', 'noEffect'],
  ['a document of a version', index, '{"_put":{"n":1},"_key":"a","_version":3}\n', 'documents'],
  [
    'what is put over a document that was read',
    index,
    '{"_put":{"n":1},"_key":"a","_ifSequence":1,"_ifTerm":5}\n',
    'noEffect',
  ],
  ['what deletes a document that was read', index, '{"_delete":"a","_ifSequence":1,"_ifTerm":5}\n', 'noEffect'],
  ['a patch, and a line that is wrong', index, `{"_patch":{"n":1},"_key":"a"}\n${wrong}`, 'noEffect'],
  [
    'a patch of a document that was read',
    index,
    '{"_patch":{"n":1},"_key":"a","_upsert":true,"_ifSequence":1,"_ifTerm":5}\n',
    'noEffect',
  ],
  [
    'a patch, and one that is put where nothing is',
    index,
    '{"_patch":{"n":1},"_key":"a"}\n{"_patch":{"n":1},"_key":"a","_upsert":true}\n',
    'documents',
  ],
  ['a deletion of a version, and a line that is wrong', index, `{"_delete":"a","_version":7}\n${wrong}`, 'noEffect'],
  ['a deletion, and a document at the end', index, '{"_delete":"a"}\n{"_delete":"b"}\n{"n":1}', 'documents'],
  ['a condition that cannot be read', index, '{"_put":{"n":1},"_ifSequence":-1}\n', ['1 DOCUMENT_FIELD_TYPE']],
  ['fields that can be added', dynamic, '{"x":1e400}\n{"x":1}\n', 'documents'],
  ['fields that cannot', dynamic, '{"x":1e400}\n{"a b":1}\n', ['1 FIELD_NOT_ADDED', '2 FIELD_NOT_ADDED']],
  ['a document without fields', dynamic, '{"a b":1}\n{}\n', 'documents'],
];
for (const [what, of, text, told] of rows) {
  const [expected, rejected]: [Taken, string[]] = typeof told === 'string' ? [told, []] : ['nothing', told];
  test(`BodyProbe: ${what}: ${expected}, in whatever pieces it comes`, async () => {
    for (const size of [1, 5, 1000]) {
      const probe = new BodyProbe(bodyOf(text, size).body);
      assert.equal(await probe.taken(of, entries, options), expected);
      assert.deepEqual(
        probe.rejections.map(({ line, code }) => `${line} ${code}`),
        rejected,
      );
      // Of another index, as a template may have changed meanwhile.
      assert.equal(await probe.taken(of, entries, options), expected);
      const whole: Buffer[] = [];
      for await (const piece of probe.body()) whole.push(piece);
      assert.equal(Buffer.concat(whole).toString(), text);
    }
  });
}

test('BodyProbe: reads no further than it has to', async () => {
  const { body, asked } = bodyOf('{"n":1}\n{"n":2}\n{"n":3}\n', 8);
  assert.equal(await new BodyProbe(body).taken(index, entries, options), 'documents');
  assert.equal(asked.pieces, 1);
});

test('BodyProbe: of a long body that is wrong only the beginning is looked at', async () => {
  const { body, asked } = bodyOf(wrong.repeat(300_000), 64 * 1024);
  const probe = new BodyProbe(body);
  assert.equal(await probe.taken(index, entries, options), 'documents');
  assert.ok(asked.pieces * 64 * 1024 <= probedBytesMax + 2 * 64 * 1024, `${asked.pieces} pieces`);
});

test('BodyProbe: an array that goes wrong says so', async () => {
  const probe = new BodyProbe(bodyOf('[{"n":"x"} 7', 1000).body);
  await assert.rejects(probe.taken(index, entries, options), { code: 'JSON_MALFORMED' });
});
