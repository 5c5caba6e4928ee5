/**
 * What can never hold, contradicts itself or names too much: each is refused over HTTP with its code, at once, and nothing of it is done: what there is of
 * indexes, aliases, templates, jobs and the document afterwards is what there was before.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CatalogChange } from '../../shared/catalog/catalog.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { catalogPartition } from '../../shared/log/log.ts';
import { startTestRoot } from '../../root/http/test-root.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from './client.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 1 });
  const { url } = cluster;
  const schema = { fields: { n: { kind: 'integer' } } };
  for (const name of ['one', 'two']) await must('PUT', `${url}/v1/indexes/${name}`, { shards: 1, schema });
  await must('PUT', `${url}/v1/indexes/one/documents/a?refresh=wait`, { n: 1 });
  await must('POST', `${url}/v1/aliases`, {
    actions: [
      { add: { alias: 'kept', index: 'one' } },
      { add: { alias: 'both', index: 'one' } },
      { add: { alias: 'both', index: 'two' } },
    ],
  });
  await must('PUT', `${url}/v1/templates/there`, {
    patterns: ['there-*'],
    priority: 5,
    aliases: { theirs: { write: true } },
    rollover: { alias: 'theirs', documents: 5 },
  });
});
after(() => cluster?.stop());

interface Refusal {
  readonly error?: { readonly code: string; readonly at?: string; readonly fix: string };
  readonly rejected?: { readonly listed: readonly { readonly code: string; readonly at: string }[] };
  readonly outcomes?: readonly { readonly result: string }[];
}

async function ask(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const isText = typeof body === 'string';
  const type = isText ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(`${cluster.url}/v1/${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Refusal };
}

/** All that a change could have changed. */
async function everything(): Promise<unknown> {
  const paths = ['aliases', 'templates', 'jobs', 'sources', 'indexes/one/documents/a', 'indexes/two/documents/a'];
  const { indexes } = (await must('GET', `${cluster.url}/v1/indexes`)) as { indexes: { name: string; id: string }[] };
  const rest = await Promise.all(paths.map(async (path) => (await ask('GET', path, undefined)).body));
  return [indexes.map(({ name, id }) => `${name} ${id}`), ...rest];
}

type Headers = Readonly<Record<string, string>>;
const document = 'indexes/one/documents/a';
const lines = 'indexes/one/documents';

// Each row: a write whose condition can never hold; status and code, of a line as `LINE CODE` or its result.
const conditions: [name: string, method: string, path: string, body: unknown, headers: Headers, expected: string][] = [
  [
    'to be there and not to be',
    'PUT',
    document,
    { n: 2 },
    { 'if-match': '*', 'if-none-match': '*' },
    '400 CONDITION_INVALID',
  ],
  ['a sequence that is none', 'PUT', document, { n: 2 }, { 'if-match': '"1.-1"' }, '400 CONDITION_INVALID'],
  ['a sequence of no index', 'PUT', document, { n: 2 }, { 'if-match': '"1"' }, '400 CONDITION_INVALID'],
  ['a term that is none', 'PUT', document, { n: 2 }, { 'if-match': '"0.1"' }, '400 CONDITION_INVALID'],
  ['a sequence without quotes', 'PUT', document, { n: 2 }, { 'if-match': '1.1' }, '400 CONDITION_INVALID'],
  ['a weak one', 'PUT', document, { n: 2 }, { 'if-match': 'W/"1.1"' }, '400 CONDITION_INVALID'],
  ['no tag but *', 'PUT', document, { n: 2 }, { 'if-none-match': '"1"' }, '400 CONDITION_INVALID'],
  ['a sequence to come', 'PUT', document, { n: 2 }, { 'if-match': '"1.9007199254740991"' }, '412 CONDITION_FAILED'],
  ['a sequence beyond all', 'PUT', document, { n: 2 }, { 'if-match': '"1.9007199254740992"' }, '400 CONDITION_INVALID'],
  ['a patch of none', 'PATCH', document, { n: 2 }, { 'if-none-match': '*' }, '400 CONDITION_INVALID'],
  ['a delete of none', 'DELETE', document, undefined, { 'if-none-match': '*' }, '400 CONDITION_INVALID'],
  ['a version and a header', 'PUT', `${document}?version=9`, { n: 2 }, { 'if-match': '*' }, '400 CONDITION_INVALID'],
  ['version 0', 'PUT', `${document}?version=0`, { n: 2 }, {}, '400 PARAMETER_INVALID'],
  ['one that is there, created', 'PUT', document, { n: 2 }, { 'if-none-match': '*' }, '412 CONDITION_FAILED'],
  [
    'any, put where nothing is',
    'PUT',
    'indexes/two/documents/a',
    { n: 2 },
    { 'if-match': '*' },
    '412 CONDITION_FAILED',
  ],
  [
    'any, patched where nothing is',
    'PATCH',
    'indexes/two/documents/a',
    { n: 2 },
    { 'if-match': '*' },
    '412 CONDITION_FAILED',
  ],
  [
    'any, deleted where nothing is',
    'DELETE',
    'indexes/two/documents/a',
    undefined,
    { 'if-match': '*' },
    '412 CONDITION_FAILED',
  ],
  ['a deletion of nothing', 'DELETE', 'indexes/two/documents/a?result=wait', undefined, {}, '404 DOCUMENT_NOT_FOUND'],
  ['a patch of nothing', 'PATCH', 'indexes/two/documents/a', { n: 2 }, {}, '404 DOCUMENT_NOT_FOUND'],
  ['a deletion of a sequence to come', 'DELETE', document, undefined, { 'if-match': '"1.99"' }, '412 CONDITION_FAILED'],
  ['a header of many documents', 'POST', lines, '{"n":2}\n', { 'if-match': '*' }, '400 CONDITION_INVALID'],
  ['a header that creates many', 'POST', lines, '{"n":2}\n', { 'if-none-match': '*' }, '400 CONDITION_INVALID'],
  [
    'a line that creates what has a sequence',
    'POST',
    lines,
    '{"_create":{"n":2},"_key":"a","_ifSequence":1}\n',
    {},
    '200 DOCUMENT_FIELD_UNKNOWN',
  ],
  [
    'a line of a version and a sequence',
    'POST',
    lines,
    '{"_put":{"n":2},"_key":"a","_ifSequence":1,"_version":3}\n',
    {},
    '200 DOCUMENT_FIELD_UNKNOWN',
  ],
  ['a line that creates what is there', 'POST', lines, '{"_create":{"n":2},"_key":"a"}\n', {}, '200 conflict'],
];
for (const [name, method, path, body, headers, expected] of conditions) {
  test(`bad changes: a condition that cannot hold: ${name}`, async () => {
    const was = await everything();
    const { status, body: answer } = await ask(method, path, body, headers);
    const code = answer.error?.code ?? answer.rejected?.listed[0]?.code ?? answer.outcomes?.[0]?.result;
    assert.equal(`${status} ${code}`, expected);
    assert.deepEqual(await everything(), was);
  });
}

const add = (alias: string, index: string, more: object = {}) => ({ add: { alias, index, ...more } });
const actions = (...all: object[]) => ({ actions: all });

// Each row: a change of aliases, or of indexes beside them; status, code and place.
const aliases: [name: string, method: string, path: string, body: unknown, expected: string][] = [
  [
    'to nothing',
    'POST',
    'aliases',
    actions(add('new', 'one'), add('new', 'none')),
    '404 INDEX_NOT_FOUND /actions/1/add/index',
  ],
  ['to itself', 'POST', 'aliases', actions(add('new', 'new')), '404 INDEX_NOT_FOUND /actions/0/add/index'],
  ['to an alias', 'POST', 'aliases', actions(add('new', 'kept')), '404 INDEX_NOT_FOUND /actions/0/add/index'],
  [
    'in a circle',
    'POST',
    'aliases',
    actions(add('new', 'one'), add('newer', 'new'), add('new', 'newer')),
    '404 INDEX_NOT_FOUND /actions/1/add/index',
  ],
  ['to a pattern', 'POST', 'aliases', actions(add('new', '*')), '404 INDEX_NOT_FOUND /actions/0/add/index'],
  [
    'two write indexes',
    'POST',
    'aliases',
    actions(add('both', 'one', { write: true }), add('both', 'two', { write: true })),
    '400 ALIAS_TWO_WRITE_INDEXES',
  ],
  ['the name of an index', 'POST', 'aliases', actions(add('two', 'one')), '409 NAME_TAKEN'],
  ['an index of its name', 'PUT', 'indexes/kept', { shards: 1, schema: { fields: {} } }, '409 NAME_TAKEN'],
  ['deleted as an index', 'DELETE', 'indexes/kept', undefined, '404 INDEX_NOT_FOUND'],
  ['a write to none of two', 'PUT', 'indexes/both/documents/a', { n: 2 }, '400 ALIAS_NOT_WRITABLE'],
  [
    'a write to none of two that may create',
    'PUT',
    'indexes/both/documents/a?create=dynamic',
    { n: 2 },
    '400 ALIAS_NOT_WRITABLE',
  ],
  ['a roll of nothing', 'POST', 'aliases/none/rollover', undefined, '404 ALIAS_NOT_FOUND'],
  ['a roll of an index', 'POST', 'aliases/one/rollover', undefined, '404 ALIAS_NOT_FOUND'],
  ['a roll of two', 'POST', 'aliases/both/rollover', undefined, '400 ALIAS_NOT_WRITABLE'],
  ['a roll of what does not count', 'POST', 'aliases/kept/rollover', undefined, '400 ROLLOVER_NAME_INVALID'],
  ['a roll of a pattern', 'POST', 'aliases/k*/rollover', undefined, '400 INDEX_NAME_INVALID alias'],
  [
    'a roll with a body of another kind',
    'POST',
    'aliases/kept/rollover',
    { conditions: {} },
    '400 REQUEST_FIELD_UNKNOWN /conditions',
  ],
  [
    'a reindex into itself',
    'POST',
    'jobs',
    { kind: 'reindex', index: 'one', into: 'one' },
    '400 REQUEST_VALUE_INVALID /into',
  ],
  ['a job on nothing', 'POST', 'jobs', { kind: 'deleteByQuery', index: 'none' }, '404 INDEX_NOT_FOUND'],
  [
    'a job on an alias of two',
    'POST',
    'jobs',
    { kind: 'deleteByQuery', index: 'both' },
    '400 REQUEST_VALUE_INVALID /index',
  ],
  ['a reindex into an alias', 'POST', 'jobs', { kind: 'reindex', index: 'one', into: 'kept' }, '404 INDEX_NOT_FOUND'],
  ['a job on a pattern', 'POST', 'jobs', { kind: 'deleteByQuery', index: '*' }, '404 INDEX_NOT_FOUND'],
];
for (const [name, method, path, body, expected] of aliases) {
  test(`bad changes: an alias, or what is done to one: ${name}`, async () => {
    await expectRefused(method, path, body, expected);
  });
}

async function expectRefused(method: string, path: string, body: unknown, expected: string): Promise<void> {
  const was = await everything();
  const { status, body: answer } = await ask(method, path, body);
  const { code, at = '', fix } = answer.error ?? { code: 'none', fix: '' };
  assert.equal(`${status} ${code} ${at}`.trim(), expected);
  assert.ok(fix.length > 0);
  assert.deepEqual(await everything(), was);
}

const base = { patterns: ['new-*'] };
const writes = { aliases: { news: { write: true } } };
const rolls = (policy: object) => ({ ...base, ...writes, rollover: { alias: 'news', ...policy } });

// Each row: a template that cannot be; code and place.
const templates: [name: string, body: unknown, expected: string][] = [
  ['no body', undefined, '400 BODY_MISSING'],
  ['another name', { ...base, name: 'newer' }, '400 REQUEST_VALUE_INVALID /name'],
  ['no patterns', {}, '400 REQUEST_FIELD_MISSING'],
  ['an empty list of them', { patterns: [] }, '400 REQUEST_VALUE_INVALID /patterns'],
  ['eleven', { patterns: Array.from({ length: 11 }, (_, i) => `p${i}`) }, '400 REQUEST_VALUE_INVALID /patterns'],
  ['a pattern that no name fits', { patterns: ['new-*', 'New-*'] }, '400 INDEX_NAME_INVALID /patterns/1'],
  ['another', { patterns: ['_*'] }, '400 INDEX_NAME_INVALID /patterns/0'],
  ['another, of nothing', { patterns: [''] }, '400 INDEX_NAME_INVALID /patterns/0'],
  ['another, too long', { patterns: [`${'n'.repeat(101)}*`] }, '400 INDEX_NAME_INVALID /patterns/0'],
  ['half a priority', { ...base, priority: 0.5 }, '400 REQUEST_TYPE_WRONG /priority'],
  ['a priority below nothing', { ...base, priority: -1 }, '400 REQUEST_VALUE_INVALID /priority'],
  ['an option that is none', { ...base, shard: 1 }, '400 REQUEST_FIELD_UNKNOWN /shard'],
  ['no shards', { ...base, shards: 0 }, '400 REQUEST_VALUE_INVALID /shards'],
  ['a kind that is none', { ...base, kind: 'table' }, '400 REQUEST_VALUE_INVALID /kind'],
  [
    'a field inside another',
    { ...base, schema: { fields: { a: { kind: 'keyword' }, 'a.b': { kind: 'keyword' } } } },
    '400 SCHEMA_INVALID /schema/fields/a.b',
  ],
  ['the priority and the names of another', { patterns: ['there-a*'], priority: 5 }, '409 TEMPLATE_CONFLICT'],
  ['the same from the other end', { patterns: ['*-b'], priority: 5 }, '409 TEMPLATE_CONFLICT'],
  [
    'the alias of another, which it rolls',
    { ...base, aliases: { theirs: { write: true } }, rollover: { alias: 'theirs', age: '1d' } },
    '409 TEMPLATE_CONFLICT',
  ],
  ['an alias that fits its patterns', { ...base, aliases: { 'new-all': {} } }, '400 TEMPLATE_INVALID /aliases/new-all'],
  ['an alias that is an index', { ...base, aliases: { two: {} } }, '409 NAME_TAKEN'],
  ['an alias that is no name', { ...base, aliases: { 'N*': {} } }, '400 INDEX_NAME_INVALID /aliases/N*'],
  [
    'eleven aliases',
    { ...base, aliases: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, {}])) },
    '400 REQUEST_VALUE_INVALID /aliases',
  ],
  [
    'a filter of no field',
    { ...base, schema: { fields: {} }, aliases: { news: { filter: { term: { m: 1 } } } } },
    '400 FIELD_UNKNOWN /aliases/news/filter/term/m',
  ],
  [
    'a policy of an alias that it has not',
    { ...base, rollover: { alias: 'news', age: '1d' } },
    '400 TEMPLATE_INVALID /rollover/alias',
  ],
  [
    'a policy of an alias that is not written to',
    { ...base, aliases: { news: {} }, rollover: { alias: 'news', age: '1d' } },
    '400 TEMPLATE_INVALID /rollover/alias',
  ],
  ['a policy that says nothing', rolls({}), '400 TEMPLATE_INVALID /rollover'],
  ['a policy that always holds', rolls({ documents: 0 }), '400 REQUEST_VALUE_INVALID /rollover/documents'],
  ['another', rolls({ bytes: 0 }), '400 REQUEST_VALUE_INVALID /rollover/bytes'],
  ['a policy that never holds', rolls({ documents: 1e15 }), '400 REQUEST_VALUE_INVALID /rollover/documents'],
  ['another, of ages', rolls({ age: '100000d' }), '400 REQUEST_VALUE_INVALID /rollover/age'],
  [
    'another, of the kind',
    { ...rolls({ documents: 5_000_000_000 }), kind: 'term', schema: { fields: {} } },
    '400 TEMPLATE_INVALID /rollover/documents',
  ],
  ['an age of no time', rolls({ age: '0s' }), '400 REQUEST_VALUE_INVALID /rollover/age'],
  ['an age in months', rolls({ deleteAfter: '1M' }), '400 REQUEST_VALUE_INVALID /rollover/deleteAfter'],
  ['an age that is a list', rolls({ age: ['1d'] }), '400 REQUEST_TYPE_WRONG /rollover/age'],
];
for (const [name, body, expected] of templates) {
  test(`bad changes: a template that cannot be: ${name}`, async () => {
    await expectRefused('PUT', 'templates/new', body, expected);
  });
}

// Each row: a name that an index would be created under.
for (const name of ['_templates', 'New', 'new*', 'one,two', 'a b', 'n'.repeat(101)]) {
  test(`bad changes: an index is not created as ${name.slice(0, 20)}`, async () => {
    const path = `indexes/${encodeURIComponent(name)}/documents/a?create=dynamic`;
    await expectRefused('PUT', path, { n: 1 }, '400 INDEX_NAME_INVALID index');
  });
}

test('bad changes: a pattern that fits ten thousand indexes is refused by the limit, and so is one that would be written to', async (t) => {
  const root = await startTestRoot();
  t.after(() => root.close());
  const definition = { kind: 'document', shards: 1, replicas: 1, schema: { dynamic: 'strict', fields: {} } } as const;
  const writer = new BatchWriter(-1);
  const change: CatalogChange = { change: 'create', definition };
  const body = Buffer.from(JSON.stringify(change));
  for (let i = 0; i < 10_000; i++) writer.add('put', `i${i}`, body);
  await root.log.append([{ partition: catalogPartition, count: 10_000, bytes: writer.finish() }]);
  await root.catalog.catchUp();
  assert.equal(root.catalog.state.indexes.size, 10_001);
  const port = await root.server.listen({ host: '127.0.0.1', port: 0 });
  const refusals: [method: string, path: string, expected: string][] = [
    ['POST', 'indexes/*/search', '400 SEARCH_INDEXES_TOO_MANY'],
    ['GET', 'indexes/i*/search?q=a', '400 SEARCH_INDEXES_TOO_MANY'],
    ['POST', 'indexes/*,i1,*/search', '400 SEARCH_INDEXES_TOO_MANY'],
    ['POST', 'indexes/i*/documents?create=dynamic', '400 INDEX_NAME_INVALID'],
    ['PUT', 'indexes/i*/documents/a', '404 INDEX_NOT_FOUND'],
    ['DELETE', 'indexes/*', '400 INDEX_NAME_INVALID'],
  ];
  for (const [method, path, expected] of refusals) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method,
      ...(method === 'GET' || method === 'DELETE'
        ? {}
        : { body: '{}', headers: { 'content-type': 'application/json' } }),
    });
    const { error } = (await response.json()) as { error: { code: string; detail: Record<string, unknown> } };
    assert.equal(`${response.status} ${error.code}`, expected, path);
    if (error.code !== 'SEARCH_INDEXES_TOO_MANY') continue;
    // Not one index more is looked at than says that there are too many.
    assert.deepEqual([error.detail['limit'], error.detail['actual']], [1000, 'at least 1001']);
  }
  assert.equal(root.catalog.state.indexes.size, 10_001);
});
