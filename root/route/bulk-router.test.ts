import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { readCatalogOffset, readEntries } from '../../shared/log/batch.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import { BulkRouter, type KeySource } from './bulk-router.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { id: { kind: 'keyword' }, n: { kind: 'integer' }, title: { kind: 'text' } },
};
const shards = 4;

/** What becomes of a body: `put KEY BODY` and `delete KEY` in the order of each partition, and `line CODE at` rejected. */
function route(body: string | Buffer, key: KeySource): { entries: string[]; rejected: string[] } {
  let generated = 0;
  const router = new BulkRouter(
    {
      index: { id: 'x1', kind: 'document', shards, schema },
      entries: { are: 'documents', deletable: true },
      catalogOffset: 7,
      key,
      arrivedAtMs: 0,
      isOneAppend: false,
    },
    { plan: planValidation(schema), increments: null, generateKey: () => `made${++generated}` },
  );
  router.push(Buffer.from(body));
  router.end();
  const entries: string[] = [];
  for (const { partition, count, bytes } of router.takeBatches()) {
    assert.equal(readCatalogOffset(bytes), 7);
    const read = [...readEntries(bytes)];
    assert.equal(read.length, count);
    for (const entry of read) {
      assert.equal(partition, `x1/${shardOfKey(entry.key, shards)}`);
      entries.push(`${entry.kind} ${entry.key} ${Buffer.from(entry.body).toString()}`.trimEnd());
    }
  }
  const rejected = router.takeRejections().map(({ line, code, at }) => `${line} ${code} ${at}`.trimEnd());
  return { entries: entries.sort(), rejected };
}

const byField: KeySource = { kind: 'field', field: 'id' };
const made: KeySource = { kind: 'generated' };
const given: KeySource = { kind: 'given', key: 'k' };

// Each row: body, how keys are found, the entries that reach the log, the lines rejected.
const rows: [name: string, body: string | Buffer, key: KeySource, entries: string[], rejected: string[]][] = [
  ['keys from a field', '{"id":"a"}\n{"id":"b"}', byField, ['put a {"id":"a"}', 'put b {"id":"b"}'], []],
  ['keys made up', '{"n":1}\n{"n":2}', made, ['put made1 {"n":1}', 'put made2 {"n":2}'], []],
  ['a key given', ' {"n":\n1} ', given, ['put k {"n":\n1}'], []],
  ['a key given, and no document', ' \n', given, [], []],
  ['a key given, and two documents', '{"n":4},{"n":5}', given, [], ['1 JSON_MALFORMED']],
  ['a key given, and two lines', '{"n":4}\n{"n":5}', given, [], ['1 JSON_MALFORMED']],
  ['a key given, and a bracket', '{"n":2}]', given, [], ['1 JSON_MALFORMED']],
  ['a key given, and a comma', '{"n":3},', given, [], ['1 JSON_MALFORMED']],
  ['a key given, and a number', '{"n":7},7', given, [], ['1 JSON_MALFORMED']],
  ['a key given, and an array', '[{"n":1}]', given, [], ['1 DOCUMENT_NOT_OBJECT']],
  ['a name twice', '{"n":1,"n":2}\n{"n":3}', made, ['put made1 {"n":3}'], ['1 JSON_DUPLICATE_KEY /n']],
  ['a line that deletes twice', '{"_delete":"a","_delete":"b"}', made, [], ['1 JSON_DUPLICATE_KEY /_delete']],
  ['the source is kept to the byte', '{ "id" : "a","n":1e0 }', byField, ['put a { "id" : "a","n":1e0 }'], []],
  ['a line that deletes', '{"_delete":"a"}\n{"_delete":5}', byField, ['delete 5', 'delete a'], []],
  ['a line that deletes and more', '{"_delete":"a","n":1}', byField, [], ['1 DOCUMENT_FIELD_UNKNOWN /n']],
  ['a deletion without a key', '{"_delete":null}', byField, [], ['1 KEY_INVALID /_delete']],
  [
    'one bad line and no other',
    '{"id":"a"}\n{"id":\n{"id":"b","n":"1"}\n{"id":"c","x":1}\n[1]\n{"n":1}\n{"id":"d"}',
    byField,
    ['put a {"id":"a"}', 'put d {"id":"d"}'],
    [
      '2 JSON_MALFORMED',
      '3 DOCUMENT_FIELD_TYPE /n',
      '4 DOCUMENT_FIELD_UNKNOWN /x',
      '5 DOCUMENT_NOT_OBJECT',
      '6 KEY_MISSING',
    ],
  ],
  ['bytes that are no UTF-8', Buffer.from('{"title":"\xff"}', 'latin1'), made, [], ['1 JSON_MALFORMED']],
  ['a number that would lose digits', '{"n":9007199254740993}', made, [], ['1 DOCUMENT_FIELD_TYPE /n']],
  ['a key that is too long', `{"id":"${'k'.repeat(513)}"}`, byField, [], ['1 KEY_TOO_LONG /id']],
];

for (const [name, body, key, entries, rejected] of rows) {
  test(`BulkRouter: ${name}`, () => {
    assert.deepEqual(route(body, key), { entries, rejected });
  });
}

test('BulkRouter: a body that is one document gives nothing before its end', () => {
  const router = new BulkRouter(
    {
      index: { id: 'x1', kind: 'document', shards, schema },
      entries: { are: 'documents', deletable: true },
      catalogOffset: 0,
      key: given,
      arrivedAtMs: 0,
      isOneAppend: false,
    },
    { plan: planValidation(schema), increments: null, generateKey: () => 'k' },
  );
  const chunk = Buffer.from('{"n":1}');
  router.push(chunk);
  chunk.fill(0);
  assert.equal(router.takeBatches().length, 0);
  router.end();
  assert.equal(router.takeBatches().length, 1);
});

test('BulkRouter: one document over the limit is rejected', () => {
  const { entries, rejected } = route(`{"title":"${'x'.repeat(16 * 1024 * 1024)}"}`, given);
  assert.deepEqual([entries, rejected], [[], ['1 DOCUMENT_TOO_LARGE']]);
});

test('BulkRouter: what came before an array goes wrong is kept', () => {
  const router = new BulkRouter(
    {
      index: { id: 'x1', kind: 'document', shards, schema },
      entries: { are: 'documents', deletable: true },
      catalogOffset: 0,
      key: byField,
      arrivedAtMs: 0,
      isOneAppend: false,
    },
    { plan: planValidation(schema), increments: null, generateKey: () => 'k' },
  );
  assert.throws(() => router.push(Buffer.from('[{"id":"a"}] {"id":"b"}')), { code: 'JSON_MALFORMED' });
  assert.equal(router.takeBatches().length, 1);
});

test('BulkRouter: a term index has one partition, and nothing in it is deleted', () => {
  const router = new BulkRouter(
    {
      index: { id: 'x1', kind: 'term', shards, schema },
      entries: { are: 'documents', deletable: false },
      catalogOffset: 0,
      key: byField,
      arrivedAtMs: 0,
      isOneAppend: false,
    },
    { plan: planValidation(schema), increments: null, generateKey: () => 'k' },
  );
  router.push(Buffer.from('{"id":"a"}\n{"id":"b"}\n{"_delete":"a"}\n{"id":"c"}\n'));
  router.end();
  const batches = router.takeBatches().map(({ partition, count }) => `${partition} ${count}`);
  assert.deepEqual(batches, ['x1/0 3']);
  const rejected = router.takeRejections().map(({ line, code }) => `${line} ${code}`);
  assert.deepEqual(rejected, ['3 INDEX_APPEND_ONLY']);
});
