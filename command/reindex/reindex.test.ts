/** `sheaf reindex` beside a root that says what another one would say at an unlucky moment. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { reindex } from './reindex.ts';

const films = { name: 'films', kind: 'document', shards: 2, replicas: 1, schema: { fields: {} } };
const nothing = { shards: undefined, replicas: undefined, schema: undefined, set: undefined, back: false };

function jobInto(into: string): object {
  const job = { id: '7', kind: 'reindex', index: 'films', into, alias: 'films', retireAs: 'films-1', state: 'done' };
  return { ...job, progress: 1, timeLeftMs: null, counts: { read: 3 }, endedAt: '2026-01-01T00:00:00Z', error: null };
}

/** Of several the next each time, and the last for ever. */
type Answers = Readonly<Record<string, readonly [status: number, ...bodies: readonly [object, ...object[]]]>>;

/** A root that answers so, and what it was asked for that changes something: method, path and body. */
async function rootThat(t: TestContext, answers: Answers): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const times = new Map<string, number>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const route = `${request.method} ${request.url}`;
      if (request.method !== 'GET') asked.push(`${route} ${body}`.trim());
      const [status, ...bodies] = answers[route] ?? [404, { error: { code: 'ROUTE_UNKNOWN', message: route } }];
      const time = times.get(route) ?? 0;
      times.set(route, time + 1);
      response.statusCode = status;
      response.end(JSON.stringify(bodies[Math.min(time, bodies.length - 1)]));
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

// Each row: what copies the index already, into films-2 as this command would, or elsewhere; what is said; what is deleted.
const rows: [situation: string, into: string, says: RegExp, deleted: string[]][] = [
  ['the same command, begun at the same moment', 'films-2', /^films is films-2 now\. 3 documents were read/m, []],
  ['a job that was begun by hand', 'other', /JOB_UNDER_WAY/, ['DELETE /v1/indexes/films-2']],
];
for (const [situation, into, says, deleted] of rows) {
  test(`reindex, beside ${situation}: deletes the index that it made only where it is nobody's`, async (t) => {
    const refusal = { code: 'JOB_UNDER_WAY', message: 'another job', detail: { id: '7' }, fix: 'wait' };
    const { url, asked } = await rootThat(t, {
      'GET /v1/jobs': [200, { jobs: [] }],
      'GET /v1/indexes': [200, { indexes: [films] }],
      'GET /v1/aliases': [200, { aliases: [] }],
      'PUT /v1/indexes/films-2': [200, { ...films, name: 'films-2' }],
      'POST /v1/jobs': [409, { error: refusal, status: 409 }],
      'GET /v1/jobs/7': [200, jobInto(into)],
      'DELETE /v1/indexes/films-2': [200, { acknowledged: true }],
    });
    const said: string[] = [];
    const ended = reindex({ ...nothing, url, shards: 4 }, 'films', (line) => said.push(line));
    await ended.catch((error: Error) => said.push(error.message));
    assert.match(said.join('\n'), says);
    assert.deepEqual(
      asked.filter((each) => each.startsWith('DELETE')),
      deleted,
    );
  });
}

const made = { ...films, name: 'films-2', shards: 3 };
const year = { kind: 'integer' };

// Each row: what is asked for while a job copies films into films-2, of 3 shards; what that is, where it is not as it would be; why it is refused.
const runningRows: [asked: object, target: object, refused: RegExp | null][] = [
  [{}, {}, null],
  [{ shards: 3 }, {}, null],
  [
    { shards: 5 },
    {},
    /^job 7 is at it already, and makes another copy: 3 shards and not 5\. sheaf reindex films watches it; sheaf jobs 7 cancel/,
  ],
  [{ shards: 3, replicas: 2 }, {}, /: 1 replicas and not 2\./],
  [{ shards: 3, set: 'year=integer' }, {}, /: another schema\./],
  [{ shards: 3, set: 'year=integer' }, { schema: { fields: { year } } }, null],
  [{ shards: 3 }, { schema: { fields: { year } } }, /: another schema\./],
  [{ shards: 3 }, { schema: { dynamic: 'true', fields: { year } } }, /: another schema\./],
];
for (const [asked, target, refused] of runningRows) {
  test(`reindex ${JSON.stringify(asked)}, beside a job that makes ${JSON.stringify(target)}: ${refused === null ? 'watches' : 'is refused'}`, async (t) => {
    const { url, asked: changed } = await rootThat(t, {
      'GET /v1/jobs': [200, { jobs: [{ ...jobInto('films-2'), state: 'running', endedAt: null }] }],
      'GET /v1/jobs/7': [200, jobInto('films-2')],
      'GET /v1/indexes': [200, { indexes: [films, { ...made, ...target }] }],
      'GET /v1/aliases': [200, { aliases: [] }],
    });
    const ended = reindex({ ...nothing, url, ...asked }, 'films', () => undefined);
    if (refused === null) assert.equal(await ended, 0);
    else await assert.rejects(ended, { message: refused });
    assert.deepEqual(changed, []);
  });
}

test('reindex, beside a job whose copy has got fields of its documents: watches', async (t) => {
  const dynamic = { ...films, schema: { dynamic: 'true', fields: {} } };
  const grown = { ...made, schema: { dynamic: 'true', fields: { year } } };
  const { url } = await rootThat(t, {
    'GET /v1/jobs': [200, { jobs: [{ ...jobInto('films-2'), state: 'running', endedAt: null }] }],
    'GET /v1/jobs/7': [200, jobInto('films-2')],
    'GET /v1/indexes': [200, { indexes: [dynamic, grown] }],
    'GET /v1/aliases': [200, { aliases: [] }],
  });
  assert.equal(await reindex({ ...nothing, url, shards: 3 }, 'films', () => undefined), 0);
});

test('reindex: a field that the index gets between the look at it and the job is given to the copy', async (t) => {
  const { url, asked } = await rootThat(t, {
    'GET /v1/jobs': [200, { jobs: [] }],
    'GET /v1/indexes': [200, { indexes: [films] }, { indexes: [{ ...films, schema: { fields: { year } } }] }],
    'GET /v1/aliases': [200, { aliases: [] }],
    'PUT /v1/indexes/films-2': [200, { ...films, name: 'films-2' }],
    'POST /v1/jobs': [202, { ...jobInto('films-2'), endedAt: null }],
    'GET /v1/jobs/7': [200, jobInto('films-2')],
  });
  assert.equal(await reindex({ ...nothing, url, shards: 4 }, 'films', () => undefined), 0);
  assert.equal(
    asked.at(-1),
    `PUT /v1/indexes/films-2 ${JSON.stringify({ kind: 'document', schema: { fields: { year } } })}`,
  );
});

for (const said of [{ shards: 4 }, { replicas: 1 }, { schema: 'f.json' }, { set: 'a=text' }]) {
  test(`reindex --back with ${JSON.stringify(said)} is refused, and nothing is asked`, async (t) => {
    const { url, asked } = await rootThat(t, {});
    const ended = reindex({ ...nothing, url, back: true, ...said }, 'films', () => undefined);
    await assert.rejects(ended, { message: /^--back copies nothing: --\w+ would say nothing; leave it out/ });
    assert.deepEqual(asked, []);
  });
}

test('reindex: documents that do not fit are named, each with its reason', async (t) => {
  const rejected = [
    { _id: 'f1', code: 'DOCUMENT_FIELD_TYPE', message: 'a value does not fit the kind of its field', at: '/year' },
    { _id: 'f2', code: 'DOCUMENT_TOO_LARGE', message: 'too large', at: '' },
  ];
  const error = {
    code: 'JOB_INCOMPLETE',
    message: 'documents do not fit',
    detail: { rejected: 12, conflicts: 3, documents: rejected },
  };
  const { url } = await rootThat(t, {
    'GET /v1/jobs': [200, { jobs: [{ ...jobInto('films-2'), state: 'running', endedAt: null }] }],
    'GET /v1/jobs/7': [
      200,
      { ...jobInto('films-2'), state: 'failed', counts: { read: 40, rejected: 12 }, rejected, error },
    ],
  });
  const said: string[] = [];
  const ended = reindex({ ...nothing, url }, 'films', (line) => said.push(line));
  await assert.rejects(
    ended,
    /job 7 failed: documents do not fit \{"rejected":12,"conflicts":3\}\. films is what it was/,
  );
  assert.deepEqual(said.slice(-3), [
    'rejected: f1 at /year: DOCUMENT_FIELD_TYPE, a value does not fit the kind of its field',
    'rejected: f2: DOCUMENT_TOO_LARGE, too large',
    'rejected: 10 more',
  ]);
});

// Each row: an alias beside films when the job has ended; what is said of it.
const otherRows: [situation: string, target: object, says: RegExp][] = [
  [
    'of the index',
    { index: 'films-1' },
    /^movies still stands for films-1.*: sheaf alias movies films-2 --instead-of films-1 has/m,
  ],
  [
    'of the index, with what it says of it',
    { index: 'films-1', write: true, filter: { term: { year: 1960 } } },
    /--instead-of films-1 --write --filter '\{"term":\{"year":1960\}\}' has/,
  ],
  ['of the copy', { index: 'films-2' }, /^(?![^]*movies)/],
];
for (const [situation, target, says] of otherRows) {
  test(`reindex: another alias, ${situation}`, async (t) => {
    const { url } = await rootThat(t, {
      'GET /v1/jobs': [200, { jobs: [{ ...jobInto('films-2'), endedAt: null }] }],
      'GET /v1/jobs/7': [200, jobInto('films-2')],
      'GET /v1/aliases': [
        200,
        {
          aliases: [
            { alias: 'films', indexes: [{ index: 'films-2' }] },
            { alias: 'movies', indexes: [target] },
          ],
        },
      ],
    });
    const said: string[] = [];
    assert.equal(await reindex({ ...nothing, url }, 'films', (line) => said.push(line)), 0);
    assert.match(said.join('\n'), says);
  });
}

// Each row: how the alias stands for the copy; how it stands for the index afterwards.
const backRows: [situation: string, target: object, expected: object][] = [
  ['nothing else', {}, {}],
  [
    'a filter, and that it is written to',
    { write: true, filter: { match_all: {} } },
    { write: true, filter: { match_all: {} } },
  ],
  ['that writes have moved on from it', { rolledAt: '2026-01-02T00:00:00Z' }, {}],
];
for (const [situation, target, expected] of backRows) {
  test(`reindex --back: the alias says of the copy ${situation}`, async (t) => {
    const { url, asked } = await rootThat(t, {
      'GET /v1/jobs': [200, { jobs: [jobInto('films-2')] }],
      'GET /v1/aliases': [200, { aliases: [{ alias: 'films', indexes: [{ index: 'films-2', ...target }] }] }],
      'POST /v1/aliases': [200, { acknowledged: true }],
    });
    assert.equal(await reindex({ ...nothing, url, back: true }, 'films', () => undefined), 0);
    const { actions } = JSON.parse(asked[0]!.slice('POST /v1/aliases '.length)) as { readonly actions: unknown };
    const add = { alias: 'films', index: 'films-1', ...expected };
    assert.deepEqual(actions, [{ remove: { alias: 'films', index: 'films-2' } }, { add }]);
  });
}
