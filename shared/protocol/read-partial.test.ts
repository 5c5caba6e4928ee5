import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHits } from './hit-table.ts';
import type { RefreshTask } from './tasks/refresh.ts';
import type { SearchTask } from './tasks/search.ts';
import type { Partial, Task } from './tasks/tasks.ts';
import { readPartial } from './read-partial.ts';
import { byCount } from '../aggregation/terms-order.ts';

const task: RefreshTask = { kind: 'refresh', index: 'x0', shards: [0, 1], remainingMs: 10 };
const noBody = new Uint8Array();
const base = { shards: [0], failures: [{ shard: 1, code: 'LEAF_BUSY' }], documents: 1, offsets: { 0: 7 } };
const good = { kind: 'refresh', ...base };

test('readPartial: takes what a leaf sends', () => assert.equal(readPartial(task, good, noBody), good));

// Each row: what a leaf must not send.
const bad: [name: string, header: unknown][] = [
  ['null', null],
  ['an array', []],
  ['a text', 'x'],
  ['another kind', { ...good, kind: 'search' }],
  ['no shards', { ...good, shards: undefined }],
  ['shards that are no numbers', { ...good, shards: ['0'] }],
  ['no failures', { ...good, failures: {} }],
  ['a failure that is null', { ...good, failures: [null] }],
  ['documents that are no number', { ...good, documents: null }],
  ['offsets that are none', { ...good, offsets: 'x' }],
  ['no offset of a shard that answered', { ...good, offsets: {} }],
  ['a timing that is none', { ...good, timing: 5 }],
  ['a failure with a detail that is none', { ...good, failures: [{ shard: 1, code: 'LEAF_BUSY', detail: 'x' }] }],
  ['a failure without a known code', { ...good, failures: [{ shard: 1, code: 'toString' }] }],
];
for (const [name, header] of bad) {
  test(`readPartial: refuses ${name}`, () => assert.equal(readPartial(task, header, noBody), undefined));
}

const search: SearchTask = {
  ...task,
  kind: 'search',
  query: { kind: 'all' },
  k: 10,
  sort: [{ by: 'score', descending: true }],
  source: true,
  aggregations: {},
};
const hit = { shard: 0, offset: 3, values: [1.5], score: 1.5, key: 'ab' };
type Changes = { readonly [K in keyof typeof hit]?: (typeof hit)[K] };
const packed = (changes: Changes = {}) => packHits(search.sort, [{ ...hit, ...changes }], [Buffer.from('{}')]);
const { table } = packed();
const proper = Buffer.concat(packed().body);
const bytesOf = (changes: Changes): Uint8Array => Buffer.concat(packed(changes).body);

// Each row: what the hits and the body of a partial must not be.
const hits: [name: string, hits: unknown, body: Uint8Array][] = [
  ['no hits', undefined, proper],
  ['hits in rows', [], proper],
  ['more hits than there are', { ...table, count: 2 }, proper],
  ['no number of hits', { ...table, count: '1' }, proper],
  ['a column that is too short', { ...table, sourceBytes: [] }, proper.subarray(2)],
  ['a column that is none', { ...table, told: 3 }, proper],
  ['values of another sort', { ...table, texts: [null, null] }, proper],
  ['texts of a sort by number', { ...table, texts: [['1.5']] }, proper.subarray(8)],
  ['a score by another key', { ...table, scoreAt: 1 }, proper],
  ['a body that is too short', table, proper.subarray(1)],
  ['a body that is too long', table, Buffer.concat([proper, proper])],
  ['a hit of a shard that is not answered for', table, bytesOf({ shard: 1 })],
  ['an offset that is none', table, bytesOf({ offset: 0.5 })],
  ['a value that is infinite', table, bytesOf({ values: [Infinity] })],
  ['a score that is no number', table, bytesOf({ values: [NaN] })],
  [
    'a key that is held back though it was asked for',
    { ...table, keyBytes: [], sourceBytes: [] },
    proper.subarray(0, 18),
  ],
  ['keys of other hits', { ...table, shownFrom: 1 }, proper],
  ['a negative length', { ...table, keyBytes: [6], sourceBytes: [-2] }, proper],
  ['explanations that are none', { ...table, told: [1] }, proper],
  ['lengths that are no numbers', { ...table, keyBytes: ['4'] }, proper],
];
const found = { total: 1, totalRelation: 'eq', aggregations: {} };
const partialOf = (of: unknown): unknown => ({ ...good, kind: 'search', ...found, hits: of });

test('readPartial: takes hits', () => {
  const ofOther = {
    ...good,
    shards: [1],
    offsets: { 1: 7 },
    kind: 'search',
    ...found,
    hits: table,
  };
  assert.ok(readPartial(search, ofOther, bytesOf({ shard: 1 })));
  assert.ok(readPartial(search, partialOf(table), proper));
  const held = packHits(search.sort, [{ ...hit, key: null }], []);
  const none = { ...search, sourcesOf: { from: 0, until: 0 } };
  assert.ok(readPartial(none, partialOf(held.table), Buffer.concat(held.body)));
  assert.equal(readPartial(none, partialOf(table), proper), undefined, 'a key that was not asked for');
});
for (const [name, of, bytes] of hits) {
  test(`readPartial: refuses ${name}`, () => {
    assert.equal(readPartial(search, partialOf(of), bytes), undefined);
  });
}

const sum = { kind: 'sum', field: 'n', values: 'number' } as const;
const shape = {
  field: 'f',
  values: 'string',
  show: 'plain',
  size: 9,
  shardSize: 9,
  order: byCount,
  minDocCount: 1,
} as const;
const terms = { kind: 'terms', ...shape, aggregations: { s: sum } } as const;
const histogram = {
  kind: 'histogram',
  field: 'n',
  show: 'plain',
  interval: 1,
  offset: 0,
  minDocCount: 1,
  aggregations: {},
} as const;
const metric = { kind: 'metric', count: 1, sum: [2], min: 2, max: null };
const statistics = { fields: { t: { documents: 1, length: 2 } }, frequencies: { t: { a: 1 } } };

/** Of each kind a task that asks for all there is, what it may be answered, and the bytes of the body. */
const ofEachKind: { readonly [K in Task['kind']]: [Extract<Task, { kind: K }>, object, number] } = {
  refresh: [task, {}, 0],
  rows: [{ ...task, kind: 'rows' }, {}, 5],
  fetch: [
    { ...task, kind: 'fetch', hits: { 0: [3] }, source: true },
    { found: { shards: [0], offsets: [3], keyBytes: [2], sourceBytes: [5] } },
    7,
  ],
  document: [{ ...task, kind: 'document', key: 'a' }, { found: { offset: 7, version: 2, sequence: 7 } }, 5],
  matches: [
    {
      ...task,
      kind: 'matches',
      places: { 0: { index: 'x0', shard: 3, query: 0 } },
      queries: [{ kind: 'all' }],
    },
    { excluded: { 0: 9 } },
    0,
  ],
  outcomes: [{ ...task, kind: 'outcomes', wanted: { 0: [4] } }, { found: { 0: [[4, 'updated', 2, 4]] } }, 0],
  scan: [
    { ...task, kind: 'scan', query: { kind: 'all' }, above: 3, until: 9, size: 2, sources: true },
    { found: { keys: ['a', 'b'], sequences: [4, 7], sourceBytes: [2, 3] }, upTo: 7 },
    5,
  ],
  statistics: [{ ...task, kind: 'statistics', terms: {} }, { statistics }, 0],
  search: [
    { ...search, aggregations: { a: terms, h: histogram } },
    {
      ...found,
      hits: table,
      aggregations: {
        a: {
          kind: 'terms',
          buckets: [{ key: 'x', count: 1, aggregations: { s: metric } }],
          cutCountMax: 0,
          cutCountSum: 0,
        },
        h: { kind: 'histogram', buckets: [{ key: 3, count: 1, aggregations: {} }] },
      },
    },
    22,
  ],
  sets: [
    { ...task, kind: 'sets', terms: [], expression: { kind: 'none', id: 0 }, apart: [], frequencies: [], scoring: {} },
    {
      sets: [9],
      nodes: [{ node: 0, parts: [0], set: 0 }],
      postings: [{ term: 0, set: 0, documents: 2, frequencyBytes: 4 }],
      statistics,
      collection: 3,
    },
    19,
  ],
  sources: [
    { ...task, kind: 'sources', ordinals: [], source: true },
    { found: [{ ordinal: 1, key: 'a', sourceBytes: 5 }] },
    5,
  ],
};

/** Every place in a value, with another value there in turn: what is said of it, and the whole. */
function* spoiled(value: unknown, with_: unknown): Generator<[place: string, whole: unknown]> {
  yield ['', with_];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const [place, whole] of spoiled(inner, with_)) {
      const copy: unknown = Array.isArray(value) ? value.with(Number(name), whole) : { ...value, [name]: whole };
      yield [`/${name}${place}`, copy];
    }
  }
}

/** What may be null, any number or any text. */
const open: readonly string[] = [
  '/hits/texts/0 null',
  '/found null',
  '/found/keys/0 wrong',
  '/found/keys/1 wrong',
  '/found/0/key wrong',
  '/nodes/0/parts null',
  '/aggregations/a/buckets/0/key wrong',
  '/aggregations/h/buckets/0/key -3',
  '/aggregations/a/buckets/0/aggregations/s/sum/0 -3',
  '/aggregations/a/buckets/0/aggregations/s/min null',
  '/aggregations/a/buckets/0/aggregations/s/min -3',
  '/aggregations/a/buckets/0/aggregations/s/max null',
  '/aggregations/a/buckets/0/aggregations/s/max -3',
];

for (const [kind, [asked, own, bodyBytes]] of Object.entries(ofEachKind)) {
  test(`readPartial: takes ${kind}, and refuses it with anything in it that is not what it should be`, () => {
    const body = new Uint8Array(bodyBytes);
    const whole: object = { kind, ...base, ...own } satisfies { kind: string } | Partial;
    assert.equal(readPartial(asked, whole, body), whole);
    for (const wrong of [null, true, 'wrong', -3]) {
      for (const [place, spoilt] of spoiled(whole, wrong)) {
        const name = `${place} ${String(wrong)}`;
        if (open.includes(name)) continue;
        assert.equal(readPartial(asked, spoilt, body), undefined, `${name} was taken`);
      }
    }
  });
}
