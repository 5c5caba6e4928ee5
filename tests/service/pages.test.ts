/** Pages of a pinned state: an export while writes go on is that of one moment. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Hit {
  readonly _id: string;
  readonly _score: number | null;
  readonly _source: { readonly version: number };
  readonly sort: readonly unknown[];
}

interface Page {
  readonly at?: string;
  readonly complete: boolean;
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
}

interface Refusal {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: Record<string, unknown> };
}

const documents = 600;
const pinKeepMs = 2000;
const schema = {
  fields: { id: { kind: 'keyword' }, group: { kind: 'integer' }, text: { kind: 'text' } },
  dynamic: 'false',
};

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--pin-keep-ms', String(pinKeepMs)] });
});
after(() => cluster?.stop());

const line = (number: number, version: number): string => {
  const text = `${'cat '.repeat(1 + (number % 3))}${'dog '.repeat(number % 5)}`;
  return `${JSON.stringify({ id: `k${number}`, group: number % 7, text, version })}\n`;
};

async function fill(name: string, replicas = 1): Promise<string> {
  const url = `${cluster.url}/v1/indexes/${name}`;
  await must('PUT', url, { shards: 4, replicas, schema });
  const body = Array.from({ length: documents }, (_, i) => line(i, 0)).join('');
  await must('POST', `${url}/documents?key=id&refresh=wait`, body);
  return url;
}

/** Puts everything again, deletes a third, adds others, and waits until all that is searchable. */
async function change(url: string, version: number): Promise<void> {
  const lines = Array.from({ length: documents }, (_, i) =>
    i % 3 === 0 ? `${JSON.stringify({ _delete: `k${i}` })}\n` : line(i, version),
  );
  lines.push(...Array.from({ length: 50 }, (_, i) => line(documents * version + i, version)));
  await must('POST', `${url}/documents?key=id&refresh=wait`, lines.join(''));
}

/** All pages; between them something happens. */
async function readAll(url: string, body: object, between: (page: number) => Promise<void>): Promise<Hit[]> {
  const hits: Hit[] = [];
  let at: true | string = true;
  for (let number = 0; ; number++) {
    const last = hits.at(-1);
    const page: Page = await must<Page>('POST', `${url}/search`, {
      ...body,
      at,
      timeout: '30s',
      ...(last === undefined ? {} : { search_after: last.sort }),
    });
    assert.equal(page.complete, true);
    assert.ok(page.at !== undefined);
    hits.push(...page.hits.hits);
    if (page.hits.hits.length < 97) return hits;
    at = page.at;
    await between(number);
  }
}

// Each row: how the export is sorted.
const sorts: [name: string, sort: unknown][] = [
  ['as it arrived', '_doc'],
  ['by a field with many ties', { group: 'desc' }],
  ['by score', '_score'],
];
for (const [i, [name, sort]] of sorts.entries()) {
  test(`an export ${name} while writes go on gives the pinned state, each document once`, async () => {
    const url = await fill(`export-${i}`);
    const query = { match: { text: 'cat dog' } };
    const whole = await must<Page>('POST', `${url}/search`, { query, sort, size: 1000 });
    const hits = await readAll(url, { query, sort, size: 97 }, (page) => change(url, page + 1));
    assert.equal(hits.length, documents);
    assert.equal(new Set(hits.map(({ _id }) => _id)).size, documents);
    assert.ok(hits.every(({ _source }) => _source.version === 0));
    const told = (each: readonly Hit[]): unknown[] => each.map(({ _id, _score }) => [_id, _score]);
    assert.deepEqual(told(hits), told(whole.hits.hits), 'the order and every score are those of the one answer');
  });
}

test('a state that was not asked for in time is gone, and says how to go on', async () => {
  const url = await fill('expires');
  const search = `${url}/search`;
  const { at } = await must<Page>('POST', search, { at: true, size: 1 });
  await change(url, 1);
  assert.equal((await must<Page>('POST', search, { at, size: 0 })).hits.total?.value, documents);
  await sleep(pinKeepMs + 200);
  const { status, body } = await send<Refusal>('POST', search, { at });
  assert.deepEqual([status, body.error.code], [410, 'PIN_GONE']);
  assert.deepEqual(body.error.detail?.['shards'], [0, 1, 2, 3]);
});

test('a replica at the same state answers for the leaf that pinned it', async () => {
  const url = await fill('shared', 2);
  const search = `${url}/search`;
  const body = { query: { match: { text: 'dog' } }, size: 20, timeout: '30s' };
  const first = await must<Page>('POST', search, { ...body, at: true });
  cluster.signal('leaf-0', 'SIGSTOP');
  try {
    const again = await must<Page>('POST', search, { ...body, at: first.at });
    assert.deepEqual(again.hits, first.hits);
  } finally {
    cluster.signal('leaf-0', 'SIGCONT');
  }
});

test('pages: what is refused', async () => {
  const url = await fill('refused');
  const other = await fill('other');
  const { at } = await must<Page>('POST', `${other}/search`, { at: true, size: 0 });
  // Each row: the body, status, code and place of the refusal.
  const rows: [body: object, refusal: string][] = [
    [{ at: 'x' }, '400 PIN_INVALID at'],
    [{ at }, '400 PIN_INVALID at'],
    [{ at: false }, '400 REQUEST_TYPE_WRONG /at'],
    [{ at: '' }, '400 REQUEST_TYPE_WRONG /at'],
    [{ at: 'x', token: 'y' }, '400 REQUEST_VALUE_INVALID /token'],
    [{ search_after: [1], from: 1 }, '400 REQUEST_VALUE_INVALID /from'],
    [{ search_after: 1 }, '400 REQUEST_TYPE_WRONG /search_after'],
    [{ search_after: [] }, '400 REQUEST_VALUE_INVALID /search_after'],
    [{ search_after: ['a'] }, '400 REQUEST_TYPE_WRONG /search_after/0'],
    [{ search_after: [1, 'a'] }, '400 REQUEST_VALUE_INVALID /search_after/1'],
    [{ sort: '_doc', search_after: [1] }, '400 REQUEST_VALUE_INVALID /search_after'],
    [{ sort: 'group', search_after: [1.5, '0:1', 2] }, '400 REQUEST_VALUE_INVALID /search_after'],
    [{ sort: 'group', search_after: [true] }, '400 REQUEST_TYPE_WRONG /search_after/0'],
  ];
  for (const [body, expected] of rows) {
    const { status, body: answer } = await send<Refusal>('POST', `${url}/search`, body);
    assert.equal(`${status} ${answer.error.code} ${answer.error.at}`, expected, JSON.stringify(body));
  }
});
