/** Requests that are refused by a root whose log is in memory and that has no leaves: by what name, and what they leave behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { startTestRoot } from './test-root.ts';

interface Asked {
  readonly method: 'PUT' | 'PATCH' | 'POST';
  readonly path: string;
  readonly payload?: string;
}

interface Refused {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: { readonly hint?: string } };
}

const put = (payload: string, path = 'new/documents/k?create=dynamic'): Asked => ({
  method: 'PUT',
  path: `indexes/${path}`,
  payload,
});
const patch = (payload: string): Asked => ({
  method: 'PATCH',
  path: 'indexes/new/documents/k?create=dynamic&upsert=true',
  payload,
});
const bulk = (index: string, payload: string): Asked => ({
  method: 'POST',
  path: `indexes/${index}/documents?result=wait`,
  payload,
});

// Each row: the request, its status, code and place.
const rows: [name: string, asked: Asked, status: number, code: string, at: string | undefined][] = [
  ['half a document', put('{"n":1'), 400, 'JSON_MALFORMED', ''],
  ['two documents', put('{"n":1}\n{"n":2}'), 400, 'JSON_MALFORMED', ''],
  ['an array', put('[{"n":1}]'), 400, 'DOCUMENT_NOT_OBJECT', ''],
  ['a name twice', put('{"n":1,"n":2}'), 400, 'JSON_DUPLICATE_KEY', '/n'],
  ['a routing in the document', put('{"n":1,"_routing":"a"}'), 400, 'DOCUMENT_FIELD_UNKNOWN', '/_routing'],
  ['white space', put(' \n '), 400, 'BODY_MISSING', undefined],
  ['half a part', patch('{"n":1'), 400, 'JSON_MALFORMED', ''],
  ['a part that is a number', patch('7'), 400, 'DOCUMENT_NOT_OBJECT', ''],
  ['outcomes of a term index', bulk('terms', '{"n":1}\n'), 400, 'INDEX_KIND_WRONG', undefined],
  ['outcomes of a roll-up', bulk('rows', '{"page":"a","views":1}\n'), 400, 'INDEX_KIND_WRONG', undefined],
  [
    'a rollover from an index that there is not',
    { method: 'POST', path: 'aliases/series/rollover?from=series-9' },
    404,
    'INDEX_NOT_FOUND',
    'from',
  ],
];

test('what is refused is refused by its name, and leaves nothing behind', async (t) => {
  const root = await startTestRoot();
  t.after(() => root.close());
  const send = async ({ method, path, payload }: Asked) => {
    const type = method === 'POST' && path.startsWith('indexes/') ? 'application/x-ndjson' : 'application/json';
    return await root.app.inject({
      method,
      url: `/v1/${path}`,
      ...(payload === undefined ? {} : { payload, headers: { 'content-type': type } }),
    });
  };
  const fields = { n: { kind: 'integer' } };
  const schemas = {
    terms: { kind: 'term', schema: { fields } },
    rows: { kind: 'rollup', schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } } },
    'series-1': { schema: { fields } },
  };
  for (const [name, body] of Object.entries(schemas)) {
    await defineIndex(root.catalog, name, parseIndexBody({ shards: 1, ...body }));
  }
  const actions = [{ add: { alias: 'series', index: 'series-1' } }];
  assert.equal((await send({ method: 'POST', path: 'aliases', payload: JSON.stringify({ actions }) })).statusCode, 200);
  const indexes = () => [...root.catalog.state.indexes.keys()].toSorted();
  const before = indexes();
  for (const [name, asked, status, code, at] of rows) {
    const answer = await send(asked);
    const { error } = answer.json<Refused>();
    assert.deepEqual([answer.statusCode, error?.code, error?.at], [status, code, at], name);
    if (code === 'INDEX_KIND_WRONG') assert.match(error.detail!.hint!, /result=wait/, name);
    assert.deepEqual(indexes(), before, name);
  }
  // With a mark before it, in white space: a document all the same.
  assert.equal((await send(put('\ufeff \n{"n":1}\n'))).statusCode, 200);
  assert.deepEqual(indexes(), [...before, 'new'].toSorted());
});
