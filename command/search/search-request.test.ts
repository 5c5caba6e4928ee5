import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchRequest, type SearchFiles } from './search-request.ts';

const nothing = { size: undefined, from: undefined, timeout: undefined, sort: undefined, routing: undefined };
const file = { query: { match_all: {} }, size: 3, from: 4, timeout: '1s', aggs: { a: {} }, sort: ['n'] };

// Each row: what the command line says beside the files; the parameters, or the body.
const rows: [name: string, said: object, query: string, files: SearchFiles, parameters: string, body: object | null][] =
  [
    ['nothing', {}, '', {}, '', null],
    ['a query', {}, 'a b', {}, 'q=a+b', null],
    [
      'all',
      { size: 1, from: 2, timeout: '3s', sort: 'n', routing: 'r' },
      'a',
      {},
      'q=a&size=1&from=2&sort=n&timeout=3s&routing=r',
      null,
    ],
    ['a file: all of it', {}, '', { body: file }, '', file],
    [
      'a file and all: the command line wins',
      { size: 1, from: 0, timeout: '3s', routing: 'r' },
      'a',
      { body: file, aggs: { b: {} } },
      'routing=r',
      { ...file, size: 1, from: 0, timeout: '3s', aggs: { b: {} }, query: { query_string: { query: 'a' } } },
    ],
    ['aggregations alone', { size: 0 }, '', { aggs: { b: {} } }, '', { size: 0, aggs: { b: {} } }],
  ];
for (const [name, said, query, files, parameters, body] of rows) {
  test(`searchRequest: ${name}`, () => {
    const request = searchRequest({ ...nothing, ...said }, 'films', query, files);
    const path = `/v1/indexes/films/search${parameters === '' ? '' : `?${parameters}`}`;
    assert.deepEqual([request.method, request.path], [body === null ? 'GET' : 'POST', path]);
    assert.deepEqual(request.body === undefined ? null : JSON.parse(String(request.body)), body);
  });
}

test('searchRequest: a sort beside a file is refused', () => {
  assert.throws(() => searchRequest({ ...nothing, sort: 'n' }, 'films', '', { body: {} }), { name: 'CommandFailure' });
});
