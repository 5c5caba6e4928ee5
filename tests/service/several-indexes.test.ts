/** Searches that name several indexes, through two roots, held to what reading every document gives. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Document {
  readonly id: string;
  readonly text: string;
  readonly n: number;
  readonly tag: string;
}

interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _score: number | null;
  readonly _source: Document;
  readonly sort?: readonly unknown[];
}

interface Found {
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly failed: number };
    readonly documents: { readonly asked: number; readonly answered: number };
    readonly ratio: number;
    readonly freshness: { readonly behind: number | null };
    readonly failures: readonly { readonly index?: string; readonly code: string }[];
  };
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: string };
    readonly hits: readonly Hit[];
  };
  readonly aggregations?: Readonly<Record<string, unknown>>;
  readonly profile?: { readonly rounds: readonly { readonly index: string; readonly round: string }[] };
}

interface Refused {
  readonly error: { readonly code: string; readonly at?: string; readonly detail: Readonly<Record<string, unknown>> };
}

const seed = 12;
const shards: Readonly<Record<string, number>> = { 'logs-1': 1, 'logs-2': 3, 'logs-3': 2 };
const documents = new Map<string, readonly Document[]>();
const fields = {
  id: { kind: 'keyword' },
  text: { kind: 'text' },
  n: { kind: 'integer' },
  tag: { kind: 'keyword' },
};
let cluster: Cluster;
let roots: readonly string[];

const indexUrl = (name: string, root = 0): string => `${roots[root]}/v1/indexes/${name}`;
const find = (name: string, body: object, root = 0) => must<Found>('POST', `${indexUrl(name, root)}/search`, body);
const refuse = (name: string, body: object) => send<Refused>('POST', `${indexUrl(name)}/search`, body);
const change = (...actions: object[]) => must('POST', `${roots[0]}/v1/aliases`, { actions });

before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const random = createRandom(seed);
  for (const [name, count] of Object.entries(shards)) {
    await must('PUT', indexUrl(name), { shards: count, schema: { fields } });
    const own = Array.from({ length: 100 + 50 * count }, (_, i) => ({
      id: `${name}-${i}`,
      text: Array.from({ length: 4 }, () => random.pick(['cat', 'dog', 'emu', 'fox'])).join(' '),
      n: random.integer(0, 40),
      tag: random.pick(['a', 'b', 'c']),
    }));
    documents.set(name, own);
    const lines = own.map((document) => `${JSON.stringify(document)}\n`).join('');
    await must('POST', `${indexUrl(name)}/documents?key=id&refresh=wait`, lines);
  }
  await must('PUT', indexUrl('other'), {
    shards: 1,
    schema: { fields: { n: { kind: 'keyword' }, m: { kind: 'integer' } } },
  });
  await must('PUT', indexUrl('sums'), {
    kind: 'rollup',
    shards: 1,
    schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } },
  });
  const filter = { term: { tag: 'a' } };
  await change(
    { add: { alias: 'tagged', index: 'logs-1', filter } },
    { add: { alias: 'tagged', index: 'logs-2', filter } },
    { add: { alias: 'first', index: 'logs-1' } },
    { add: { alias: 'first-c', index: 'logs-1', filter: { term: { tag: 'c' } } } },
  );
});
after(() => cluster.stop());

type Row = { readonly index: string; readonly document: Document };
const all = (names: readonly string[]): Row[] =>
  names.flatMap((index) => documents.get(index)!.map((document) => ({ index, document })));
const every = ['logs-1', 'logs-2', 'logs-3'];
const isTagged = ({ document }: Row): boolean => document.tag === 'a';

// Each row: what is named, the indexes, the documents of them that are seen.
const names: [expression: string, indexes: string[], sees: (row: Row) => boolean][] = [
  ['logs-1,logs-2', ['logs-1', 'logs-2'], () => true],
  ['logs-2,logs-1,logs-2', ['logs-1', 'logs-2'], () => true],
  ['logs-*', every, () => true],
  ['*-3,logs-1', ['logs-1', 'logs-3'], () => true],
  ['l*s-**2', ['logs-2'], () => true],
  ['tagged', ['logs-1', 'logs-2'], isTagged],
  ['tagged,logs-1', ['logs-1', 'logs-2'], (row) => row.index === 'logs-1' || isTagged(row)],
  ['first-c', ['logs-1'], ({ document }) => document.tag === 'c'],
  [
    'first-c,tagged',
    ['logs-1', 'logs-2'],
    (row) => isTagged(row) || (row.index === 'logs-1' && row.document.tag === 'c'),
  ],
  ['first', ['logs-1'], () => true],
  ['none*,first', ['logs-1'], () => true],
];

const byNumber = (a: Row, b: Row): number => a.document.n - b.document.n || (a.document.id < b.document.id ? -1 : 1);

for (const [expression, indexes, sees] of names) {
  test(`several: ${expression} finds what reading every document finds`, async () => {
    const expected = all(indexes).filter(sees).sort(byNumber);
    for (const root of [0, 1]) {
      const found = await find(
        expression,
        {
          size: 50,
          from: 7,
          sort: ['n', 'id'],
          track_total_hits: true,
          aggs: {
            tags: { terms: { field: 'tag' }, aggs: { most: { max: { field: 'n' } } } },
            sum: { sum: { field: 'n' } },
            different: { cardinality: { field: 'n' } },
          },
        },
        root,
      );
      assert.deepEqual(found.hits.total, { value: expected.length, relation: 'eq' });
      assert.deepEqual(
        found.hits.hits.map(({ _index, _source }) => ({ index: _index, document: _source })),
        expected.slice(7, 57),
      );
      const asked = indexes.reduce((sum, name) => sum + shards[name]!, 0);
      assert.deepEqual(found.coverage.shards, { asked, answered: asked, failed: 0 });
      assert.equal(found.coverage.documents.answered, all(indexes).length);
      assert.equal(found.complete, true);
      const tags = Map.groupBy(expected, ({ document }) => document.tag);
      const buckets = Array.from(tags, ([key, rows]) => {
        return { key, doc_count: rows.length, most: { value: Math.max(...rows.map(({ document }) => document.n)) } };
      }).sort((a, b) => b.doc_count - a.doc_count || (a.key < b.key ? -1 : 1));
      const {
        tags: told,
        sum,
        different,
      } = found.aggregations as {
        tags: { buckets: unknown };
        sum: { value: number };
        different: { value: number };
      };
      assert.deepEqual(told.buckets, buckets);
      assert.equal(
        sum.value,
        expected.reduce((total, { document }) => total + document.n, 0),
      );
      assert.equal(different.value, new Set(expected.map(({ document }) => document.n)).size);
    }
  });
}

test('several: scores are those of each index by itself, ties go by the name of the index', async () => {
  const body = { query: { match: { text: 'cat fox' } }, size: 1000 };
  const apart: Hit[] = [];
  for (const name of every) apart.push(...(await find(name, body)).hits.hits);
  const expected = apart
    .map((hit, i) => ({ hit, i }))
    // Each index is in order already, and they come by name.
    .sort((a, b) => b.hit._score! - a.hit._score! || a.i - b.i)
    .map(({ hit }) => hit);
  for (let attempt = 0; attempt < 2; attempt++) {
    const found = await find('logs-*', body, attempt);
    assert.deepEqual(found.hits.hits, expected);
    const page = await find('logs-*', { ...body, from: 40, size: 30 }, attempt);
    assert.deepEqual(page.hits.hits, expected.slice(40, 70));
  }
});

test('several: pages by search_after, of the order of the places by name', async () => {
  const sort = [{ n: 'desc' }, 'id'];
  const expected = all(every).sort((a, b) => b.document.n - a.document.n || (a.document.id < b.document.id ? -1 : 1));
  const read: string[] = [];
  for (let last: readonly unknown[] | undefined; ;) {
    const page: Found = await find('logs-*', {
      sort,
      size: 100,
      ...(last === undefined ? {} : { search_after: last }),
    });
    if (page.hits.hits.length === 0) break;
    read.push(...page.hits.hits.map(({ _id }) => _id));
    last = page.hits.hits.at(-1)!.sort!;
  }
  assert.deepEqual(
    read,
    expected.map(({ document }) => document.id),
  );
  const places = await find('logs-*', { sort: ['_doc'], size: 1000 });
  const order = places.hits.hits.map(({ _index }) => _index);
  assert.deepEqual(order, order.toSorted());
  assert.equal(order.length, expected.length);
});

test('several: a token of all that was read, which other roots and searches of some of them take', async () => {
  const response = await fetch(`${indexUrl('logs-*')}/search`);
  const token = response.headers.get('sheaf-token');
  assert.ok(token !== null);
  for (const name of ['logs-*', 'logs-1,logs-2', 'first', 'other*']) {
    const again = await fetch(`${indexUrl(name, 1)}/search`, { headers: { 'sheaf-token': token } });
    assert.equal(again.status, 200, await again.text());
  }
  const writes = await must<{ token: string }>(
    'POST',
    `${indexUrl('logs-1')}/documents?key=id`,
    '{"id":"new","n":99}\n',
  );
  const seen = await find('logs-*', { token: writes.token, query: { term: { n: 99 } } }, 1);
  assert.deepEqual(
    seen.hits.hits.map(({ _id }) => _id),
    ['new'],
  );
  const { body } = await refuse('logs-2,logs-3', { token: writes.token });
  assert.equal(body.error.code, 'TOKEN_INVALID');
  await must('DELETE', `${indexUrl('logs-1')}/documents/new?refresh=wait`);
});

test('several: a timeline says which index each round is of', async () => {
  const { profile } = await find('logs-1,logs-2', { profile: true });
  assert.deepEqual(profile!.rounds.map(({ index, round }) => `${index} ${round}`).sort(), [
    'logs-1 search',
    'logs-2 search',
  ]);
});

test('several: no index that fits is a complete and empty answer', async () => {
  const found = await find('none-*', { query: { term: { anything: 3 } }, aggs: { a: { max: { field: 'x' } } } });
  assert.deepEqual(
    [found.complete, found.hits.total.value, found.coverage.shards.asked, found.coverage.ratio],
    [true, 0, 0, 1],
  );
});

// Each row: what is named, the search, its code, and what the detail says.
const bad: [name: string, expression: string, body: object, code: string, detail: RegExp][] = [
  ['a name of nothing', 'none', {}, 'INDEX_NOT_FOUND', /"index":"none"/],
  ['one of nothing among others', 'logs-*,none', {}, 'INDEX_NOT_FOUND', /"index":"none"/],
  ['nothing between commas', 'logs-1,,logs-2', {}, 'INDEX_NOT_FOUND', /"index":""/],
  [
    'a query that one cannot read',
    'logs-*,other',
    { query: { term: { tag: 'a' } } },
    'FIELD_UNKNOWN',
    /"index":"other"/,
  ],
  ['a sort by other kinds', 'logs-*,other', { sort: ['n'] }, 'SEARCH_INDEXES_DIFFER', /"index":"other".*"field":"n"/],
  [
    'aggregations of other kinds',
    'logs-1,other',
    { aggs: { a: { cardinality: { field: 'n' } } } },
    'SEARCH_INDEXES_DIFFER',
    /"field":"n","kind":"keyword","expected":"integer"/,
  ],
  ['a roll-up', 'logs-1,sums', {}, 'SEARCH_INDEXES_REFUSED', /rollup/],
  ['a state', 'logs-*', { at: true }, 'SEARCH_INDEXES_REFUSED', /at: /],
  ['after a place', 'logs-*', { sort: ['_doc'], search_after: [1, '0:1'] }, 'SEARCH_INDEXES_REFUSED', /search_after/],
  ['too many hits', `logs-*`, { size: 10_001 }, 'RESULT_WINDOW_TOO_LARGE', /10000/],
  ['too much covered', 'logs-*', { coverage: { min: 2 } }, 'REQUEST_VALUE_INVALID', /logs-1/],
];
for (const [name, expression, body, code, detail] of bad) {
  test(`several: ${name} is refused`, async () => {
    const { status, body: answer } = await refuse(expression, body);
    assert.ok(status >= 400 && status < 500, `${status}`);
    assert.equal(answer.error.code, code);
    assert.match(JSON.stringify(answer.error.detail), detail);
  });
}

test('several: an alias of one index takes all that its index takes', async () => {
  const pinned = await must<{ at: string; hits: { hits: Hit[] } }>('POST', `${indexUrl('first')}/search`, {
    at: true,
    size: 3,
  });
  const next = await find('first', { at: pinned.at, size: 3, search_after: pinned.hits.hits.at(-1)!.sort });
  const both = await find('logs-1', { size: 6 });
  assert.deepEqual(
    [...pinned.hits.hits, ...next.hits.hits].map(({ _id }) => _id),
    both.hits.hits.map(({ _id }) => _id),
  );
});

test('several: an alias is swapped 100 times under searches of two roots, and each answer is wholly of one index', async (t) => {
  await must('PUT', indexUrl('blue'), { shards: 2, schema: { fields: { n: { kind: 'integer' } } } });
  await must('PUT', indexUrl('green'), { shards: 3, schema: { fields: { n: { kind: 'integer' } } } });
  const lines = (n: number): string => Array.from({ length: 20 }, () => `{"n":${n}}\n`).join('');
  await must('POST', `${indexUrl('blue')}/documents?refresh=wait`, lines(1));
  await must('POST', `${indexUrl('green')}/documents?refresh=wait`, lines(2));
  await change({ add: { alias: 'live', index: 'blue' } });
  const swaps = 100;
  const tokens: (string | null)[] = [null, null];
  const state = { isOver: false };
  let searches = 0;
  const seen = new Map<string, number>();
  const searcher = async (root: number, worker: number): Promise<void> => {
    while (!state.isOver) {
      const token = tokens[root];
      // Some give back what they have read, which may have been of the other index.
      const headers: Record<string, string> = worker === 0 && typeof token === 'string' ? { 'sheaf-token': token } : {};
      const response = await fetch(`${indexUrl('live', root)}/search?size=50&track_total_hits=true`, { headers });
      const found = (await response.json()) as Found;
      assert.equal(response.status, 200, JSON.stringify(found));
      const indexes = new Set(found.hits.hits.map(({ _index }) => _index));
      assert.equal(indexes.size, 1, [...indexes].join());
      assert.equal(found.hits.total.value, 20);
      assert.equal(found.coverage.shards.asked, indexes.has('blue') ? 2 : 3);
      tokens[root] = response.headers.get('sheaf-token');
      searches++;
      for (const index of indexes) seen.set(index, (seen.get(index) ?? 0) + 1);
    }
  };
  const workers = [0, 1].flatMap((root) => [0, 1, 2, 3].map((worker) => searcher(root, worker)));
  const swapper = async (): Promise<void> => {
    try {
      for (let i = 0; i < swaps; i++) {
        const [from, to] = i % 2 === 0 ? ['blue', 'green'] : ['green', 'blue'];
        const actions = [{ remove: { alias: 'live', index: from } }, { add: { alias: 'live', index: to } }];
        await must('POST', `${roots[i % 3 === 0 ? 1 : 0]}/v1/aliases`, { actions });
      }
    } finally {
      state.isOver = true;
    }
  };
  const begunAt = performance.now();
  await Promise.all([...workers, swapper()]);
  const seconds = (performance.now() - begunAt) / 1000;
  t.diagnostic(
    `${swaps} swaps, ${searches} searches, ${Math.round(searches / seconds)} a second, ${JSON.stringify([...seen])}`,
  );
  assert.equal(seen.size, 2);
});
