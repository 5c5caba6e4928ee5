import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyCatalogEntry,
  emptyCatalog,
  findIndex,
  type CatalogChange,
  type CatalogState,
} from '../../shared/catalog/catalog.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import type { Fields } from '../../shared/schema/collisions.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import type { BulkOptions } from '../route/bulk-router.ts';
import { ParseJob, type ParseWorld } from '../route/parse-job.ts';
import { WriteJob, type WriteTarget } from '../route/write-job.ts';
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

// Each row: what others append before ours, the fields wanted, the fields after, how often was appended, whether all were added.
const rows: [
  what: string,
  others: CatalogChange[],
  wanted: Fields,
  after: string,
  appends: number,
  isGrown: boolean,
][] = [
  ['nothing is wanted', [], {}, 'a:integer', 0, true],
  ['what is wanted is there', [], { a: { kind: 'text' } }, 'a:integer', 0, false],
  ['a field is added', [], { b: { kind: 'date' } }, 'a:integer b:date', 1, true],
  [
    'another root made it another kind',
    [adds({ b: { kind: 'text' } })],
    { b: { kind: 'date' } },
    'a:integer b:text',
    1,
    false,
  ],
  [
    'another root took one of two',
    [adds({ b: { kind: 'text' } })],
    { b: { kind: 'date' }, c: { kind: 'date' } },
    'a:integer b:text',
    1,
    false,
  ],
  ['one of two is there', [], { a: { kind: 'date' }, c: { kind: 'date' } }, 'a:integer', 0, false],
  [
    'another root put a field around it',
    [adds({ b: { kind: 'text' } })],
    { 'b.c': { kind: 'date' } },
    'a:integer b:text',
    1,
    false,
  ],
];
for (const [what, others, wanted, after, appends, isGrown] of rows) {
  test(`growSchema: ${what}`, async () => {
    const catalog = new Catalog(others);
    catalog.add('i', create);
    const now = await growSchema(catalog, index, wanted);
    const shown = Object.entries(now.index.schema.fields).map(([path, { kind }]) => `${path}:${kind}`);
    const { catalogOffset } = now;
    const actual = [shown.join(' '), catalogOffset, catalog.appends, now.isGrown];
    assert.deepEqual(actual, [after, catalog.state.offset, appends, isGrown]);
  });
}

test('growSchema: a schema takes no more than it has room for', async () => {
  for (const [count, isGrown] of [
    [999, true],
    [1000, false],
  ] as const) {
    const catalog = new Catalog();
    catalog.add('i', create);
    const wanted = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, { kind: 'integer' }] as const));
    const now = await growSchema(catalog, index, wanted);
    assert.deepEqual([now.isGrown, Object.keys(now.index.schema.fields).length], [isGrown, isGrown ? 1000 : 1]);
  }
});

// Each row: what another root adds just before, the lines, how many are taken and which are rejected, the fields after.
const overtaken: [what: string, others: Fields[], lines: string, rejected: string, after: string][] = [
  [
    'a line that does not fit any more adds none of its others',
    [{ b: { kind: 'date' } }],
    '{"b":"x","c":1}\n{"d":1}\n',
    '1; 1 DOCUMENT_FIELD_TYPE /b',
    'a:integer b:date d:integer',
  ],
  [
    'one that fits all the same adds its others',
    [{ b: { kind: 'float' } }],
    '{"b":1,"c":1}\n',
    '1; ',
    'a:integer b:float c:integer',
  ],
  [
    'again and again',
    [{ b: { kind: 'date' } }, { d: { kind: 'date' } }],
    '{"b":"x","c":1}\n{"d":"x","e":1}\n{"f":true}\n',
    '1; 1 DOCUMENT_FIELD_TYPE /b, 2 DOCUMENT_FIELD_TYPE /d',
    'a:integer b:date d:date f:boolean',
  ],
  [
    'also in a body that goes wrong',
    [{ b: { kind: 'date' } }],
    '[{"b":"x","c":1},{"d":1}] x',
    '1; 1 DOCUMENT_FIELD_TYPE /b',
    'a:integer b:date d:integer',
  ],
  [
    'who is overtaken for ever leaves out what is lacking',
    Array.from({ length: 50 }, (_, i) => ({ [`o${i}`]: { kind: 'float' } }) as const),
    `{${Array.from({ length: 50 }, (_, i) => `"o${i}":1`).join()},"z":1}\n`,
    '0; 1 FIELD_NOT_ADDED /o20',
    ['a:integer', ...Array.from({ length: 20 }, (_, i) => `o${i}:float`)].join(' '),
  ],
];
for (const [what, others, lines, rejected, after] of overtaken) {
  test(`growSchema: where another root is faster, ${what}`, async () => {
    const catalog = new Catalog(others.map(adds));
    catalog.add('i', create);
    const { fields, told } = await write(catalog, lines);
    assert.deepEqual([told, fields], [rejected, after]);
  });
}

/** A body through the parts of a root that read it. */
async function write(catalog: Catalog, body: string) {
  const now = findIndex(catalog.state, 'i')!;
  const options: BulkOptions = {
    index: now,
    entries: { are: 'documents', deletable: true },
    catalogOffset: catalog.state.offset,
    key: { kind: 'generated' },
    arrivedAtMs: 0,
    isOneAppend: false,
    keySeed: 'seed',
    tellsOutcomes: false,
  };
  const target: WriteTarget = {
    log: new MemoryLog(() => 0),
    obstacle: () => null,
    addFields: (fields) => growSchema(catalog, index, fields),
  };
  const job = new WriteJob(target, (resumption) => parse.receive({ kind: 'resume', job: 1, ...resumption }));
  const world: ParseWorld = {
    plansOf: ({ index: { schema } }) => ({ plan: planValidation(schema), increments: null }),
    randomKey: () => assert.fail('a key is made up'),
    post: (message) => job.receive(message),
  };
  const parse = new ParseJob(world, 1, options);
  job.noteChunkSent();
  parse.receive({ kind: 'chunk', job: 1, bytes: new Uint8Array(Buffer.from(body)) });
  parse.receive({ kind: 'end', job: 1 });
  const { accepted, rejections } = await job.finish();
  const { schema } = findIndex(catalog.state, 'i')!;
  return {
    fields: Object.entries(schema.fields)
      .map(([path, { kind }]) => `${path}:${kind}`)
      .join(' '),
    told: `${accepted}; ${rejections.map(({ line, code, at }) => `${line} ${code} ${at}`).join(', ')}`,
  };
}

test('growSchema: an index that was deleted meanwhile', async () => {
  const catalog = new Catalog([{ change: 'delete', id: 'x0' }]);
  catalog.add('i', create);
  await assert.rejects(growSchema(catalog, index, { b: { kind: 'date' } }), { code: 'INDEX_NOT_FOUND' });
});

test('growSchema: an index whose place and name another one took meanwhile', async () => {
  const until = [-1];
  const base = { lacks: [], replicas: 1 };
  const catalog = new Catalog();
  for (const name of ['i', 'copy']) catalog.add(name, create);
  catalog.add('i', { change: 'move', id: 'x0', job: 7, step: 'begin' });
  catalog.add('i', { change: 'move', id: 'x0', job: 7, step: 'hold' });
  catalog.add('i', { change: 'move', id: 'x0', job: 7, step: 'measure', heldAt: 3, until });
  catalog.add('_aliases', {
    change: 'setAliases',
    actions: [
      { action: 'rename', id: 'x0', from: 'i', to: 'i-1' },
      { action: 'add', alias: 'i', target: { index: 'copy', id: 'x1' } },
    ],
    ends: { index: 'i', id: 'x0', heldAt: 3, until, from: until, into: 'copy', intoId: 'x1', base },
  });
  await assert.rejects(growSchema(catalog, index, { b: { kind: 'date' } }), { code: 'INDEX_HELD' });
});
