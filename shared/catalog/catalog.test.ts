import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import type { FieldDefinition } from '../schema/schema.ts';
import { TrieMap } from '../trie/trie-map.ts';
import { parseIndexBody } from '../schema/parse.ts';
import type { IndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, changeFor, createFor, emptyCatalog, findIndex } from './catalog.ts';
import { fieldConflicts, missingFields } from './merge-fields.ts';
import type { CatalogChange, CatalogState, IndexDefinition } from './catalog.ts';
import { indexIdAt } from './index-id.ts';
import { isStoredCatalog, readStoredCatalog, storedCatalog } from './stored-catalog.ts';

type Fields = Readonly<Record<string, FieldDefinition>>;

const text: FieldDefinition = { kind: 'text' };
const keyword: FieldDefinition = { kind: 'keyword' };
const titled: FieldDefinition = { kind: 'text', fields: { raw: { kind: 'keyword' } } };

const put = (fields: Fields, options: object = {}, dynamic: object = {}): IndexBody =>
  parseIndexBody({ ...options, schema: { ...dynamic, fields } });

function apply(state: CatalogState, offset: number, name: string, change: CatalogChange): CatalogState {
  return applyCatalogEntry(state, offset, name, Buffer.from(JSON.stringify(change)));
}

function created(fields: Fields, options: object = {}, dynamic: object = {}): IndexDefinition {
  const state = apply(emptyCatalog, 5, 'books', createFor(put(fields, options, dynamic)));
  return findIndex(state, 'books')!;
}

test('catalog: an index is created, found by name and id, and deleted', () => {
  const state = apply(emptyCatalog, 40, 'books', createFor(put({ title: titled }, { shards: 4 })));
  const expected: IndexDefinition = {
    id: 'x14',
    name: 'books',
    kind: 'document',
    shards: 4,
    replicas: 1,
    schema: { dynamic: 'strict', fields: { title: titled } },
  };
  assert.equal(indexIdAt(40), 'x14');
  assert.deepEqual(findIndex(state, 'books'), expected);
  assert.equal(findIndex(state, 'constructor'), undefined);
  const deleted = apply(state, 41, 'books', { change: 'delete', id: 'x14' });
  assert.deepEqual(deleted, { ...emptyCatalog, offset: 41 });
});

test('catalog: the id of an index tells its log, and of a restored one where its offsets begin', () => {
  const { given: _given, ...definition } = put({ title: titled }, { shards: 2 });
  const restored = { id: 'x3', log: 'of before', offsets: [7, -1], base: 36 };
  const first = apply(emptyCatalog, 0, 'books', { change: 'create', definition, epoch: 'abcdefgh' });
  const state = apply(first, 1, 'older', {
    change: 'create',
    definition: { ...definition, restored },
    epoch: 'abcdefgh',
  });
  assert.equal(findIndex(state, 'books')?.id, 'x0-abcdefgh');
  assert.equal(findIndex(state, 'older')?.id, 'x1-abcdefgh-10');
  assert.deepEqual(findIndex(state, 'older')?.restored, restored);
  assert.deepEqual(readStoredCatalog(storedCatalog(state)), state);
  assert.ok(isStoredCatalog(JSON.parse(JSON.stringify(storedCatalog(state)))));
  // Each of these is no entry of a catalog.
  const bad: [restoration: unknown, epoch?: string][] = [
    [restored],
    [restored, 'ABCDEFGH'],
    [null, 'abcdefgh'],
    [{ ...restored, base: 7 }, 'abcdefgh'],
    [{ ...restored, offsets: [7] }, 'abcdefgh'],
    [{ ...restored, offsets: [7, -2] }, 'abcdefgh'],
    [{ ...restored, log: 1 }, 'abcdefgh'],
  ];
  for (const [each, epoch] of bad) {
    const change = { change: 'create', definition: { ...definition, restored: each }, epoch } as CatalogChange;
    assert.throws(() => apply(emptyCatalog, 0, 'books', change), { code: 'BATCH_INVALID' }, JSON.stringify(each));
  }
});

test('catalog: an entry already read changes nothing', () => {
  const state = apply(emptyCatalog, 5, 'books', createFor(put({})));
  assert.equal(apply(state, 5, 'films', createFor(put({}))), state);
  assert.equal(apply(state, 3, 'films', createFor(put({}))), state);
});

// Each row: a change of the index `books` with the id x5 and the field title; none is valid where it stands.
const invalid: [name: string, change: CatalogChange][] = [
  ['a second create loses', createFor(put({ other: text }))],
  ['fields for an id that is gone', { change: 'addFields', id: 'x4', fields: { a: text } }],
  ['a delete of an id that is gone', { change: 'delete', id: 'x4' }],
  ['a field of another kind', { change: 'addFields', id: 'x5', fields: { title: keyword } }],
  [
    'a sub-field of another kind',
    { change: 'addFields', id: 'x5', fields: { title: { kind: 'text', fields: { raw: text } } } },
  ],
  ['a field inside one that exists', { change: 'addFields', id: 'x5', fields: { 'title.sub': text } }],
  ['a field with the name of a sub-field', { change: 'addFields', id: 'x5', fields: { 'title.raw': keyword } }],
  ['a field around one that exists', { change: 'addFields', id: 'x5', fields: { author: text } }],
  [
    'more fields than the limit',
    {
      change: 'addFields',
      id: 'x5',
      fields: Object.fromEntries(Array.from({ length: 998 }, (_, i) => [`f${i}`, text])),
    },
  ],
];

for (const [name, change] of invalid) {
  test(`catalog: ${name}: nothing changes but the offset`, () => {
    const state = apply(emptyCatalog, 5, 'books', createFor(put({ title: titled, 'author.name': keyword })));
    assert.deepEqual(apply(state, 6, 'books', change), { ...state, offset: 6 });
  });
}

// Each row: the fields of an index, the fields added, the fields there are then.
const additions: [before: Fields, added: Fields, after: Fields][] = [
  [{ a: text }, { b: keyword }, { a: text, b: keyword }],
  [{ a: text }, { constructor: keyword }, { a: text, constructor: keyword }],
  [{ title: text }, { title: titled }, { title: titled }],
  [
    { title: titled },
    { title: { kind: 'text', fields: { constructor: keyword } } },
    { title: { kind: 'text', fields: { raw: keyword, constructor: keyword } } },
  ],
  [{ 'a.b': text }, { 'a.c': text }, { 'a.b': text, 'a.c': text }],
];

for (const [before, added, after] of additions) {
  test(`catalog: ${JSON.stringify(added)} is added to ${JSON.stringify(before)}`, () => {
    const existing = created(before);
    const change = changeFor(existing, put({ ...before, ...added }));
    assert.ok(change !== null);
    const state: CatalogState = { ...emptyCatalog, offset: 5, indexes: TrieMap.of([['books', existing]]) };
    assert.deepEqual(findIndex(apply(state, 6, 'books', change), 'books')?.schema.fields, after);
    assert.deepEqual(missingFields(after, added), {});
  });
}

// Each row: a PUT of the index with 4 shards, 2 replicas, dynamic false and the field title that asks nothing new.
const repeated: [name: string, asked: IndexBody][] = [
  ['the same', put({ title: titled }, { kind: 'document', shards: 4, replicas: 2 }, { dynamic: 'false' })],
  ['options left out', put({ title: titled })],
  ['a sub-field left out', put({ title: text }, { shards: 4 })],
  ['no field', put({})],
];

for (const [name, asked] of repeated) {
  test(`changeFor: ${name}: nothing to do`, () => {
    const existing = created({ title: titled }, { shards: 4, replicas: 2 }, { dynamic: 'false' });
    assert.equal(changeFor(existing, asked), null);
  });
}

// Each row: a PUT that conflicts with the same index, what differs.
const conflicts: [asked: IndexBody, differs: object][] = [
  [put({}, { shards: 16 }), { shards: { existing: 4, asked: 16 } }],
  [put({}, {}, { dynamic: 'strict' }), { dynamic: { existing: 'false', asked: 'strict' } }],
  [put({ title: keyword }), { fields: ['title'] }],
  [
    put({ title: { kind: 'text', fields: { raw: { kind: 'text' } } } }, { shards: 1 }),
    { shards: { existing: 4, asked: 1 }, fields: ['title.raw'] },
  ],
  [put({ 'title.sub': text }), { collisions: [{ field: 'title.sub', inside: 'title' }] }],
];

for (const [asked, differs] of conflicts) {
  test(`changeFor: conflicts in ${Object.keys(differs).join()}: ${JSON.stringify(asked.schema.fields)}`, () => {
    const existing = created({ title: titled }, { shards: 4, replicas: 2 }, { dynamic: 'false' });
    assert.throws(
      () => changeFor(existing, asked),
      (error) => {
        assert.ok(error instanceof SheafError);
        assert.equal(error.code, 'INDEX_CONFLICT');
        assert.deepEqual(error.detail, { index: 'books', differs });
        return true;
      },
    );
  });
}

test('changeFor: fields that are missing come first, then the number of replicas, up or down', () => {
  for (const replicas of [1, 3]) {
    const asked = put({ title: titled, year: { kind: 'integer' } }, { replicas });
    let state: CatalogState = {
      ...emptyCatalog,
      offset: 5,
      indexes: TrieMap.of([['books', created({ title: titled }, { shards: 4, replicas: 2 })]]),
    };
    const changes: string[] = [];
    for (let change = changeFor(state.indexes.get('books')!, asked); change !== null;) {
      changes.push(change.change);
      state = apply(state, state.offset + 1, 'books', change);
      change = changeFor(state.indexes.get('books')!, asked);
    }
    assert.deepEqual(changes, ['addFields', 'setReplicas']);
    assert.equal(state.indexes.get('books')!.replicas, replicas);
  }
});

test('catalog: the number of replicas of an index that was deleted meanwhile changes nothing', () => {
  const state: CatalogState = { ...emptyCatalog, offset: 5, indexes: TrieMap.of([['books', created({})]]) };
  const changed = apply(state, 6, 'books', { change: 'setReplicas', id: 'another', replicas: 9 });
  assert.deepEqual(changed, { ...state, offset: 6 });
});

test('changeFor: fields over the limit in all', () => {
  const many = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, text]));
  const existing = created(many('a', 600));
  assert.notEqual(changeFor(existing, put(many('b', 400))), null);
  assert.throws(() => changeFor(existing, put(many('b', 401))), { code: 'SCHEMA_INVALID', at: '/schema/fields' });
});

test('fieldConflicts: names that every object inherits are names like others', () => {
  assert.deepEqual(
    fieldConflicts({ a: titled }, { toString: text, a: { kind: 'text', fields: { toString: keyword } } }),
    [],
  );
  assert.deepEqual(fieldConflicts({ toString: text }, { toString: keyword }), ['toString']);
});

test('fieldConflicts: an analyzer or parameters of ranking that differ', () => {
  const stems: FieldDefinition = { kind: 'text', analyzer: 'english', fields: { raw: { kind: 'text' } } };
  const ranked: FieldDefinition = { kind: 'text', bm25: { k1: 0.9, b: 0.4 } };
  const pairs: [before: FieldDefinition, asked: FieldDefinition, differing: string[]][] = [
    [stems, stems, []],
    [text, stems, ['a']],
    [stems, text, ['a']],
    [stems, { kind: 'text', analyzer: 'english', fields: { raw: { kind: 'text', analyzer: 'simple' } } }, ['a.raw']],
    [ranked, { kind: 'text', bm25: { k1: 0.9, b: 0.4 } }, []],
    [ranked, { kind: 'text', bm25: { k1: 0.9, b: 0.5 } }, ['a']],
  ];
  for (const [a, b, differing] of pairs) assert.deepEqual(fieldConflicts({ a }, { a: b }), differing);
});

test('changeFor: a sub-field added to a field keeps its analyzer', () => {
  const stems: FieldDefinition = { kind: 'text', analyzer: 'english' };
  const index = created({ title: stems });
  const asked = { title: { ...stems, fields: { raw: { kind: 'keyword' } } } } as const;
  const change = changeFor(index, put(asked));
  assert.ok(change !== null);
  const state = applyCatalogEntry(
    { ...emptyCatalog, offset: 5, indexes: TrieMap.of([['books', index]]) },
    6,
    'books',
    Buffer.from(JSON.stringify(change)),
  );
  assert.deepEqual(findIndex(state, 'books')!.schema.fields, asked);
});
