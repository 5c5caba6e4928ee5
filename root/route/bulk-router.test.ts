import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { decodeChange } from '../../shared/judge/change.ts';
import { readCatalogOffset, readEntries, type Entry } from '../../shared/log/batch.ts';
import type { Fields } from '../../shared/schema/collisions.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import { limits } from '../../shared/limits.ts';
import { BulkRouter, type BulkOptions, type KeySource } from './bulk-router.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { id: { kind: 'keyword' }, n: { kind: 'integer' }, title: { kind: 'text' } },
};
const shards = 4;
const restored = { id: 'x0', log: 'l', offsets: [], base: 0 };

/** What becomes of a body: `put KEY BODY` and `delete KEY` in the order of each partition, and `line CODE at` rejected. */
function route(body: string | Buffer, key: KeySource): { entries: string[]; rejected: string[] } {
  let generated = 0;
  const router = new BulkRouter(
    {
      index: { id: 'x1', kind: 'document', shards, schema, restored },
      entries: { are: 'documents', deletable: true },
      catalogOffset: 7,
      key,
      arrivedAtMs: 0,
      isOneAppend: false,
      keySeed: null,
      tellsOutcomes: false,
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
      entries.push(`${entry.kind} ${entry.key} ${showBody(entry)}`.trimEnd());
    }
  }
  const rejected = router.takeRejections().map(({ line, code, at }) => `${line} ${code} ${at}`.trimEnd());
  return { entries: entries.sort(), rejected };
}

function showBody({ kind, body }: Entry): string {
  if (kind !== 'judged') return text(body);
  const { condition, operation } = decodeChange(body);
  const when =
    condition.kind === 'sequence'
      ? condition.sequence
      : `${condition.kind}${condition.kind === 'newer' ? ` ${condition.version}` : ''}`;
  if (operation.kind === 'delete') return `delete ${when}`;
  if (operation.kind === 'put') return `put ${when} ${text(operation.source)}`;
  const { partial, nulls, upsert, detectNoop } = operation;
  const or = upsert === null ? '' : ` or ${text(upsert)}`;
  return `patch ${when} ${nulls} ${detectNoop ? 'noop ' : ''}${text(partial)}${or}`;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

const byField: KeySource = { kind: 'field', field: 'id' };
const made: KeySource = { kind: 'generated' };
const given: KeySource = { kind: 'given', key: 'k', change: { condition: { kind: 'none' }, patch: null } };

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
  ['a line that puts under a key of its own', '{"_put":{"n":1},"_key":7}', byField, ['put 7 {"n":1}'], []],
  ['a line that puts with a key in it', '{"_put": {"id":"a"} }', byField, ['put a {"id":"a"}'], []],
  ['a line that creates', '{"_create":{"id":"a"}}', byField, ['judged a put absent {"id":"a"}'], []],
  ['a line that creates, its key made up', '{"_create":{"n":1}}', made, ['judged made1 put absent {"n":1}'], []],
  [
    'a line at a sequence',
    '{"_put":{"n":1.0},"_key":"a","_ifSequence":5,"_ifTerm":2}',
    made,
    ['judged a put 5 {"n":1.0}'],
    [],
  ],
  [
    'lines at sequences of another index, and of the one that it is restored from',
    '{"_delete":"a","_ifSequence":5,"_ifTerm":3}\n{"_delete":"b","_ifSequence":5,"_ifTerm":1}',
    made,
    ['judged a delete 9007199254740991', 'judged b delete 5'],
    [],
  ],
  ['a line that deletes at a sequence', '{"_delete":"a","_ifSequence":0,"_ifTerm":2}', made, ['judged a delete 0'], []],
  ['a line of a version', '{"_put":{"n":1},"_key":"a","_version":5}', made, ['judged a put newer 5 {"n":1}'], []],
  ['a line that deletes a version', '{"_delete":"a","_version":6}', made, ['judged a delete newer 6'], []],
  ['a line that patches', '{"_patch":{"n":2},"_key":"a"}', made, ['judged a patch none kept noop {"n":2}'], []],
  [
    'a line that patches, every option',
    '{"_patch":{"n":2},"_key":"a","_ifSequence":1,"_ifTerm":2,"_upsert":{"n":9},"_detectNoop":false,"_removeNulls":true}',
    made,
    ['judged a patch 1 removed {"n":2} or {"n":9}'],
    [],
  ],
  [
    'a line that patches or is the document',
    '{"_patch":{"n":2},"_key":"a","_upsert":true}\n{"_patch":{"n":3},"_key":"b","_upsert":false}',
    made,
    ['judged a patch none kept noop {"n":2} or {"n":2}', 'judged b patch none kept noop {"n":3}'],
    [],
  ],
  [
    'a line that patches by taking away or is the document',
    '{"_patch":{"n":2,"title":null},"_key":"a","_upsert":true,"_removeNulls":true}',
    made,
    ['judged a patch none removed noop {"n":2,"title":null} or {"n":2}'],
    [],
  ],
  [
    'lines that do two things, or do them wrong',
    [
      '{"_put":{"n":1},"_create":{"n":1}}',
      '{"_create":{"n":1},"_ifSequence":3}',
      '{"_put":{"n":1},"_key":"a","n":2}',
      '{"_put":{"n":1},"_key":"a","_ifSequence":-1}',
      '{"_put":{"n":1},"_key":"a","_ifSequence":"1"}',
      '{"_put":{"n":1},"_key":{}}',
      '{"_put":{"n":1},"_key":""}',
      '{"_put":[1],"_key":"a"}',
      '{"_put":{"x":1},"_key":"a"}',
      '{"_patch":{"n":"1"},"_key":"a"}',
      '{"_patch":{"n":1},"_key":"a","_upsert":3}',
      '{"_patch":{"n":1},"_key":"a","_upsert":{"n":"1"}}',
      '{"_patch":{"n":1},"_key":"a","_detectNoop":1}',
      '{"_put":{"n":1},"_key":"a","_version":0}',
      '{"_put":{"n":1},"_key":"a","_version":1,"_ifSequence":1}',
      '{"_put":{"n":1},"_key":"a","_ifSequence":1}',
      '{"_put":{"n":1},"_key":"a","_ifTerm":1}',
      '{"_put":{"n":1},"_key":"a","_ifTerm":0,"_ifSequence":1}',
    ].join('\n'),
    byField,
    [],
    [
      '1 DOCUMENT_FIELD_UNKNOWN /_put',
      '2 DOCUMENT_FIELD_UNKNOWN /_ifSequence',
      '3 DOCUMENT_FIELD_UNKNOWN /n',
      '4 DOCUMENT_FIELD_TYPE /_ifSequence',
      '5 DOCUMENT_FIELD_TYPE /_ifSequence',
      '6 KEY_INVALID /_key',
      '7 KEY_INVALID /_key',
      '8 DOCUMENT_NOT_OBJECT /_put',
      '9 DOCUMENT_FIELD_UNKNOWN /_put/x',
      '10 DOCUMENT_FIELD_TYPE /_patch/n',
      '11 DOCUMENT_FIELD_TYPE /_upsert',
      '12 DOCUMENT_FIELD_TYPE /_upsert/n',
      '13 DOCUMENT_FIELD_TYPE /_detectNoop',
      '14 DOCUMENT_FIELD_TYPE /_version',
      '15 DOCUMENT_FIELD_UNKNOWN /_version',
      '16 DOCUMENT_FIELD_TYPE /_ifTerm',
      '17 DOCUMENT_FIELD_TYPE /_ifSequence',
      '18 DOCUMENT_FIELD_TYPE /_ifTerm',
    ],
  ],
  ['a patch of nobody', '{"_patch":{"n":1}}', made, [], ['1 KEY_MISSING']],
  ['a patch of a field without a key', '{"_patch":{"n":1}}', byField, [], ['1 KEY_MISSING /_patch']],
  [
    'what is wrong about a number, as written',
    '{"_put":{"n":1e999},"_key":"a"}',
    made,
    [],
    ['1 DOCUMENT_FIELD_TYPE /_put/n'],
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
      keySeed: null,
      tellsOutcomes: false,
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
      keySeed: null,
      tellsOutcomes: false,
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
      keySeed: null,
      tellsOutcomes: false,
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

// Each row: a line where the field `n` says the routing; the entry with what decides its shard, or why it is rejected.
const routedRows: [line: string, expected: string][] = [
  ['{"id":"a","n":7}', 'put a by 7: {"_routing":"7","id":"a","n":7}'],
  ['{"_put":{"id":"a","n":7},"_routing":"r"}', 'put a by r: {"_routing":"r","id":"a","n":7}'],
  ['{"_patch":{"n":7},"_key":"a"}', 'judged a by 7: patch none kept noop {"_routing":"7","n":7}'],
  ['{"_delete":"a","_routing":"r"}', 'delete a by r: '],
  ['{"_delete":"a"}', 'ROUTING_MISSING'],
  ['{"id":"a"}', 'ROUTING_MISSING'],
  ['{"_put":{"id":"a","n":null}}', 'ROUTING_MISSING /_put/n'],
  ['{"id":"a","n":[7]}', 'KEY_INVALID /n'],
  ['7', 'DOCUMENT_NOT_OBJECT'],
];
for (const [line, expected] of routedRows) {
  test(`BulkRouter: a field has the routing, ${line}`, () => {
    const router = routerOf({ routingField: 'n' });
    router.push(Buffer.from(`${line}\n`));
    router.end();
    const routings = ['7', 'r'];
    const taken = router.takeBatches().flatMap(({ partition, bytes }) => {
      return [...readEntries(bytes)].map((entry) => {
        const by = routings.find((each) => partition === `x1/${shardOfKey(each, shards)}`);
        return `${entry.kind} ${entry.key} by ${by}: ${showBody(entry)}`;
      });
    });
    const rejected = router.takeRejections().map(({ code, at }) => `${code} ${at}`.trimEnd());
    assert.deepEqual([...taken, ...rejected], [expected]);
  });
}

test('BulkRouter: each line that is judged is named with its place in its batch', () => {
  const router = routerOf({ tellsOutcomes: true });
  router.push(Buffer.from('{"id":"a"}\n\n{"id":"x1"}\n{"_delete":"a"}\n{"id":"a","n":"1"}\n{"_create":{"id":"a"}}\n'));
  router.end();
  const named = router.takeBatches().flatMap(({ partition, bytes, judged }) => {
    const entries = [...readEntries(bytes)];
    assert.equal(judged.length, entries.length);
    return judged.map(({ line, key, entry }) => {
      assert.equal(entries[entry]!.key, key);
      assert.equal(partition, `x1/${shardOfKey(key, shards)}`);
      return `${line} ${key} ${showBody(entries[entry]!)}`;
    });
  });
  const expected = [
    '1 a put none {"id":"a"}',
    '3 x1 put none {"id":"x1"}',
    '4 a delete none',
    '6 a put absent {"id":"a"}',
  ];
  assert.deepEqual(named.sort(), expected);
});

test('BulkRouter: of copies each says of what, and which deletions of its shard came before', () => {
  const since = [10, 11, 12, 13];
  const router = routerOf({ copies: { origin: 7, since } });
  const lines = Array.from({ length: 40 }, (_, n) => {
    return n % 3 === 0
      ? `{"_delete":"k${n}","_version":${n + 1}}`
      : `{"_put":{"n":1},"_key":"k${n}","_version":${n + 1}}`;
  });
  router.push(Buffer.from(`${lines.join('\n')}\n{"_put":{"n":1},"_key":"other"}\n`));
  router.end();
  let copies = 0;
  for (const { partition, bytes } of router.takeBatches()) {
    const shard = Number(partition.slice('x1/'.length));
    for (const { kind, key, body } of readEntries(bytes)) {
      if (kind !== 'judged') continue;
      const version = Number(key.slice(1)) + 1;
      assert.deepEqual(decodeChange(body).condition, { kind: 'copy', origin: 7, version, since: since[shard] });
      copies++;
    }
  }
  assert.equal(copies, lines.length);
});

test('BulkRouter: more lines than are judged are refused one by one, and plain ones are not counted', () => {
  const router = routerOf({});
  const { judgedLinesMax } = limits;
  for (let i = 0; i < judgedLinesMax + 2; i++) router.push(Buffer.from(`{"_create":{"id":"c${i}"}}\n{"id":"p${i}"}\n`));
  router.end();
  const counts = router.takeBatches().map(({ count, judged }) => [count, judged.length]);
  assert.equal(
    counts.reduce((sum, [count]) => sum + count!, 0),
    2 * judgedLinesMax + 2,
  );
  assert.equal(
    counts.reduce((sum, [, judged]) => sum + judged!, 0),
    judgedLinesMax,
  );
  assert.deepEqual(
    router.takeRejections().map(({ line, code }) => [line, code]),
    [1, 3].map((beyond) => [2 * judgedLinesMax + beyond, 'CONDITIONS_TOO_MANY']),
  );
});

function routerOf(options: Partial<BulkOptions>): BulkRouter {
  return new BulkRouter(
    {
      index: { id: 'x1', kind: 'document', shards, schema },
      entries: { are: 'documents', deletable: true },
      catalogOffset: 0,
      key: byField,
      arrivedAtMs: 0,
      isOneAppend: false,
      keySeed: null,
      tellsOutcomes: false,
      ...options,
    },
    { plan: planValidation(options.index?.schema ?? schema), increments: null, generateKey: () => 'k' },
  );
}

// Each row: the body, the fields that can be added, the entries in the order of the log, the lines rejected.
const dynamicRows: [what: string, body: string, added: Fields, entries: string[], rejected: string[]][] = [
  ['nothing new', '{"id":"a","n":1}', {}, ['put a {"id":"a","n":1}'], []],
  ['a new field', '{"id":"a","x":1}', { x: { kind: 'integer' } }, ['put a {"id":"a","x":1}'], []],
  [
    'what comes after waits too, because it may have the same key',
    '{"id":"a","x":1}\n{"id":"a","n":2}\n{"_delete":"a"}\n{"id":"a","n":3}',
    { x: { kind: 'integer' } },
    ['put a {"id":"a","x":1}', 'put a {"id":"a","n":2}', 'delete a', 'put a {"id":"a","n":3}'],
    [],
  ],
  [
    'another root made it another kind',
    '{"id":"a","x":1}\n{"id":"b","x":"y"}',
    { x: { kind: 'text' } },
    ['put b {"id":"b","x":"y"}'],
    ['1 DOCUMENT_FIELD_TYPE /x'],
  ],
  [
    'it could not be added',
    '{"id":"a","x":1}\n{"id":"b","n":1}',
    {},
    ['put b {"id":"b","n":1}'],
    ['1 FIELD_NOT_ADDED /x'],
  ],
  ['a fault comes first', '{"id":"a","n":"1","x":1}', {}, [], ['1 DOCUMENT_FIELD_TYPE /n']],
  [
    'what cannot be written whatever fields there are',
    '{"id":"a","x":1}\n{"x":2}\n{"id":"","x":2}\n{"_patch":{"x":2}}\n{"_put":{"x":2},"_key":"b","_ifSequence":-1}',
    { x: { kind: 'integer' } },
    ['put a {"id":"a","x":1}'],
    ['2 KEY_MISSING ', '3 KEY_INVALID /id', '4 KEY_MISSING /_patch', '5 DOCUMENT_FIELD_TYPE /_ifSequence'],
  ],
  [
    'inside of lines',
    '{"_create":{"id":"a","x":1}}',
    { x: { kind: 'integer' } },
    ['judged a put absent {"id":"a","x":1}'],
    [],
  ],
  [
    'inside of an upsert',
    '{"_patch":{"n":1},"_key":"a","_upsert":{"x":"1"}}',
    {},
    [],
    ['1 FIELD_NOT_ADDED /_upsert/x'],
  ],
];
for (const [what, body, added, entries, rejected] of dynamicRows) {
  test(`BulkRouter: dynamic, ${what}`, () => {
    const index = { id: 'x1', kind: 'document', shards: 1, schema: { ...schema, dynamic: 'true' } } as const;
    const router = routerOf({ index });
    router.push(Buffer.from(body));
    router.end();
    if (router.isHolding) {
      const grown = { ...index, schema: { ...index.schema, fields: { ...index.schema.fields, ...added } } };
      router.resume({ index: grown, catalogOffset: 9, isLast: true }, planValidation(grown.schema));
      assert(!router.isHolding);
    }
    const batches = router.takeBatches();
    const shown = batches.flatMap(({ bytes }) =>
      [...readEntries(bytes)].map((entry) => `${entry.kind} ${entry.key} ${showBody(entry)}`.trimEnd()),
    );
    assert.deepEqual(shown, entries);
    assert.deepEqual(
      router.takeRejections().map(({ line, code, at }) => `${line} ${code} ${at}`),
      rejected,
    );
    if (Object.keys(added).length > 0) for (const { bytes } of batches) assert.equal(readCatalogOffset(bytes), 9);
    assert.equal(router.sizeBytes, 0);
  });
}

test('BulkRouter: dynamic, the fields that are missing are those of all that wait', () => {
  const router = routerOf({ index: { id: 'x1', kind: 'document', shards: 1, schema: { ...schema, dynamic: 'true' } } });
  router.push(Buffer.from('{"id":"a","x":1}\n{"id":"b","x":0.5,"y":true}\n{"_patch":{"z":"1"},"_key":"a"}\n'));
  const kinds = Object.entries(router.missingFields()).map(([path, { kind }]) => `${path}:${kind}`);
  assert.deepEqual(kinds, ['x:float', 'y:boolean', 'z:text']);
});

// Each row: a line that is refused, alone and behind one that waits; the fault.
const refused: [line: string, fault: string, options?: Partial<BulkOptions>][] = [
  ['{"y":1}', 'KEY_MISSING'],
  ['{"id":"","y":1}', 'KEY_INVALID /id'],
  [`{"id":"${'k'.repeat(600)}","y":1}`, 'KEY_TOO_LONG /id'],
  ['{"_put":{"y":1},"_key":""}', 'KEY_INVALID /_key'],
  ['{"_patch":{"y":1},"_key":"a","_upsert":{"n":"1"}}', 'DOCUMENT_FIELD_TYPE /_upsert/n'],
  ['{"id":"b","y":1}', 'ROUTING_MISSING', { routingField: 'n' }],
  ['{"id":"b","y":1,"z":1e400}', 'FIELD_NOT_ADDED /z'],
  ['{"id":"b","y":1,"z":"\\ud800"}', 'FIELD_NOT_ADDED /z'],
  ['{"id":"b","y":1,"z":[1,"2"]}', 'FIELD_NOT_ADDED /z/0'],
];
for (const [line, fault, options] of refused) {
  test(`BulkRouter: dynamic, ${line.slice(0, 60)} is ${fault}, and adds no field`, () => {
    for (const before of ['', '{"id":"a","n":1,"x":1}\n']) {
      const index = { id: 'x1', kind: 'document', shards: 1, schema: { ...schema, dynamic: 'true' } } as const;
      const router = routerOf({ index, ...options });
      router.push(Buffer.from(`${before}${line}\n`));
      router.end();
      assert.deepEqual(Object.keys(router.missingFields()), before === '' ? [] : ['x']);
      const fields: Fields = before === '' ? {} : { x: { kind: 'integer' } };
      const grown = { ...index, schema: { ...index.schema, fields: { ...index.schema.fields, ...fields } } };
      router.resume({ index: grown, catalogOffset: 9, isLast: true }, planValidation(grown.schema));
      const [rejection, ...more] = router.takeRejections();
      assert.deepEqual([`${rejection!.code} ${rejection!.at}`.trimEnd(), more], [fault, []]);
    }
  });
}

test('BulkRouter: dynamic, of more lines than are judged those beyond add no field', () => {
  const router = routerOf({
    index: { id: 'x1', kind: 'document', shards: 1, schema: { ...schema, dynamic: 'true' } },
    key: made,
  });
  const line = '{"_create":{"x":1},"_key":"a"}\n';
  router.push(Buffer.from(`${line.repeat(limits.judgedLinesMax)}{"_create":{"y":1},"_key":"b"}\n`));
  router.end();
  assert.deepEqual(Object.keys(router.missingFields()), ['x']);
});
