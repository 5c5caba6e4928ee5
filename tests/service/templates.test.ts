/** Templates through two roots: what they take, what they refuse, and what writes to indexes that are not there make of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send, sendWith } from './client.ts';

let cluster: Cluster;
let roots: readonly string[];
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--roots', '2'] });
  roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
});
after(() => cluster.stop());

interface Answer {
  readonly error: { readonly code: string; readonly at?: string; readonly detail: Readonly<Record<string, unknown>> };
  readonly _index: string;
}

const put = (name: string, body: unknown, root = 0) => send<Answer>('PUT', `${roots[root]}/v1/templates/${name}`, body);
const list = (root = 0) => must<{ templates: { name: string }[] }>('GET', `${roots[root]}/v1/templates`);
const indexes = async (): Promise<readonly string[]> => {
  const { indexes: all } = await must<{ indexes: { name: string }[] }>('GET', `${roots[0]}/v1/indexes`);
  return all.map(({ name }) => name);
};

test('templates: are shown as they can be set again, on every root, and deleted', async () => {
  const body = {
    patterns: ['shown-*'],
    priority: 3,
    shards: 2,
    routing: 'required',
    schema: { dynamic: 'true', fields: { n: { kind: 'integer' } } },
    aliases: { shown: { write: true, filter: { range: { n: { gt: 0 } } } }, more: {} },
    rollover: { alias: 'shown', documents: 10, bytes: 1000, age: '12h', deleteAfter: '1.5d' },
  };
  assert.equal((await put('shown', body)).status, 201);
  const { name, ...shown } = await must<{ name: string; rollover: object }>('GET', `${roots[1]}/v1/templates/shown`);
  const rollover = { ...body.rollover, age: 43_200_000, deleteAfter: 129_600_000 };
  assert.deepEqual([name, shown], ['shown', { ...body, kind: 'document', replicas: 1, rollover }]);
  assert.equal((await put('shown', { name, ...shown }, 1)).status, 200);
  assert.deepEqual((await list()).templates, [{ name, ...shown }]);
  await must('DELETE', `${roots[1]}/v1/templates/shown`);
  assert.deepEqual((await list()).templates, []);
  assert.equal((await send<Answer>('GET', `${roots[0]}/v1/templates/shown`)).body.error.code, 'TEMPLATE_NOT_FOUND');
  assert.equal((await send<Answer>('DELETE', `${roots[0]}/v1/templates/shown`)).body.error.code, 'TEMPLATE_NOT_FOUND');
});

// Each row: a write; whether there is an index then; the status, and the code of what is refused.
const writes: [
  name: string,
  method: string,
  path: string,
  body: string | undefined,
  made: boolean,
  expected: string,
  headers?: Readonly<Record<string, string>>,
][] = [
  ['a document', 'PUT', 'a/documents/1?create=template', '{"n":1}', true, '200'],
  ['many', 'POST', 'b/documents?create=template', '{"n":1}\n{"n":2}\n', true, '200'],
  ['many under keys', 'POST', 'c/documents?create=template&key=k', '{"k":"1"}\n', true, '200'],
  ['a part, or the whole', 'PATCH', 'd/documents/1?create=template&upsert=true', '{"n":1}', true, '201'],
  ['a part of nothing', 'PATCH', 'e/documents/1?create=template', '{"n":1}', false, '404 INDEX_NOT_FOUND'],
  [
    'a change of what is there',
    'PUT',
    'e/documents/1?create=template',
    '{"n":1}',
    false,
    '404 INDEX_NOT_FOUND',
    { 'if-match': '*' },
  ],
  [
    'a change of what was read',
    'PUT',
    'e/documents/1?create=template',
    '{"n":1}',
    false,
    '404 INDEX_NOT_FOUND',
    { 'if-match': '"5.1"' },
  ],
  [
    'a part or the whole of what was read',
    'PATCH',
    'e/documents/1?create=template&upsert=true',
    '{"n":1}',
    false,
    '404 INDEX_NOT_FOUND',
    { 'if-match': '"5.1"' },
  ],
  ['what is not there yet', 'PUT', 'e/documents/1?create=template', '{"n":1}', true, '201', { 'if-none-match': '*' }],
  [
    'lines that do nothing but patch',
    'POST',
    'f/documents?create=template',
    '{"_patch":{"n":1},"_key":"a"}\n',
    false,
    '404 INDEX_NOT_FOUND',
  ],
  [
    'a line of what was read',
    'POST',
    'f/documents?create=template',
    '{"_put":{"n":1},"_key":"a","_ifSequence":1,"_ifTerm":5}\n',
    false,
    '404 INDEX_NOT_FOUND',
  ],
  [
    'a deletion of what was read',
    'POST',
    'f/documents?create=template',
    '{"_delete":"a","_ifSequence":1,"_ifTerm":5}\n',
    false,
    '404 INDEX_NOT_FOUND',
  ],
  [
    'a line of what was read, and one that is new',
    'POST',
    'h/documents?create=template',
    '{"_put":{"n":1},"_key":"a","_ifSequence":1,"_ifTerm":5}\n{"n":1}\n',
    true,
    '200',
  ],
  ['without being asked to', 'PUT', 'f/documents/1', '{"n":1}', false, '404 INDEX_NOT_FOUND'],
  ['as it was told not to', 'PUT', 'f/documents/1?create=never', '{"n":1}', false, '404 INDEX_NOT_FOUND'],
  ['a word that is none', 'PUT', 'f/documents/1?create=yes', '{"n":1}', false, '400 PARAMETER_INVALID'],
  ['a deletion', 'DELETE', 'f/documents/1?create=template', undefined, false, '400 PARAMETER_UNKNOWN'],
  ['no body', 'PUT', 'f/documents/1?create=template', undefined, false, '400 BODY_MISSING'],
  ['no lines', 'POST', 'f/documents?create=template', '', false, '400 BODY_MISSING'],
  ['lines of which one is right', 'POST', 'g/documents?create=template', '{"a b":1}\n{"n":1}\n', true, '200'],
  ['lines that are all wrong', 'POST', 'f/documents?create=template', '{"a b":1}\nnonsense\n', false, '200'],
  [
    'lines that do nothing but delete',
    'POST',
    'f/documents?create=template',
    '{"_delete":"a"}\n',
    false,
    '404 INDEX_NOT_FOUND',
  ],
  ['lines without their keys', 'POST', 'f/documents?create=template&key=k', '{"n":1}\n', false, '200'],
  [
    'no routing, where one is required',
    'PUT',
    'routed/documents/1?create=template',
    '{}',
    false,
    '400 ROUTING_MISSING',
  ],
  ['a routing', 'PUT', 'routed/documents/1?create=template&routing=a', '{"n":1}', true, '200'],
  ['lines without a routing', 'POST', 'routed/documents?create=template', '{"n":1}\n', false, '200'],
  ['lines with a routing', 'POST', 'routed/documents?create=template&routing=a', '{"n":1}\n', true, '200'],
  ['a key that is none', 'PUT', `f/documents/${'k'.repeat(600)}?create=template`, '{}', false, '400 KEY_TOO_LONG'],
  ['a document into a roll-up', 'PUT', 'counts/documents/1?create=template', '{}', false, '400 INDEX_KIND_WRONG'],
];
for (const [name, method, path, body, made, expected, headers = {}] of writes) {
  test(`create=template: ${name}`, async (t) => {
    await must('PUT', `${roots[0]}/v1/templates/some`, { patterns: ['some-*'], shards: 1, aliases: { both: {} } });
    await must('PUT', `${roots[0]}/v1/templates/counts`, {
      patterns: ['some-counts'],
      priority: 1,
      kind: 'rollup',
      shards: 1,
      schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } },
    });
    await must('PUT', `${roots[0]}/v1/templates/routed`, {
      patterns: ['some-routed'],
      priority: 2,
      shards: 1,
      routing: 'required',
      aliases: { both: {} },
    });
    const index = `some-${path.split('/', 1)[0]}`;
    t.after(async () => await send('DELETE', `${roots[0]}/v1/indexes/${index}`));
    const { status, body: answer } = await sendWith<Answer | null>(
      headers,
      method,
      `${roots[1]}/v1/indexes/some-${path}`,
      body,
    );
    assert.equal(`${status} ${answer?.error?.code ?? ''}`.trim(), expected);
    assert.equal((await indexes()).includes(index), made);
    const aliased = await send<{ indexes: unknown }>('GET', `${roots[0]}/v1/aliases/both`);
    assert.deepEqual(aliased.body.indexes, made ? [{ index }] : undefined);
  });
}

test('create: where no template fits it is refused with a way out, or takes whatever its documents bring', async () => {
  const url = `${roots[1]}/v1/indexes/nothing-fits/documents/1`;
  const refused = await send<Answer>('PUT', `${url}?create=template`, { n: 1 });
  assert.deepEqual([refused.status, refused.body.error.code], [404, 'INDEX_NOT_FOUND']);
  assert.match(String(refused.body.error.detail['reason']), /no template fits .*create=dynamic/);
  await must('PUT', `${url}?create=dynamic`, { n: 1, word: 'so' });
  const { schema, createdAt } = await must<{ schema: { fields: object }; createdAt: string }>(
    'GET',
    `${roots[0]}/v1/indexes/nothing-fits`,
  );
  assert.deepEqual(Object.keys(schema.fields).sort(), ['n', 'word']);
  assert.equal(new Date(createdAt).toISOString(), createdAt);
});

test('create: an index whose alias has a write index already, or whose alias is an index, is not made', async () => {
  await must('PUT', `${roots[0]}/v1/templates/single`, {
    patterns: ['single-*'],
    shards: 1,
    aliases: { one: { write: true } },
  });
  const write = (name: string) => send<Answer>('PUT', `${roots[0]}/v1/indexes/${name}/documents/1?create=template`, {});
  assert.equal((await write('single-a')).status, 200);
  assert.equal((await write('single-b')).body.error.code, 'ALIAS_TWO_WRITE_INDEXES');
  await must('DELETE', `${roots[0]}/v1/indexes/single-a`);
  await must('PUT', `${roots[0]}/v1/indexes/one`, { shards: 1, schema: { fields: {} } });
  assert.equal((await write('single-b')).body.error.code, 'NAME_TAKEN');
  assert.deepEqual(
    (await indexes()).filter((name) => name.startsWith('single')),
    [],
  );
});

test('create: a root that is set to it creates without being asked, and not where it is told not to', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const first = await startCluster({ leaves: 1, data, args: ['--create-indexes', 'dynamic'] });
  t.after(() => first.stop());
  await must('PUT', `${first.url}/v1/templates/kept`, { patterns: ['kept-*'], shards: 1 });
  await must('PUT', `${first.url}/v1/indexes/any/documents/1`, { n: 1 });
  const never = await send<Answer>('PUT', `${first.url}/v1/indexes/other/documents/1?create=never`, { n: 1 });
  assert.equal(never.body.error.code, 'INDEX_NOT_FOUND');
  await first.stop();
  // Templates are there after every process was started anew, and what is created by them is as they say.
  const second = await startCluster({ leaves: 1, data, args: ['--create-indexes', 'template'] });
  t.after(() => second.stop());
  await must('PUT', `${second.url}/v1/indexes/kept-1/documents/1?refresh=wait`, { n: 1 });
  assert.equal((await must<{ shards: number }>('GET', `${second.url}/v1/indexes/kept-1`)).shards, 1);
  assert.equal((await send('PUT', `${second.url}/v1/indexes/more/documents/1`, { n: 1 })).status, 404);
});
