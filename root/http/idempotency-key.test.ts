/** Requests with an Idempotency-Key to a root whose log is in memory and that has no leaves: what they append, and what is answered. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { startTestRoot } from './test-root.ts';

type Method = 'PUT' | 'POST' | 'PATCH' | 'DELETE';
interface Asked {
  readonly method: Method;
  /** After the path of documents. */
  readonly path: string;
  readonly payload: string;
  readonly ifMatch?: string;
}

const put: Asked = { method: 'PUT', path: '/k', payload: '{"n":1}' };
const patch: Asked = { method: 'PATCH', path: '/k?upsert=true', payload: '{"n":1}' };
const remove: Asked = { method: 'DELETE', path: '/k', payload: '' };
const bulk: Asked = { method: 'POST', path: '', payload: '{"n":1}\n{"n":2}' };

// Each row: a request, the next under the same key; how many entries there are then, and what the second is answered.
const rows: [name: string, first: Asked, second: Asked, entries: number, expected: 'the same' | number][] = [
  ['a put that is sent again', put, put, 1, 'the same'],
  ['a delete that is sent again', remove, remove, 1, 'the same'],
  ['a patch that is sent again', patch, patch, 1, 'the same'],
  ['a bulk that is sent again', bulk, bulk, 2, 'the same'],
  ['a put of another body', put, { ...put, payload: '{"n":2}' }, 1, 409],
  ['a put of another document', put, { ...put, path: '/l' }, 1, 409],
  ['a put under a condition', put, { ...put, ifMatch: '"1.3"' }, 1, 409],
  ['a put that asks what came of it', put, { ...put, path: '/k?result=wait' }, 1, 409],
  ['a patch after a put', put, patch, 1, 409],
  ['a patch that is no upsert', patch, { ...patch, path: '/k' }, 1, 409],
  ['a delete after a put', put, remove, 1, 409],
  ['a bulk of the same bytes', put, { ...bulk, payload: put.payload }, 1, 409],
];

// Each has a root of its own, and those that ask what came of it wait in vain: together they take as long as one.
suite('requests that are sent again', { concurrency: true }, () => {
  for (const [name, first, second, entries, expected] of rows) {
    test(`Idempotency-Key: ${name} is ${expected === 'the same' ? 'recorded once' : 'refused'}`, async (t) => {
      const root = await startTestRoot();
      t.after(() => root.close());
      const send = async ({ method, path, payload, ifMatch }: Asked) => {
        const { statusCode, body } = await root.app.inject({
          method,
          url: `/v1/indexes/books/documents${path}`,
          headers: {
            'idempotency-key': 'a',
            ...(payload === ''
              ? {}
              : { 'content-type': method === 'PATCH' ? 'application/json' : 'application/x-ndjson' }),
            ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
          },
          ...(payload === '' ? {} : { payload }),
        });
        return { statusCode, body };
      };
      const answers = [await send(first), await send(second)];
      if (expected === 'the same') {
        assert.deepEqual(answers[1], answers[0]);
      } else {
        const { error } = JSON.parse(answers[1]!.body) as { error: { code: string } };
        assert.deepEqual([answers[1]!.statusCode, error.code], [expected, 'IDEMPOTENCY_KEY_REUSED']);
      }
      const heads = await root.log.heads([0, 1].map((shard) => partitionOf(root.index, shard)));
      const appended = heads.reduce((sum, head) => sum + head + 1, 0);
      assert.equal(appended, entries);
    });
  }
});

test('Idempotency-Key: of one document it is refused where it is no text that can be kept', async (t) => {
  const root = await startTestRoot();
  t.after(() => root.close());
  const url = '/v1/indexes/books/documents/k';
  const headers = { 'idempotency-key': 'x y', 'content-type': 'application/json' };
  const answer = await root.app.inject({ method: 'PUT', url, headers, payload: '{"n":1}' });
  assert.deepEqual(
    [answer.statusCode, answer.json<{ error: { code: string } }>().error.code],
    [400, 'IDEMPOTENCY_KEY_INVALID'],
  );
});
