/** Routing by another text than the key, through a real cluster: written, read, searched, changed, copied and refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

const shards = 4;
let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  await must('PUT', url('books'), { shards, schema: { fields } });
});
after(() => cluster?.stop());

const fields = { n: { kind: 'integer' }, tag: { kind: 'keyword' }, text: { kind: 'text' } };
const url = (index: string, rest = ''): string => `${cluster.url}/v1/indexes/${index}${rest}`;
const at = (key: string, parameters = '', index = 'books'): string => {
  return url(index, `/documents/${encodeURIComponent(key)}${parameters}`);
};

interface Read {
  readonly term: number;
  readonly _id: string;
  readonly _routing?: string;
  readonly version: number;
  readonly sequence: number;
  readonly _source: Readonly<Record<string, unknown>>;
}

interface Found {
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly failed: number };
  };
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly (Pick<Read, '_id' | '_routing'> & {
      readonly _score: number | null;
      readonly _source?: object;
    })[];
  };
}

interface Refused {
  readonly error: { readonly code: string; readonly at?: string };
}

interface Bulk {
  readonly accepted: number;
  readonly token: string;
  readonly rejected: {
    readonly listed: readonly { readonly line: number; readonly code: string; readonly at: string }[];
  };
  readonly outcomes?: readonly { readonly line: number; readonly result: string; readonly sequence: number }[];
}

/** Texts that are in different shards, and another in the shard of the first. */
const texts = Array.from({ length: 200 }, (_, i) => `r${i}`);
const [one, other] = ['r0', texts.find((text) => shardOfKey(text, shards) !== shardOfKey('r0', shards))!];
const beside = texts.find((text) => text !== one && shardOfKey(text, shards) === shardOfKey(one, shards))!;
/** A key that is in another shard than `one`. */
const key = texts.find((text) => ![one, other].some((each) => shardOfKey(each, shards) === shardOfKey(text, shards)))!;

const read = (routing: string | null, of = key, index = 'books') =>
  send<Read>('GET', at(of, routing === null ? '' : `?routing=${routing}`, index));
const search = (body: object, routing: string | null = null, index = 'books') =>
  must<Found>('POST', url(index, `/search${routing === null ? '' : `?routing=${routing}`}`), body);

test('routing: two documents of one key live in two shards, and a third where its key puts it', async () => {
  await must('PUT', at(key, `?routing=${one}&refresh=wait`), { n: 1, tag: 'x' });
  await must('PUT', at(key, `?routing=${other}&refresh=wait`), { n: 2, tag: 'x' });
  await must('PUT', at(key, '?refresh=wait'), { n: 3, tag: 'x' });
  for (const [routing, n] of [
    [one, 1],
    [other, 2],
    [null, 3],
  ] as const) {
    const { body } = await read(routing);
    assert.deepEqual([body._id, body._routing, body._source], [key, routing ?? undefined, { n, tag: 'x' }]);
  }
  const found = await search({ query: { term: { tag: 'x' } }, sort: ['n'], track_total_hits: true });
  assert.deepEqual(
    found.hits.hits.map(({ _id, _routing, _source }) => [_id, _routing, _source]),
    [
      [key, one, { n: 1, tag: 'x' }],
      [key, other, { n: 2, tag: 'x' }],
      [key, undefined, { n: 3, tag: 'x' }],
    ],
  );
});

test('routing: a search asks the shards of its routings only, and coverage counts those', async () => {
  // Each row: what the search says, the shards that are asked, the values found.
  const rows: [routing: string | null, asked: number, found: number[]][] = [
    [null, shards, [1, 2, 3]],
    [one, 1, [1]],
    [beside, 1, [1]],
    [`${one},${other}`, 2, [1, 2]],
    [`${one},${beside},${one}`, 1, [1]],
  ];
  for (const [routing, asked, expected] of rows) {
    const found = await search({ query: { term: { tag: 'x' } }, sort: ['n'] }, routing);
    assert.deepEqual(found.coverage.shards, { asked, answered: asked, failed: 0 }, String(routing));
    assert.equal(found.complete, true);
    assert.deepEqual(
      found.hits.hits.map(({ _source }) => (_source as { n: number }).n),
      expected,
    );
    const got = await must<Found>(
      'GET',
      url('books', `/search?q=tag:x${routing === null ? '' : `&routing=${routing}`}`),
    );
    assert.deepEqual([got.coverage.shards.asked, got.hits.total.value], [asked, expected.length]);
  }
});

test('routing: a state that is pinned is of the shards that were asked', async () => {
  const body = { query: { term: { tag: 'x' } }, sort: ['n'] };
  const { at: state } = await must<{ at: string }>('POST', url('books', `/search?routing=${one}`), {
    ...body,
    at: true,
  });
  const again = await search({ ...body, at: state }, one);
  assert.deepEqual([again.coverage.shards.asked, again.hits.total.value], [1, 1]);
  const whole = await send<Refused>('POST', url('books', '/search'), { ...body, at: state });
  assert.equal(whole.body.error.code, 'PIN_GONE');
});

test('routing: scores are made of the counts of the shards that are asked', async () => {
  await must('PUT', url('scored'), { shards, schema: { fields } });
  const lines = texts.map((text, i) =>
    JSON.stringify({ _put: { text: i % 3 === 0 ? 'cat cat' : 'cat dog' }, _key: text }),
  );
  await must('POST', url('scored', '/documents?refresh=wait'), `${lines.join('\n')}\n`);
  const body = { query: { match: { text: 'dog' } }, size: 1 };
  const [routed, whole] = [await search(body, one, 'scored'), await search(body, null, 'scored')];
  // What the root remembers of all shards is not used for some, nor the other way round.
  const [routedAgain, wholeAgain] = [await search(body, one, 'scored'), await search(body, null, 'scored')];
  assert.equal(routedAgain.hits.hits[0]!._score, routed.hits.hits[0]!._score);
  assert.equal(wholeAgain.hits.hits[0]!._score, whole.hits.hits[0]!._score);
  assert.notEqual(routed.hits.hits[0]!._score, whole.hits.hits[0]!._score);
});

test('routing: is shown beside what was asked of the source, and is no part of it', async () => {
  const query = { term: { n: 1 } };
  const shown = async (source: unknown) => {
    const [hit] = (await search({ query, _source: source })).hits.hits;
    return [hit!._routing, hit!._source];
  };
  assert.deepEqual(await shown(['tag']), [one, { tag: 'x' }]);
  assert.deepEqual(await shown({ excludes: ['*'] }), [one, {}]);
  assert.deepEqual(await shown(false), [undefined, undefined]);
});

test('routing: a key is unique in a shard, whatever its documents were routed by', async () => {
  await must('PUT', at('same', `?routing=${one}`), { n: 10 });
  const put = await must<{ result: string; version: number }>('PUT', at('same', `?routing=${beside}&result=wait`), {
    n: 11,
  });
  assert.deepEqual([put.result, put.version], ['updated', 2]);
  const { body } = await read(one, 'same');
  assert.deepEqual([body._routing, body._source], [beside, { n: 11 }]);
});

test('routing: patches and conditions are judged in the shard of the routing, and patches keep it', async () => {
  const patch = (routing: string, body: object, more = '') =>
    send<Read & Refused>('PATCH', at('p', `?routing=${routing}${more}`), body);
  assert.equal((await patch(one, { n: 1 })).status, 404);
  assert.equal((await patch(one, { n: 1, tag: 'p' }, '&upsert=true')).status, 201);
  assert.equal((await patch(other, { n: 1 })).status, 404, 'there is none in the other shard');
  assert.equal((await patch(one, { '7': 1, tag: null })).status, 400, 'the schema knows no such field');
  const noop = await patch(one, { n: 1 });
  assert.equal((noop.body as unknown as { result: string }).result, 'noop');
  await patch(one, { n: 2 });
  const { body } = await read(one, 'p');
  assert.deepEqual([body._routing, body._source], [one, { n: 2, tag: 'p' }]);
  const stale = await fetch(at('p', `?routing=${one}`), {
    method: 'PUT',
    headers: { 'if-match': `"${body.term}.${body.sequence - 1}"`, 'content-type': 'application/json' },
    body: '{"n":9}',
  });
  assert.equal(stale.status, 412);
  assert.equal((await send('DELETE', at('p', `?routing=${other}&result=wait`))).status, 404);
  assert.equal((await send('DELETE', at('p', `?routing=${one}&result=wait`))).status, 200);
  assert.equal((await read(one, 'p')).status, 404);
});

test('routing: lines of a bulk say it each, or all at once, with conditions', async () => {
  const lines = [
    { _create: { n: 1, tag: 'b' }, _key: 'b', _routing: one },
    { _create: { n: 2, tag: 'b' }, _key: 'b', _routing: other },
    { _create: { n: 3, tag: 'b' }, _key: 'b', _routing: beside },
    { _put: { n: 4, tag: 'b' }, _key: 'c' },
    { _patch: { n: 5 }, _key: 'b', _routing: other },
    { _delete: 'b', _routing: one },
    { _put: { n: 6 }, _key: 'd', _routing: '' },
    { _put: { n: 6, _routing: one }, _key: 'd' },
    { n: 7, _routing: one },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const bulk = await must<Bulk>('POST', url('books', `/documents?routing=${other}&result=wait&refresh=wait`), text);
  assert.deepEqual(
    bulk.outcomes!.map(({ line, result }) => [line, result]),
    [
      [1, 'created'],
      [2, 'created'],
      [3, 'conflict'],
      [4, 'created'],
      [5, 'updated'],
      [6, 'deleted'],
    ],
  );
  assert.deepEqual(
    bulk.rejected.listed.map(({ line, code, at: place }) => [line, code, place]),
    [
      [7, 'KEY_INVALID', '/_routing'],
      [8, 'DOCUMENT_FIELD_UNKNOWN', '/_put/_routing'],
      [9, 'DOCUMENT_FIELD_UNKNOWN', '/_routing'],
    ],
  );
  const found = await search({ query: { term: { tag: 'b' } }, sort: ['n'] });
  assert.deepEqual(
    found.hits.hits.map(({ _id, _routing, _source }) => [_id, _routing, (_source as { n: number }).n]),
    [
      ['c', other, 4],
      ['b', other, 5],
    ],
  );
});

// Each row: the request, its error.
const wrong: [
  name: string,
  method: string,
  path: () => string,
  body: unknown,
  code: string,
  place: string | undefined,
][] = [
  ['an empty one', 'PUT', () => at('w', '?routing='), { n: 1 }, 'PARAMETER_INVALID', 'routing'],
  ['two', 'PUT', () => at('w', '?routing=a&routing=b'), { n: 1 }, 'PARAMETER_INVALID', 'routing'],
  [
    'one that is too long',
    'GET',
    () => at('w', `?routing=${'x'.repeat(513)}`),
    undefined,
    'PARAMETER_INVALID',
    'routing',
  ],
  ['a search with an empty one', 'POST', () => url('books', '/search?routing=a,'), {}, 'PARAMETER_INVALID', 'routing'],
  ['in the body of a document', 'PUT', () => at('w'), { n: 1, _routing: 'a' }, 'DOCUMENT_FIELD_UNKNOWN', '/_routing'],
  [
    'of an index of terms',
    'POST',
    () => url('terms', '/documents?routing=a'),
    '{"n":1}\n',
    'INDEX_KIND_WRONG',
    undefined,
  ],
  ['a search of an index of terms', 'POST', () => url('terms', '/search?routing=a'), {}, 'INDEX_KIND_WRONG', undefined],
  [
    'an index of terms that requires it',
    'PUT',
    () => url('terms-2'),
    { kind: 'term', routing: 'required', schema: { fields } },
    'REQUEST_VALUE_INVALID',
    '/routing',
  ],
  [
    'another word in an index',
    'PUT',
    () => url('x'),
    { routing: 'never', schema: { fields } },
    'REQUEST_VALUE_INVALID',
    '/routing',
  ],
];
test('routing: wrong use is refused', async () => {
  await must('PUT', url('terms'), { kind: 'term', shards: 1, schema: { fields } });
  for (const [name, method, path, body, code, place] of wrong) {
    const { body: answer } = await send<Refused>(method, path(), body);
    assert.deepEqual([answer.error?.code, answer.error?.at], [code, place], name);
  }
});

test('routing: an index that requires it takes, gives and deletes nothing without', async () => {
  await must('PUT', url('strict'), { shards, routing: 'required', schema: { fields } });
  assert.deepEqual((await must<{ routing?: string }>('GET', url('strict'))).routing, 'required');
  for (const [method, body] of [
    ['PUT', { n: 1 }],
    ['PATCH', { n: 1 }],
    ['GET', undefined],
    ['DELETE', undefined],
  ] as const) {
    const { status, body: answer } = await send<Refused>(method, at('a', '', 'strict'), body);
    assert.deepEqual([status, answer.error.code], [400, 'ROUTING_MISSING'], method);
  }
  const text = '{"n":1}\n{"_put":{"n":2},"_key":"b","_routing":"r"}\n{"_delete":"b"}\n';
  const bulk = await must<Bulk>('POST', url('strict', '/documents?refresh=wait'), text);
  assert.equal(bulk.accepted, 1);
  assert.deepEqual(
    bulk.rejected.listed.map(({ line, code }) => [line, code]),
    [
      [1, 'ROUTING_MISSING'],
      [3, 'ROUTING_MISSING'],
    ],
  );
  const conflict = await send<Refused>('PUT', url('strict'), { routing: 'optional', schema: { fields } });
  assert.equal(conflict.body.error.code, 'INDEX_CONFLICT');
  assert.equal((await send('PUT', url('strict'), { schema: { fields } })).status, 200);
});

interface JobShown {
  readonly id: number;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

async function run(job: object): Promise<JobShown> {
  const { id } = await must<JobShown>('POST', `${cluster.url}/v1/jobs`, job);
  return await ended(id);
}

async function ended(id: number): Promise<JobShown> {
  for (;;) {
    const shown = await must<JobShown>('GET', `${cluster.url}/v1/jobs/${id}`);
    if (!['running', 'waiting', 'pausing'].includes(shown.state)) return shown;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

/** What an index has, once every shard has made searchable all that came before. */
const all = async (index: string) => {
  const ends = texts.slice(0, 40).map((text) => `{"_put":{"tag":"end"},"_key":"end-${text}","_routing":"${text}"}\n`);
  await must('POST', url(index, '/documents?refresh=wait'), ends.join(''));
  const query = { bool: { must_not: [{ term: { tag: 'end' } }] } };
  const found = await search({ query, sort: ['n'], size: 200 }, null, index);
  return found.hits.hits.map(({ _id, _routing, _source }) => {
    const { n, tag } = _source as { n: number; tag: string };
    return { id: _id, routing: _routing, n, tag };
  });
};

test('routing: jobs change documents where they are, and copies go where their routing puts them', async () => {
  await must('PUT', url('from'), { shards, schema: { fields } });
  await must('PUT', url('to'), { shards: 3, schema: { fields } });
  const text = Array.from({ length: 40 }, (_, n) => {
    const [shared, by] = [`k${n >> 1}`, n % 2 === 0 ? null : `t${n % 5}`];
    // Two documents of one key stay two where they are apart in both indexes.
    const areApart = [shards, 3].every((count) => by === null || shardOfKey(shared, count) !== shardOfKey(by, count));
    const line = { _put: { n, tag: 'a' }, _key: areApart ? shared : `${shared}-${n}` };
    return `${JSON.stringify(by === null ? line : { ...line, _routing: by })}\n`;
  });
  await must('POST', url('from', '/documents?refresh=wait'), text.join(''));
  const had = await all('from');
  assert.equal(had.length, 40);
  const routed = await run({
    kind: 'updateByQuery',
    index: 'from',
    query: { range: { n: { gte: 20 } } },
    document: { tag: 'b' },
  });
  assert.equal(routed.state, 'done', JSON.stringify(routed));
  const expected = had.map((document) => ({ ...document, tag: document.n >= 20 ? 'b' : 'a' }));
  assert.deepEqual(await all('from'), expected);
  assert.equal((await run({ kind: 'reindex', index: 'from', into: 'to' })).state, 'done');
  assert.deepEqual(await all('to'), expected);
  for (const { id, routing } of expected) {
    const { status } = await read(routing ?? null, id, 'to');
    assert.equal(status, 200, `${id} ${routing}`);
  }
  const deleted = await run({ kind: 'deleteByQuery', index: 'from', query: { term: { tag: 'b' } } });
  assert.equal(deleted.counts['deleted'], expected.filter(({ tag }) => tag === 'b').length);
  assert.deepEqual(
    await all('from'),
    expected.filter(({ tag }) => tag === 'a'),
  );
});

test('routing: of a document that is deleted, or routed anew, while it is copied into another number of shards no copy stays', async () => {
  await must('PUT', url('going'), { shards, schema: { fields } });
  await must('PUT', url('copied'), { shards: 3, schema: { fields } });
  const routing = (n: number): string => `t${n % 7}`;
  const text = Array.from({ length: 80 }, (_, n) => {
    return `${JSON.stringify({ _put: { n, tag: 'a' }, _key: `k${n}`, _routing: routing(n) })}\n`;
  });
  await must('POST', url('going', '/documents?refresh=wait'), text.join(''));
  const had = await all('going');
  const going = had.filter((_, i) => i % 2 === 0);
  const isAtHome = ({ id: gone, routing: by }: { id: string; routing: string | undefined }): boolean =>
    shardOfKey(gone, shards) === shardOfKey(by!, shards);
  assert.ok(going.some(isAtHome) && !going.every(isAtHome), 'of some the routing is of the shard of the key');
  // Replaced in its shard, and put into another by its copy's routing.
  const moving = had[1]!;
  const anew = texts.find((each) => {
    return (
      shardOfKey(each, shards) === shardOfKey(moving.routing!, shards) &&
      shardOfKey(each, 3) !== shardOfKey(moving.routing!, 3)
    );
  })!;
  const { id } = await must<JobShown>('POST', `${cluster.url}/v1/jobs`, {
    kind: 'reindex',
    index: 'going',
    into: 'copied',
    docsPerSecond: 20,
  });
  const copied = async () => (await all('copied')).length;
  while ((await copied()) < had.length / 4) await new Promise((resolve) => void setTimeout(resolve, 50));
  const lines = going.map(({ id: gone, routing: by }) => `${JSON.stringify({ _delete: gone, _routing: by })}\n`);
  lines.push(`${JSON.stringify({ _put: { n: moving.n, tag: 'a' }, _key: moving.id, _routing: anew })}\n`);
  await must('POST', url('going', '/documents'), lines.join(''));
  const { state } = await must<JobShown>('GET', `${cluster.url}/v1/jobs/${id}`);
  assert.notEqual(state, 'done', 'the documents were to go while the job runs');
  await ended(id);
  const left = had
    .filter((document) => !going.includes(document))
    .map((document) => (document === moving ? { ...moving, routing: anew } : document));
  assert.deepEqual(await all('going'), left);
  assert.deepEqual(await all('copied'), left);
});

test('routing: where two documents of a key come into one shard the copy takes no place, and says which two', async () => {
  const [a, b] = texts.flatMap((each) => {
    const pair = texts.find(
      (beyond) =>
        shardOfKey(beyond, 3) === shardOfKey(each, 3) && shardOfKey(beyond, shards) !== shardOfKey(each, shards),
    );
    return pair === undefined ? [] : [[each, pair]];
  })[0]!;
  const definition = { schema: { fields } };
  for (const [name, count] of [
    ['meeting', shards],
    ['meeting-2', 3],
    ['apart', shards],
  ] as const) {
    await must('PUT', url(name), { shards: count, ...definition });
  }
  const lines = [a!, b!].map((by, n) => `${JSON.stringify({ _put: { n, tag: 'm' }, _key: 'm', _routing: by })}\n`);
  await must(
    'POST',
    url('meeting', '/documents?refresh=wait'),
    `${lines.join('')}{"_put":{"n":2,"tag":"m"},"_key":"x"}\n`,
  );
  const job = { kind: 'reindex', index: 'meeting', into: 'meeting-2', alias: 'meeting', retireAs: 'meeting-1' };
  const failed = (await run(job)) as JobShown & {
    error: { code: string; detail: { key: string; routings: string[]; shard: number } };
  };
  assert.equal(failed.state, 'failed');
  const { code, detail } = failed.error;
  assert.deepEqual([code, detail.key, detail.routings.toSorted()], ['JOB_ROUTINGS_MEET', 'm', [a!, b!].toSorted()]);
  assert.equal(detail.shard, shardOfKey(a!, 3));
  // The index has its name and its documents, and is written to.
  assert.equal((await send('GET', url('meeting'))).status, 200);
  await must('PUT', at('y', '?refresh=wait', 'meeting'), { n: 3, tag: 'm' });
  const found = await search({ query: { term: { tag: 'm' } }, sort: ['n'] }, null, 'meeting');
  assert.deepEqual(
    found.hits.hits.map(({ _id, _routing }) => [_id, _routing]),
    [
      ['m', a],
      ['m', b],
      ['x', undefined],
      ['y', undefined],
    ],
  );
  // In as many shards they stay apart, twice over.
  for (const _ of [1, 2]) assert.equal((await run({ kind: 'reindex', index: 'meeting', into: 'apart' })).state, 'done');
});
