import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsBetween, planCopy, type Known } from './plan-copy.ts';

/** `films-1 films-2! =films:films-1,films-2!`: indexes, and aliases of them. */
function knownOf(text: string): Known {
  const words = text.split(' ').filter((word) => word !== '');
  const schema = { fields: { year: { kind: 'integer', missing: 'null' }, title: { kind: 'text' } } };
  return {
    indexes: words
      .filter((word) => !word.startsWith('='))
      .map((name) => ({ name, kind: 'document', shards: 3, replicas: 2, schema })),
    aliases: words
      .filter((word) => word.startsWith('='))
      .map((word) => {
        const [alias, names] = word.slice(1).split(':');
        const indexes = names!.split(',').map((each) => {
          return each.endsWith('!') ? { index: each.slice(0, -1), write: true } : { index: each };
        });
        return { alias: alias!, indexes };
      }),
  };
}

// Each row: what there is; what films becomes: source → copy, and the new name of the source; or the fault.
const rows: [situation: string, known: string, expected: string | RegExp][] = [
  ['an index', 'films', 'films → films-2, then films-1'],
  ['an index, and others with numbers', 'films films-4 filmstar-9 films-x films-07', 'films → films-6, then films-5'],
  ['an alias', 'films-1 =films:films-1', 'films-1 → films-2'],
  ['an alias of an index with another name', 'movies =films:movies', 'movies → films-2'],
  ['an alias that was copied before, and back', 'films-1 films-2 =films:films-1', 'films-1 → films-3'],
  ['an alias that is written to in one of two', 'a b =films:a,b!', 'b → films-2'],
  ['one of a series', 'films-000001 =films:films-000001', 'films-000001 → films-000002'],
  [
    'one of a series that has gone on, and other numbers',
    'films-08 films-09 films-7 films-003 =films:films-08',
    'films-08 → films-10',
  ],
  ['a number that is an alias', 'films =films-1:films', 'films → films-3, then films-2'],
  ['an alias of two', 'a b =films:a,b', /none of them is its write index/],
  ['nothing', 'other', /no index and no alias films/],
];
for (const [situation, known, expected] of rows) {
  test(`planCopy: ${situation}`, () => {
    const plan = (): string => {
      const { source, into, retireAs } = planCopy('films', knownOf(known), config, undefined);
      return `${source.name} → ${into}${retireAs === undefined ? '' : `, then ${retireAs}`}`;
    };
    if (expected instanceof RegExp) assert.throws(plan, expected);
    else assert.equal(plan(), expected);
  });
}

const config = {
  url: 'http://x',
  shards: undefined,
  replicas: undefined,
  schema: undefined,
  set: undefined,
  back: false,
};

// Each row: what is said; the definition of the copy.
const fields = { year: { kind: 'integer', missing: 'null' }, title: { kind: 'text' } };
const definitions: [situation: string, said: object, schema: unknown, expected: object][] = [
  ['nothing', {}, undefined, { shards: 3, replicas: 2, schema: { fields } }],
  ['shards and replicas', { shards: 9, replicas: 1 }, undefined, { shards: 9, replicas: 1, schema: { fields } }],
  [
    'a kind of a field, and a field more',
    { set: 'year=keyword,id=keyword' },
    undefined,
    { shards: 3, replicas: 2, schema: { fields: { ...fields, year: { kind: 'keyword' }, id: { kind: 'keyword' } } } },
  ],
  ['the kind that it has', { set: 'year=integer' }, undefined, { shards: 3, replicas: 2, schema: { fields } }],
  ['a schema', {}, { fields: {} }, { shards: 3, replicas: 2, schema: { fields: {} } }],
];
for (const [situation, said, schema, expected] of definitions) {
  test(`planCopy, the definition: ${situation}`, () => {
    const { definition, isAsAsked } = planCopy('films', knownOf('films'), { ...config, ...said }, schema);
    assert.deepEqual(definition, { kind: 'document', ...expected });
    assert.equal(isAsAsked, situation === 'the kind that it has');
  });
}

test('planCopy: a copy of an index that requires a routing requires one', () => {
  const known = knownOf('films');
  const indexes = known.indexes.map((index) => ({ ...index, routing: 'required' }));
  const { definition, isAsAsked } = planCopy('films', { ...known, indexes }, { ...config, shards: 3 }, undefined);
  assert.equal('routing' in definition && definition.routing, 'required');
  assert.equal(isAsAsked, true);
});

// Each row: fields that the index has got since it was looked at, and what the copy was made with; what the copy is to get.
const year = { kind: 'integer' };
const had = { year, title: { kind: 'text' } };
const betweenRows: [situation: string, got: object, madeWith: object, expected: object | null][] = [
  ['nothing', {}, had, null],
  ['a field', { year2: year }, had, { year2: year }],
  ['a field, beside one that the copy is not to have', { year2: year }, { year }, { year2: year }],
  ['a field that was asked for in another way', { id: year }, { ...had, id: { kind: 'keyword' } }, null],
];
for (const [situation, got, madeWith, expected] of betweenRows) {
  test(`fieldsBetween: ${situation}`, () => {
    const [known] = knownOf('films').indexes;
    const source = { ...known!, schema: { fields: had } };
    const now = { ...source, schema: { fields: { ...had, ...got } } };
    const made = { kind: 'document', shards: 3, replicas: 2, schema: { fields: madeWith } };
    const lacking = fieldsBetween(source, made, { indexes: [now], aliases: [] });
    assert.deepEqual(lacking, expected === null ? null : { kind: 'document', schema: { fields: expected } });
    // As where the job has ended already, and the index another name.
    assert.equal(fieldsBetween(source, made, { indexes: [], aliases: [] }), null);
  });
}
