import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyCatalogEntry,
  emptyCatalog,
  type CatalogChange,
  type CatalogState,
} from '../../shared/catalog/catalog.ts';
import type { Fields } from '../../shared/schema/collisions.ts';
import { growSchema, type SchemaCatalog } from './grow-schema.ts';

/** A catalog to which another root appends just before this one does. */
class Catalog implements SchemaCatalog {
  state: CatalogState = emptyCatalog;
  appends = 0;
  private readonly others: CatalogChange[];

  constructor(others: CatalogChange[] = []) {
    this.others = others;
  }

  append(name: string, change: CatalogChange): Promise<number> {
    const other = this.others.shift();
    if (other !== undefined) this.add(name, other);
    this.appends++;
    return Promise.resolve(this.add(name, change));
  }

  add(name: string, change: CatalogChange): number {
    const offset = this.state.offset + 1;
    this.state = applyCatalogEntry(this.state, offset, name, Buffer.from(JSON.stringify(change)));
    return offset;
  }
}

const definition = { kind: 'document', shards: 1, replicas: 1 } as const;
const create: CatalogChange = {
  change: 'create',
  definition: { ...definition, schema: { dynamic: 'true', fields: { a: { kind: 'integer' } } } },
};
const index = { id: 'x0', name: 'i' };

function adds(fields: Fields): CatalogChange {
  return { change: 'addFields', id: 'x0', fields };
}

// Each row: what others append before each of ours, the fields wanted, the fields after, how often was appended.
const rows: [what: string, others: CatalogChange[], wanted: Fields, after: string, appends: number][] = [
  ['nothing is missing', [], { a: { kind: 'text' } }, 'a:integer', 0],
  ['a field is added', [], { b: { kind: 'date' } }, 'a:integer b:date', 1],
  ['another root added the same', [adds({ b: { kind: 'date' } })], { b: { kind: 'date' } }, 'a:integer b:date', 1],
  [
    'another root made it another kind',
    [adds({ b: { kind: 'text' } })],
    { b: { kind: 'date' } },
    'a:integer b:text',
    1,
  ],
  [
    'another root took one of two',
    [adds({ b: { kind: 'text' } })],
    { b: { kind: 'date' }, c: { kind: 'date' } },
    'a:integer b:text c:date',
    2,
  ],
  [
    'another root put a field around it',
    [adds({ b: { kind: 'text' } })],
    { 'b.c': { kind: 'date' } },
    'a:integer b:text',
    1,
  ],
  ['one inside another', [], { 'b.c': { kind: 'date' }, b: { kind: 'text' } }, 'a:integer b.c:date', 1],
];
for (const [what, others, wanted, after, appends] of rows) {
  test(`growSchema: ${what}`, async () => {
    const catalog = new Catalog(others);
    catalog.add('i', create);
    const now = await growSchema(catalog, index, wanted);
    const shown = Object.entries(now.index.schema.fields).map(([path, { kind }]) => `${path}:${kind}`);
    assert.deepEqual([shown.join(' '), now.catalogOffset, catalog.appends], [after, catalog.state.offset, appends]);
  });
}

test('growSchema: a schema that is full takes as many as it has room for', async () => {
  const catalog = new Catalog();
  catalog.add('i', create);
  const wanted = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, { kind: 'integer' }] as const));
  const now = await growSchema(catalog, index, wanted);
  assert.equal(Object.keys(now.index.schema.fields).length, 1000);
});

test('growSchema: an index that was deleted meanwhile', async () => {
  const catalog = new Catalog([{ change: 'delete', id: 'x0' }]);
  catalog.add('i', create);
  await assert.rejects(growSchema(catalog, index, { b: { kind: 'date' } }), { code: 'INDEX_NOT_FOUND' });
});
