/** Aliases through two roots: what they take, what they refuse, and that each change is seen whole. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
let roots: readonly string[];
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--roots', '2'] });
  roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const schema = { fields: { n: { kind: 'integer' } } };
  for (const name of ['one', 'two', 'three'])
    await must('PUT', `${roots[0]}/v1/indexes/${name}`, { shards: 1, schema });
});
after(() => cluster.stop());

interface Refused {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: unknown };
}

const change = (root: string, ...actions: object[]) => send<Refused>('POST', `${root}/v1/aliases`, { actions });
const add = (alias: string, index: string, more: object = {}) => ({ add: { alias, index, ...more } });
const remove = (alias: string, index: string) => ({ remove: { alias, index } });
const list = () => must<{ aliases: unknown[] }>('GET', `${roots[0]}/v1/aliases`);

test('aliases: are shown as they were made, on every root', async () => {
  const filter = { term: { n: 3 } };
  assert.equal(
    (await change(roots[0]!, add('some', 'two', { filter }), add('some', 'one', { write: true }))).status,
    200,
  );
  const expected = {
    alias: 'some',
    indexes: [
      { index: 'one', write: true },
      { index: 'two', filter },
    ],
  };
  assert.deepEqual(await must('GET', `${roots[1]}/v1/aliases/some`), expected);
  assert.deepEqual(await list(), { aliases: [expected] });
  assert.equal((await change(roots[1]!, remove('some', 'one'), remove('some', 'two'))).status, 200);
  assert.equal((await send('GET', `${roots[1]}/v1/aliases/some`)).status, 404);
});

// Each row: a body that is refused, its code, and where.
const bad: [name: string, body: unknown, code: string, at?: string][] = [
  ['no actions', { actions: [] }, 'REQUEST_VALUE_INVALID', '/actions'],
  ['no body', undefined, 'BODY_MISSING'],
  ['a list', [], 'REQUEST_TYPE_WRONG', ''],
  ['another action', { actions: [{ move: {} }] }, 'REQUEST_VALUE_INVALID', '/actions/0'],
  ['two in one', { actions: [{ add: {}, remove: {} }] }, 'REQUEST_VALUE_INVALID', '/actions/0'],
  ['no alias', { actions: [{ add: { index: 'one' } }] }, 'REQUEST_FIELD_MISSING', '/actions/0/add'],
  ['a name that is none', { actions: [add('A b', 'one')] }, 'INDEX_NAME_INVALID', '/actions/0/add/alias'],
  ['a wildcard', { actions: [add('a', 'o*')] }, 'INDEX_NOT_FOUND', '/actions/0/add/index'],
  ['an index that is not there', { actions: [add('a', 'none')] }, 'INDEX_NOT_FOUND', '/actions/0/add/index'],
  ['to itself', { actions: [add('a', 'a')] }, 'INDEX_NOT_FOUND', '/actions/0/add/index'],
  ['to an alias', { actions: [add('kept', 'one'), add('a', 'kept')] }, 'INDEX_NOT_FOUND', '/actions/1/add/index'],
  ['the name of an index', { actions: [add('two', 'one')] }, 'NAME_TAKEN'],
  [
    'two write indexes',
    { actions: [add('a', 'one', { write: true }), add('a', 'two', { write: true })] },
    'ALIAS_TWO_WRITE_INDEXES',
  ],
  ['removed and not there', { actions: [add('a', 'one'), remove('a', 'two')] }, 'ALIAS_NOT_FOUND'],
  [
    'a filter that is none',
    { actions: [add('a', 'one', { filter: 'n:3' })] },
    'REQUEST_TYPE_WRONG',
    '/actions/0/add/filter',
  ],
  [
    'a filter of no field',
    { actions: [add('a', 'one', { filter: { term: { m: 3 } } })] },
    'FIELD_UNKNOWN',
    '/actions/0/add/filter/term/m',
  ],
  [
    'a filter of no clause',
    { actions: [add('a', 'one', { filter: { near: {} } })] },
    'QUERY_CLAUSE_UNKNOWN',
    '/actions/0/add/filter/near',
  ],
  [
    'a write that is no boolean',
    { actions: [add('a', 'one', { write: 'yes' })] },
    'REQUEST_TYPE_WRONG',
    '/actions/0/add/write',
  ],
  [
    'a filter of a removal',
    { actions: [{ remove: { alias: 'a', index: 'one', filter: {} } }] },
    'REQUEST_FIELD_UNKNOWN',
    '/actions/0/remove/filter',
  ],
  ['too many', { actions: Array.from({ length: 1001 }, () => add('a', 'one')) }, 'REQUEST_VALUE_INVALID', '/actions'],
];
for (const [name, body, code, at] of bad) {
  test(`aliases: ${name} is refused, and nothing is done`, async () => {
    const was = await list();
    const { status, body: answer } = await send<Refused>('POST', `${roots[0]}/v1/aliases`, body, 'application/json');
    assert.ok(status >= 400 && status < 500, `${status}`);
    assert.deepEqual([answer.error.code, answer.error.at], [code, at]);
    assert.deepEqual(await list(), was);
  });
}

test('aliases: what is written and read by key goes to the write index, or the only one', async () => {
  await must('POST', `${roots[0]}/v1/aliases`, {
    actions: [add('keyed', 'one'), add('both', 'one'), add('both', 'two')],
  });
  const put = (alias: string, key: string) =>
    send<Refused & { _index: string }>('PUT', `${roots[1]}/v1/indexes/${alias}/documents/${key}`, { n: 1 });
  assert.equal((await put('keyed', 'k')).body._index, 'one');
  assert.equal((await put('both', 'k')).body.error.code, 'ALIAS_NOT_WRITABLE');
  await must('POST', `${roots[1]}/v1/aliases`, { actions: [add('both', 'two', { write: true })] });
  assert.equal((await put('both', 'k2')).body._index, 'two');
  const read = await must<{ _index: string }>('GET', `${roots[0]}/v1/indexes/both/documents/k2`);
  assert.equal(read._index, 'two');
  const bulk = await must<{ accepted: number }>('POST', `${roots[0]}/v1/indexes/both/documents`, '{"n":5}\n{"n":6}\n');
  assert.equal(bulk.accepted, 2);
  assert.equal((await send('DELETE', `${roots[0]}/v1/indexes/keyed/documents/k`)).status, 200);
  // Nothing is created, changed or deleted under the name of an alias.
  const created = await send<Refused>('PUT', `${roots[1]}/v1/indexes/keyed`, { schema: { fields: {} } });
  assert.deepEqual([created.status, created.body.error.code], [409, 'NAME_TAKEN']);
  assert.equal((await send<Refused>('DELETE', `${roots[1]}/v1/indexes/keyed`)).body.error.code, 'INDEX_NOT_FOUND');
});

test('aliases: of swaps that stand on the same state one wins, on whichever root, and the others are told', async () => {
  await must('POST', `${roots[0]}/v1/aliases`, { actions: [add('swapped', 'one')] });
  for (let round = 0, from = 'one'; round < 20; round++) {
    const others = ['one', 'two', 'three'].filter((name) => name !== from);
    const answers = await Promise.all(
      others.map((to, i) => change(roots[i]!, remove('swapped', from), add('swapped', to))),
    );
    const won = answers.findIndex(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      lost.map(({ body }) => body.error.code),
      ['ALIAS_NOT_FOUND'],
    );
    from = others[won]!;
    // Changes nothing: it reads the catalog to its end, before which the root that lost may stand.
    await must('POST', `${roots[0]}/v1/aliases`, { actions: [add('swapped', from)] });
    const now = await must<{ indexes: { index: string }[] }>('GET', `${roots[0]}/v1/aliases/swapped`);
    assert.deepEqual(now.indexes, [{ index: from }]);
  }
});

test('aliases: an index that is deleted leaves them', async () => {
  await must('POST', `${roots[0]}/v1/aliases`, { actions: [add('left', 'three'), add('left', 'two')] });
  await must('DELETE', `${roots[0]}/v1/indexes/three`);
  assert.deepEqual(await must('GET', `${roots[0]}/v1/aliases/left`), { alias: 'left', indexes: [{ index: 'two' }] });
});

test('aliases: are there after every process was started anew', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const first = await startCluster({ leaves: 1, data });
  t.after(() => first.stop());
  await must('PUT', `${first.url}/v1/indexes/kept`, { shards: 1, schema: { fields: { n: { kind: 'integer' } } } });
  await must('POST', `${first.url}/v1/aliases`, {
    actions: [add('name', 'kept', { filter: { term: { n: 1 } }, write: true })],
  });
  const expected = await must('GET', `${first.url}/v1/aliases/name`);
  await must('POST', `${first.url}/v1/indexes/name/documents?refresh=wait`, '{"n":1}\n{"n":2}\n');
  await first.stop();
  const second = await startCluster({ leaves: 1, data });
  t.after(() => second.stop());
  assert.deepEqual(await must('GET', `${second.url}/v1/aliases/name`), expected);
  const found = await must<{ hits: { total: { value: number } } }>('GET', `${second.url}/v1/indexes/name/search`);
  assert.equal(found.hits.total.value, 1);
});
