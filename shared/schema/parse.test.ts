import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzerNames } from '../analysis/analyzers.ts';
import { SheafError } from '../errors.ts';
import { checkIndexName } from './index-name.ts';
import { parseIndexBody } from './parse.ts';

const text = { kind: 'text' };
const keyword = { kind: 'keyword' };
const withFields = (fields: unknown) => ({ schema: { fields } });

test('parseIndexBody: fills in what is left out and says what was given', () => {
  const fields = { title: { kind: 'text', fields: { raw: keyword } }, 'author.name': keyword };
  assert.deepEqual(parseIndexBody(withFields(fields)), {
    kind: 'document',
    shards: 16,
    replicas: 1,
    schema: { dynamic: 'strict', fields },
    given: new Set(),
  });
  assert.equal(parseIndexBody({ schema: { fields, dynamic: false } }).schema.dynamic, 'false');
  assert.equal(parseIndexBody({ schema: { fields, dynamic: true } }).schema.dynamic, 'true');
  const all = { kind: 'document', shards: 1024, replicas: 16, schema: { dynamic: 'false', fields: {} } };
  assert.deepEqual(parseIndexBody(all), { ...all, given: new Set(['kind', 'shards', 'replicas', 'dynamic']) });

  test('parseIndexBody: a routing that is required is said, and one that is optional is nothing', () => {
    const schema = { fields: {} };
    assert.equal(parseIndexBody({ schema, routing: 'required' }).routing, 'required');
    assert.equal('routing' in parseIndexBody({ schema, routing: 'optional' }), false);
    assert.deepEqual(parseIndexBody({ schema, routing: 'optional' }).given, new Set(['routing']));
  });
});

test('parseIndexBody: takes names and pairs of kinds that are allowed', () => {
  const fields = {
    '@timestamp': { kind: 'date', fields: { text: keyword, number: { kind: 'integer' } } },
    constructor: text,
    'a.b': text,
    'a.c_-': { kind: 'integer', fields: { exact: { kind: 'float' } } },
    ab: { kind: 'keyword', fields: {} },
    ['x'.repeat(200)]: { kind: 'boolean' },
  };
  const parsed = parseIndexBody(withFields(fields)).schema.fields;
  assert.deepEqual(parsed, { ...fields, ab: keyword });
});

test('parseIndexBody: keeps analyzers and parameters of ranking where they are not what holds anyway', () => {
  const asked = {
    a: { ...text, analyzer: 'english', bm25: { k1: 0.9 }, fields: { b: { ...text, analyzer: 'simple' } } },
    c: { ...text, analyzer: 'standard', bm25: { b: 0.75 }, fields: { whole: { ...keyword, ignoreAbove: 256 } } },
  };
  assert.deepEqual(parseIndexBody(withFields(asked)).schema.fields, {
    a: { ...text, analyzer: 'english', bm25: { k1: 0.9, b: 0.75 }, fields: { b: { ...text, analyzer: 'simple' } } },
    c: { ...text, fields: { whole: { ...keyword, ignoreAbove: 256 } } },
  });
});

const manyFields = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count / 2 }, (_, i) => [`f${i}`, { kind: 'text', fields: { raw: keyword } }]),
  );

test('parseIndexBody: takes 1000 fields, sub-fields included', () => {
  assert.doesNotThrow(() => parseIndexBody(withFields(manyFields(1000))));
});

// Each row: a body, its fault, facts that must be in the detail.
const faults: [body: unknown, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  [undefined, 'BODY_MISSING undefined'],
  [[], 'REQUEST_TYPE_WRONG '],
  [{}, 'REQUEST_FIELD_MISSING ', { field: 'schema' }],
  [{ schema: {} }, 'REQUEST_FIELD_MISSING /schema', { field: 'fields' }],
  [
    { ...withFields({}), shard: 1 },
    'REQUEST_FIELD_UNKNOWN /shard',
    { allowed: ['kind', 'shards', 'replicas', 'routing', 'schema'] },
  ],
  [{ ...withFields({}), kind: 'columns' }, 'REQUEST_VALUE_INVALID /kind', { allowed: ['document', 'term', 'rollup'] }],
  [{ ...withFields({}), shards: 0 }, 'REQUEST_VALUE_INVALID /shards', { min: 1, max: 1024 }],
  [{ ...withFields({}), shards: '4' }, 'REQUEST_TYPE_WRONG /shards'],
  [{ ...withFields({}), replicas: 17 }, 'REQUEST_VALUE_INVALID /replicas', { max: 16, actual: 17 }],
  [{ ...withFields({}), replicas: null }, 'REQUEST_TYPE_WRONG /replicas'],
  [{ schema: { fields: {}, dynamic: 1 } }, 'REQUEST_TYPE_WRONG /schema/dynamic'],
  [
    { schema: { fields: {}, dynamic: 'runtime' } },
    'REQUEST_VALUE_INVALID /schema/dynamic',
    { allowed: ['strict', 'false', 'true'] },
  ],
  [withFields({ a: 'text' }), 'REQUEST_TYPE_WRONG /schema/fields/a'],
  [withFields({ a: {} }), 'REQUEST_FIELD_MISSING /schema/fields/a', { field: 'kind' }],
  [withFields({ a: { kind: 'string' } }), 'REQUEST_VALUE_INVALID /schema/fields/a/kind'],
  [
    withFields({ a: { kind: 'text', analyser: 'x' } }),
    'REQUEST_FIELD_UNKNOWN /schema/fields/a/analyser',
    { allowed: ['kind', 'analyzer', 'searchAnalyzer', 'bm25', 'ignoreAbove', 'format', 'fields'] },
  ],
  [
    withFields({ a: { kind: 'text', analyzer: 'x' } }),
    'REQUEST_VALUE_INVALID /schema/fields/a/analyzer',
    { allowed: analyzerNames },
  ],
  [withFields({ a: { ...keyword, analyzer: 'standard' } }), 'SCHEMA_INVALID /schema/fields/a/analyzer'],
  [
    withFields({ a: { ...text, fields: { b: { ...keyword, bm25: {} } } } }),
    'SCHEMA_INVALID /schema/fields/a/fields/b/bm25',
  ],
  [withFields({ a: { ...text, format: 'yyyy' } }), 'SCHEMA_INVALID /schema/fields/a/format'],
  [withFields({ a: { kind: 'date', format: 'WW' } }), 'REQUEST_VALUE_INVALID /schema/fields/a/format'],
  [withFields({ a: { ...text, ignoreAbove: 5 } }), 'SCHEMA_INVALID /schema/fields/a/ignoreAbove'],
  [withFields({ a: { ...keyword, ignoreAbove: 0 } }), 'REQUEST_VALUE_INVALID /schema/fields/a/ignoreAbove'],
  [withFields({ a: { ...keyword, ignoreAbove: 8192 } }), 'REQUEST_VALUE_INVALID /schema/fields/a/ignoreAbove'],
  [withFields({ a: { ...text, bm25: { k1: -1 } } }), 'REQUEST_VALUE_INVALID /schema/fields/a/bm25/k1'],
  [withFields({ a: { ...text, bm25: { b: 1.1 } } }), 'REQUEST_VALUE_INVALID /schema/fields/a/bm25/b', { actual: 1.1 }],
  [withFields({ a: { ...text, bm25: { k: 1 } } }), 'REQUEST_FIELD_UNKNOWN /schema/fields/a/bm25/k'],
  [
    withFields({ a: { kind: 'text', fields: { b: { ...keyword, fields: {} } } } }),
    'REQUEST_FIELD_UNKNOWN /schema/fields/a/fields/b/fields',
  ],
  [withFields({ '': text }), 'SCHEMA_INVALID /schema/fields/'],
  [withFields({ 'a..b': text }), 'SCHEMA_INVALID /schema/fields/a..b', { actual: 'a..b' }],
  [withFields({ _id: text }), 'SCHEMA_INVALID /schema/fields/_id'],
  [withFields({ 'a._b': text }), 'SCHEMA_INVALID /schema/fields/a._b'],
  [withFields({ 'a b': text }), 'SCHEMA_INVALID /schema/fields/a b'],
  [withFields({ 'a/b': text }), 'SCHEMA_INVALID /schema/fields/a~1b'],
  [JSON.parse('{"schema":{"fields":{"__proto__":{"kind":"text"}}}}'), 'SCHEMA_INVALID /schema/fields/__proto__'],
  [
    withFields({ ['x'.repeat(201)]: text }),
    `SCHEMA_INVALID /schema/fields/${'x'.repeat(201)}`,
    { limit: 200, actual: 201 },
  ],
  [withFields({ a: { kind: 'text', fields: { 'b.c': keyword } } }), 'SCHEMA_INVALID /schema/fields/a/fields/b.c'],
  [
    withFields({ a: { kind: 'text', fields: { year: { kind: 'integer' } } } }),
    'SCHEMA_INVALID /schema/fields/a/fields/year',
  ],
  [withFields({ 'a.b': text, a: text }), 'SCHEMA_INVALID /schema/fields/a.b', { field: 'a.b', inside: 'a' }],
  [withFields({ a: text, 'a.b.c': text }), 'SCHEMA_INVALID /schema/fields/a.b.c', { inside: 'a' }],
  [
    withFields({ a: { kind: 'text', fields: { raw: keyword } }, 'a.raw': keyword }),
    'SCHEMA_INVALID /schema/fields/a.raw',
  ],
  [withFields(manyFields(1002)), 'SCHEMA_INVALID /schema/fields', { limit: 1000, actual: 1002 }],
];

for (const [body, fault, facts = {}] of faults) {
  test(`parseIndexBody: refuses ${JSON.stringify({ body }).slice(0, 100)}`, () => {
    assert.throws(
      () => parseIndexBody(body),
      (error) => {
        assert.ok(error instanceof SheafError, String(error));
        assert.equal(`${error.code} ${error.at}`, fault);
        for (const [name, fact] of Object.entries(facts)) assert.deepEqual(error.detail[name], fact);
        return true;
      },
    );
  });
}

// Each row: a name, whether it is allowed.
const names: [name: string, allowed: boolean][] = [
  ['a', true],
  ['0', true],
  ['wordnet-3_1', true],
  ['constructor', true],
  ['x'.repeat(100), true],
  ['x'.repeat(101), false],
  ['', false],
  ['-a', false],
  ['_a', false],
  ['A', false],
  ['a.b', false],
  ['a/b', false],
  ['é', false],
  ['a\n', false],
];

for (const [name, allowed] of names) {
  test(`checkIndexName: ${JSON.stringify(name)}`, () => {
    if (allowed) checkIndexName(name);
    else assert.throws(() => checkIndexName(name), { code: 'INDEX_NAME_INVALID' });
  });
}

const parts = {
  filter: { short: { type: 'length', max: 3 } },
  analyzer: {
    mine: { type: 'custom', tokenizer: 'whitespace', filter: ['lowercase', 'short'] },
    theirs: 'english',
  },
};

test('parseIndexBody: a field has the parts that the name of its analyzer stands for', () => {
  const fields = {
    a: { kind: 'text', analyzer: 'mine', searchAnalyzer: 'theirs', fields: { b: { kind: 'text', analyzer: 'mine' } } },
    c: { kind: 'text', analyzer: { tokenizer: 'letter' } },
  };
  const mine = { tokenizer: 'whitespace', filter: ['lowercase', { type: 'length', max: 3 }] };
  assert.deepEqual(parseIndexBody({ schema: { analysis: parts, fields } }).schema.fields, {
    a: { kind: 'text', analyzer: mine, searchAnalyzer: 'english', fields: { b: { kind: 'text', analyzer: mine } } },
    c: { kind: 'text', analyzer: { tokenizer: 'letter' } },
  });
});

// Each row: what a schema says of analysis, the code and the place of its fault.
const analysisFaults: [analysis: unknown, fault: string][] = [
  [{ analyzers: {} }, 'REQUEST_FIELD_UNKNOWN /schema/analysis/analyzers'],
  [{ analyzer: { standard: { tokenizer: 'letter' } } }, 'SCHEMA_INVALID /schema/analysis/analyzer/standard'],
  [{ analyzer: { x: { tokenizer: 'y' } } }, 'REQUEST_VALUE_INVALID /schema/analysis/analyzer/x/tokenizer'],
  [
    { analyzer: { x: { tokenizer: 'letter', filter: ['y'] } } },
    'REQUEST_VALUE_INVALID /schema/analysis/analyzer/x/filter/0',
  ],
  [
    { filter: { a: 'b', b: 'a' }, analyzer: { x: { tokenizer: 'letter', filter: ['a'] } } },
    'REQUEST_VALUE_INVALID /schema/analysis/analyzer/x/filter/0',
  ],
];
for (const [analysis, fault] of analysisFaults) {
  test(`parseIndexBody: refuses the analysis ${JSON.stringify(analysis)}`, () => {
    assert.throws(
      () => parseIndexBody({ schema: { analysis, fields: {} } }),
      (error) => error instanceof SheafError && `${error.code} ${error.at}` === fault,
    );
  });
}
