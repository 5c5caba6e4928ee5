/** Input that is too much, or no text at all: each has an error with limit and actual or a treatment, and others go on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send, type Answered } from './client.ts';

interface Refusal {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: Readonly<Record<string, unknown>> };
}

interface Found {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] };
}

interface Bulk {
  readonly accepted: number;
  readonly rejected: { readonly listed: readonly { readonly code: string; readonly at?: string }[] };
}

const schema = {
  fields: { id: { kind: 'keyword' }, text: { kind: 'text' }, tag: { kind: 'keyword' }, when: { kind: 'date' } },
};

/** What the limit of collected buckets says of memory. */
const bytesCollectedMax = 200 * limits.bucketsCollectedMax;

let cluster: Cluster;
let index = '';
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--body-bytes-max', '4000000'] });
  index = `${cluster.url}/v1/indexes/heavy`;
  await must('PUT', index, { shards: 1, schema });
  await must('POST', `${index}/documents?key=id&refresh=wait`, '{"id":"light","text":"a light one"}');
});
after(() => cluster?.stop());

const put = (id: string, document: object) =>
  must<Bulk>('POST', `${index}/documents?key=id&refresh=wait`, JSON.stringify({ id, ...document }));
const search = (query: unknown) => send<Refusal & Found>('POST', `${index}/search`, { query, timeout: '30s' });
const light = () => must<Found>('POST', `${index}/search`, { query: { match: { text: 'light' } }, timeout: '30s' });

/** What came first: the answers of ten light searches, one after the other, or that of the heavy one. */
async function lightMeanwhile<T>(heavy: () => Promise<T>): Promise<{ readonly result: T; readonly first: number }> {
  let first = 0;
  let isOver = false;
  const running = heavy().finally(() => (isOver = true));
  for (let i = 0; i < 10; i++) {
    await light();
    if (!isOver) first++;
  }
  return { result: await running, first };
}

test('heavy input: a document of 10 MB is taken and found, and searches are answered while it is', async () => {
  const text = `${'lorem ipsum dolor '.repeat(580_000)}needle`;
  const { result, first } = await lightMeanwhile(() => put('large', { text }));
  assert.equal(result.accepted, 1);
  assert.ok(first >= 1, 'no search was answered before the document was taken');
  assert.equal((await search({ match: { text: 'needle' } })).body.hits.total.value, 1);
});

/** The most that a process has held, in bytes, and what it holds: /proc, so Linux only. */
function residentOf(pid: number): { readonly most: number; readonly now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) * 1024;
  return { most: bytes('VmHWM'), now: bytes('VmRSS') };
}

test('heavy input: an aggregation of 10 GB is refused before the leaf has grown by what a task may take', async (t) => {
  if (process.platform !== 'linux') return t.skip('what a process has held is known on Linux only');
  // Of a document of 50 tags there are 125,000 buckets of three levels, and hardly any is that of another document.
  const random = createRandom(49_700);
  const lines = Array.from({ length: 1000 }, (_, i) => {
    const tag = Array.from({ length: 50 }, () => `tag ${random.integer(0, 9999)}`);
    return JSON.stringify({ id: `tags ${i}`, tag });
  });
  await must('POST', `${index}/documents?key=id&refresh=wait`, lines.join('\n'));
  const level = (aggs: object) => ({ x: { terms: { field: 'tag', size: 100 }, aggs } });
  const ask = (aggs: object) => send<Refusal>('POST', `${index}/search`, { size: 0, aggs, timeout: '30s' });
  // What V8 makes of the code, and the terms, are no memory of the request.
  assert.equal((await ask(level({}))).status, 200);
  const pid = cluster.pids()['leaf-0']!;
  const held = residentOf(pid).now;
  const { result } = await lightMeanwhile(() => ask(level(level(level({})))));
  assert.deepEqual([result.status, result.body.error.code], [400, 'AGGREGATION_TOO_MANY_BUCKETS']);
  assert.equal(result.body.error.detail?.['limit'], limits.bucketsCollectedMax);
  const grown = residentOf(pid).most - held;
  t.diagnostic(`the leaf has grown by ${Math.round(grown / 2 ** 20)} MB`);
  assert.ok(grown < bytesCollectedMax, `it has grown by ${grown} bytes`);
});

test('heavy input: a document over the limit is rejected with limit and actual, its neighbours are not', async () => {
  const large = JSON.stringify({ id: 'over', text: 'x '.repeat(limits.documentBytesMax / 2) });
  const { body } = await send<{ accepted: number; rejected: { listed: { code: string; detail: object }[] } }>(
    'POST',
    `${index}/documents?key=id&refresh=wait`,
    `${large}\n{"id":"beside"}\n`,
  );
  assert.equal(body.accepted, 1);
  assert.deepEqual(
    body.rejected.listed.map(({ code, detail }) => [code, detail]),
    [['DOCUMENT_TOO_LARGE', { limitBytes: limits.documentBytesMax, actualBytes: large.length }]],
  );
});

test('heavy input: 100,000 distinct terms in one document, and what stands for all of them', async () => {
  const words = Array.from({ length: 100_000 }, (_, i) => `w${i.toString(36)}x`).join(' ');
  const { result, first } = await lightMeanwhile(() => put('distinct', { text: words }));
  assert.equal(result.accepted, 1);
  assert.ok(first >= 1);
  assert.equal((await search({ prefix: { text: 'w' } })).body.hits.total.value, 1);
  const { status, body } = await search({ wildcard: { text: 'w*x' } });
  assert.deepEqual([status, body.hits.total.value], [200, 1]);
});

test('heavy input: a misspelt word that stands for tens of thousands of terms', async () => {
  const letters = Array.from({ length: 140 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  await put('pairs', { text: letters.flatMap((a) => letters.map((b) => a + b)).join(' ') });
  const query = { fuzzy: { text: { value: letters.slice(0, 2).join(''), fuzziness: 2 } } };
  const { result, first } = await lightMeanwhile(() => Promise.all(Array.from({ length: 8 }, () => search(query))));
  for (const { status, body } of result) {
    assert.equal(status, 200);
    assert.ok(body.hits.hits.some(({ _id }) => _id === 'pairs'));
  }
  assert.ok(first >= 1);
});

test('heavy input: a pattern bomb is answered, and light searches are meanwhile', async () => {
  const terms = Array.from({ length: 4000 }, (_, i) => `${'a'.repeat(1000)}${i}`);
  await put('bombs', { text: terms.join(' ') });
  const pattern = `${'*a'.repeat(120)}*b`;
  const { result, first } = await lightMeanwhile(() =>
    Promise.all(Array.from({ length: 8 }, () => search({ wildcard: { text: pattern } }))),
  );
  for (const { status, body } of result) assert.deepEqual([status, body.hits.total.value], [200, 0]);
  assert.ok(first >= 1);
});

test('heavy input: regular expressions made to take long are answered or refused', async () => {
  const terms = Array.from({ length: 4000 }, (_, i) => `${'a'.repeat(1000)}${i}`);
  await put('regexps', { text: terms.join(' ') });
  const eight = (text: string) => Promise.all(Array.from({ length: 8 }, () => search({ regexp: { text } })));
  for (const { status, body } of await eight('(a+)+(a|aa)*.*(.*a){9}b')) {
    assert.deepEqual([status, body.hits.total.value], [200, 0]);
  }
  for (const { status, body } of await eight('(.*a){1,500}')) {
    assert.deepEqual([status, body.error.code], [400, 'REQUEST_VALUE_INVALID']);
  }
});

test('heavy input: a phrase of 10,000 words', async () => {
  const { status, body } = await search({ match_phrase: { text: 'word '.repeat(10_000) } });
  assert.deepEqual([status, body.error.code], [400, 'PHRASE_TOO_LONG']);
  assert.deepEqual([body.error.detail?.['limit'], body.error.detail?.['actual']], [limits.phraseTermsMax, 10_000]);
});

// Each row: a query that is too much, code and place of its refusal, limit and actual.
const refused: [name: string, query: unknown, refusal: string, limit: number, actual: number][] = [
  ['a pattern', { wildcard: { text: 'a'.repeat(257) } }, 'REQUEST_VALUE_INVALID /query/wildcard/text', 256, 257],
  ['a misspelt word', { fuzzy: { text: 'a'.repeat(257) } }, 'REQUEST_VALUE_INVALID /query/fuzzy/text', 256, 257],
  [
    'clauses',
    { match: { text: Array.from({ length: 1025 }, (_, i) => `w${i}`).join(' ') } },
    'QUERY_TOO_MANY_CLAUSES /query/match',
    1024,
    1025,
  ],
  ['values', { terms: { tag: Array(65_537).fill('a') } }, 'REQUEST_VALUE_INVALID /query/terms/tag', 65_536, 65_537],
];
for (const [name, query, refusal, limit, actual] of refused) {
  test(`heavy input: ${name} over the limit`, async () => {
    const { status, body } = await search(query);
    assert.equal(`${status} ${body.error.code} ${body.error.at}`, `400 ${refusal}`);
    assert.deepEqual([body.error.detail?.['limit'], body.error.detail?.['actual']], [limit, actual]);
  });
}

test('heavy input: nesting over the limit', async () => {
  let query: object = { match_all: {} };
  for (let i = 0; i < limits.queryDepthMax + 1; i++) query = { bool: { must: query } };
  const { status, body } = await search(query);
  assert.deepEqual([status, body.error.code], [400, 'QUERY_TOO_DEEP']);
  assert.equal(body.error.detail?.['limit'], limits.queryDepthMax);
});

async function sendBytes(bytes: Uint8Array): Promise<Answered<Bulk>> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${index}/documents?key=id&refresh=wait`, { method: 'POST', body: bytes, headers });
  return { status: response.status, body: (await response.json()) as Bulk };
}

test('no text: invalid UTF-8 in one line is that line rejected', async () => {
  const line = (text: string): Buffer => Buffer.from(`{"id":"u","text":"${text}"}\n`);
  const broken = line('??');
  broken[broken.indexOf('?')] = 0xff;
  const { body } = await sendBytes(Buffer.concat([broken, line('whole')]));
  assert.equal(body.accepted, 1);
  assert.deepEqual(
    body.rejected.listed.map(({ code }) => code),
    ['JSON_MALFORMED'],
  );
});

test('no text: a lone surrogate is refused in a keyword, kept in a text, and found by nothing', async () => {
  const { body } = await sendBytes(
    Buffer.from('{"id":"s1","tag":"a\\ud800"}\n{"id":"s2","text":"before\\udc00 after"}\n'),
  );
  assert.equal(body.accepted, 1);
  assert.deepEqual(
    body.rejected.listed.map(({ code, at }) => [code, at]),
    [['DOCUMENT_FIELD_TYPE', '/tag']],
  );
  assert.deepEqual(
    (await search({ match: { text: 'before' } })).body.hits.hits.map(({ _id }) => _id),
    ['s2'],
  );
  const response = await fetch(`${index}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":{"term":{"tag":"a\\ud800"}}}',
  });
  assert.equal(((await response.json()) as Found).hits.total.value, 0);
});

test('no dates: out of range, or days that are not', async () => {
  const lines = ['"2023-02-30"', '"+275761-01-01"', '8640000000000001', '1e300', '"9999-12-31T23:59:59.999Z"'];
  const { body } = await sendBytes(Buffer.from(lines.map((when, i) => `{"id":"d${i}","when":${when}}\n`).join('')));
  assert.equal(body.accepted, 1);
  assert.deepEqual(
    body.rejected.listed.map(({ code, at }) => `${code} ${at}`),
    Array(4).fill('DOCUMENT_FIELD_TYPE /when'),
  );
  const { status, body: answer } = await search({ range: { when: { gte: '2023-02-30' } } });
  assert.deepEqual([status, answer.error.code], [400, 'REQUEST_VALUE_INVALID']);
});
