import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { DocumentCluster } from '../tests/sources/document-cluster.ts';
import { emptyCatalog, type IndexDefinition } from '../shared/catalog/catalog.ts';
import { SheafError } from '../shared/errors.ts';
import type { SearchTask } from '../shared/protocol/tasks/search.ts';
import { limits } from '../shared/limits.ts';
import type { IndexSchema } from '../shared/schema/schema.ts';
import type { Span, Tracer } from '../shared/telemetry/tracer.ts';
import { TrieMap } from '../shared/trie/trie-map.ts';
import { createRootMetrics } from './http/metrics.ts';
import { renderSearch } from './http/render-search.ts';
import { registerSearchRoutes } from './http/routes/search.ts';
import { rootKinds } from './kinds/root-kinds.ts';
import { NewShards } from './plan/new-shards.ts';
import { parseSearchBody } from './query/parse-search-body.ts';
import { runSearch } from './run-search.ts';
import type { LeafPort } from './scatter/drive.ts';
import type { SearchAsk, SearchServices } from './search-ask.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { text: { kind: 'text' }, n: { kind: 'integer' }, at: { kind: 'date' } },
};
const shards = 4;
const index: IndexDefinition = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 1 };
const body = { query: { match: { text: 'cat' } }, aggs: { most: { max: { field: 'n' } } }, size: 5 };

/** A root over an index of 40 documents on 2 leaves. */
function makeRoot(changes: Partial<SearchServices> = {}, leaves = 2) {
  const cluster = new DocumentCluster({ schema, shards, leaves, replicas: 1 });
  const documents = Array.from({ length: 40 }, (_, n) => ({ text: n % 3 === 0 ? 'cat' : 'dog', n }));
  cluster.write(documents.map((document, i) => ({ shard: i % shards, key: `k${i}`, document })));
  const metrics = createRootMetrics();
  const services: SearchServices = {
    ...cluster.root,
    kinds: rootKinds,
    config: { timeoutMs: 5000, timeoutMsMax: 60_000, coverageMin: 1 },
    catalog: {
      state: emptyCatalog,
      isKnown: true,
      catchUp: async () => undefined,
      findKnown: (name) => (name === index.name ? index : undefined),
      look: async (name) => {
        throw new SheafError('INDEX_NOT_FOUND', { detail: { index: name } });
      },
    },
    membership: { waitUntil: async (condition) => condition() },
    newShards: new NewShards(),
    loop: { behindMs: 0 },
    tracer: null,
    metrics,
    ...changes,
  };
  return { cluster, services, counted: () => countsOf(metrics) };
}

/** Searches by outcome, and failed shards by code, as Prometheus is told. */
async function countsOf({ registry }: ReturnType<typeof createRootMetrics>): Promise<string[]> {
  const pattern = /^sheaf_root_(?:searches|shard_failures)_total\{\w+="(\w+)"\} (\d+)$/gm;
  return [...(await registry.metrics()).matchAll(pattern)].map(([, label, count]) => `${label} ${count}`);
}

function askOf(root: SearchServices, changes: Partial<SearchAsk> = {}): SearchAsk {
  return {
    index: index.name,
    findMs: 100,
    read: (known, defaults) => parseSearchBody(body, known, defaults),
    arrivedAt: root.clock.now(),
    signal: new AbortController().signal,
    token: undefined,
    traceparent: undefined,
    ...changes,
  };
}

test('runSearch: gives what the route gives', async () => {
  const { services, counted } = makeRoot();
  const app = fastify();
  app.setValidatorCompiler(() => () => true);
  registerSearchRoutes(app, { ...services, timeOfDay: () => 0 });
  const routed = await app.inject({ method: 'POST', url: '/v1/indexes/books/search', payload: body });
  const found = await runSearch(services, askOf(services));
  const withoutTime = (text: string): unknown => ({ ...(JSON.parse(text) as object), took: 0 });
  assert.equal(found.answer.total, 14);
  assert.deepEqual({ ...found.results }, { most: { value: 39 } });
  assert.deepEqual(withoutTime(renderSearch(found).toString()), withoutTime(routed.body));
  assert.deepEqual(await counted(), ['complete 2']);
  await app.close();
});

test('a search by HTTP: now is the time of day at which it arrived', async () => {
  const { services } = makeRoot();
  const app = fastify();
  registerSearchRoutes(app, { ...services, timeOfDay: () => 86_400_042 });
  const payload = { aggs: { a: { date_range: { field: 'at', ranges: [{ from: 'now/d', to: 'now' }] } } } };
  const { body: text } = await app.inject({ method: 'POST', url: '/v1/indexes/books/search', payload });
  const [bucket] = (JSON.parse(text) as { aggregations: { a: { buckets: object[] } } }).aggregations.a.buckets;
  assert.deepEqual(bucket, {
    key: '1970-01-02T00:00:00.000Z-1970-01-02T00:00:00.042Z',
    from: 86_400_000,
    from_as_string: '1970-01-02T00:00:00.000Z',
    to: 86_400_042,
    to_as_string: '1970-01-02T00:00:00.042Z',
    doc_count: 0,
  });
  await app.close();
});

test('runSearch: counts an answer that lacks shards, and why', async () => {
  const { cluster, services, counted } = makeRoot();
  cluster.dead.add('leaf-1');
  const read: SearchAsk['read'] = (known, defaults) => {
    return parseSearchBody({ ...body, coverage: { min: 0 } }, known, defaults);
  };
  const { answer } = await runSearch(services, askOf(services, { read }));
  assert.equal(answer.coverage.shards.failed, 2);
  assert.deepEqual(await counted(), ['partial 1', 'SHARD_UNASSIGNED 2']);
});

/** A root to which each answer seems to be of so many bytes, and which says how many have come and how many were cancelled. */
function makeHeavy(bytesOfEach: number, answersMax = Infinity, leafCount = 2) {
  const seen = { sent: 0, arrived: 0, cancelled: 0 };
  const tasks: SearchTask[] = [];
  const { cluster, services } = makeRoot({}, leafCount);
  const { leaves } = cluster.root;
  const send: LeafPort['send'] = (leaf, task, onOutcome, onArrival) => {
    const isSearch = task.kind === 'search';
    if (isSearch) seen.sent++;
    if (task.kind === 'search') tasks.push(task);
    const { cancel } = leaves.send(leaf, task, (outcome) => {
      if (!isSearch || onArrival === undefined) return onOutcome(outcome);
      if (seen.arrived === answersMax) return;
      seen.arrived++;
      let isCancelled = false;
      cancels.add(() => (isCancelled = true));
      onArrival(bytesOfEach);
      if (!isCancelled) onOutcome(outcome);
    });
    const cancels = new Set([cancel]);
    return {
      cancel: () => {
        if (isSearch) seen.cancelled++;
        for (const each of cancels) each();
      },
    };
  };
  const indexes = TrieMap.of(['books', 'films', 'plays'].map((name, i) => [name, { ...index, name, id: `x${i}` }]));
  const state = { ...emptyCatalog, indexes };
  const look: SearchServices['catalog']['look'] = async (_name, find) => find(state)!;
  const catalog = { ...services.catalog, state, findKnown: () => undefined, look };
  return { seen, tasks, root: { ...services, leaves: { send }, catalog } };
}

// Each row: what is searched, so many bytes a leaf, of how many answers the bound is passed.
const third = limits.gatheredBytesMax / 3;
const heavy: [name: string, index: string, bytes: number, answers: number][] = [
  ['one index, by its first answer', 'books', limits.gatheredBytesMax + 1, 1],
  ['one index, by its second answer', 'books', limits.gatheredBytesMax - 1, 2],
  ['several indexes, by an answer of the second', 'books,films,plays', third, 4],
];
for (const [name, searched, bytes, answers] of heavy) {
  test(`runSearch: what leaves send is counted as it comes: ${name}`, async () => {
    // No more than these come: whoever waits for the others waits in vain.
    const { seen, root } = makeHeavy(bytes, answers);
    const aggs = { most: { terms: { field: 'n' } } };
    const read: SearchAsk['read'] = (known, defaults) => parseSearchBody({ aggs, size: 0 }, known, defaults);
    await assert.rejects(runSearch(root, askOf(root, { index: searched, read })), (error: SheafError) => {
      assert.deepEqual([error.code, error.at], ['AGGREGATION_TOO_LARGE', '/aggs']);
      assert.equal(error.detail?.['actual'], answers * bytes);
      return true;
    });
    assert.equal(seen.arrived, answers);
    // The one that passed the bound, and all that have not answered.
    assert.equal(seen.cancelled, seen.sent - answers + 1);
  });
}

test('runSearch: tasks of one search of several indexes say that they are, and no others do', async () => {
  const { root } = makeHeavy(0);
  const groups: (string | undefined)[] = [];
  let drawn = 0;
  const send: LeafPort['send'] = (leaf, task, ...told) => {
    groups.push(task.group);
    return root.leaves.send(leaf, task, ...told);
  };
  const services = { ...root, leaves: { send }, random: () => (drawn += 0.01) };
  const searched = async (searchedIndex: string): Promise<ReadonlySet<string | undefined>> => {
    groups.length = 0;
    await runSearch(services, askOf(services, { index: searchedIndex }));
    // Rounds that count and that find.
    assert.ok(groups.length >= 4);
    return new Set(groups);
  };
  assert.deepEqual(await searched('books'), new Set([undefined]));
  const [first, second] = [await searched('books,films,plays'), await searched('books,films,plays')];
  assert.equal(first.size, 1);
  assert.ok(!first.has(undefined));
  assert.equal(new Set([...first, ...second]).size, 2);
});

// Each row: what is searched, and how many terms its leaf, which has all shards of each index, is asked for.
const ofOneLeaf: [searched: string, shardSize: number][] = [
  ['books', 11],
  ['books,films', 10_000],
];
for (const [searched, shardSize] of ofOneLeaf) {
  test(`runSearch: one leaf sends what is listed where there is nothing else to merge: ${searched}`, async () => {
    const { root, tasks } = makeHeavy(0, Infinity, 1);
    const aggs = { most: { terms: { field: 'n' } } };
    const read: SearchAsk['read'] = (known, defaults) => parseSearchBody({ aggs, size: 0 }, known, defaults);
    await runSearch(root, askOf(root, { index: searched, read }));
    assert.deepEqual(
      tasks.map(({ aggregations: { most } }) => (most?.kind === 'terms' ? most.shardSize : null)),
      searched.split(',').map(() => shardSize),
    );
  });
}

test('runSearch: hits without aggregations are not counted', async () => {
  const { root } = makeHeavy(limits.gatheredBytesMax);
  const read: SearchAsk['read'] = (known, defaults) => parseSearchBody({ size: 3 }, known, defaults);
  assert.equal((await runSearch(root, askOf(root, { index: 'books,films', read }))).answer.hits.length, 3);
});

// Each row: what differs of the root and of what is asked, the error, what is counted.
const refused: [
  name: string,
  root: Partial<SearchServices>,
  ask: Partial<SearchAsk>,
  code: string,
  counts: string[],
][] = [
  ['too much to do', { loop: { behindMs: 60_000 } }, {}, 'OVERLOADED', ['refused 1']],
  ['an index that is not there', {}, { index: 'films' }, 'INDEX_NOT_FOUND', []],
  [
    'words that cannot be read',
    {},
    { read: (known, defaults) => parseSearchBody({ query: 1 }, known, defaults) },
    'REQUEST_TYPE_WRONG',
    [],
  ],
  [
    'a token of another index',
    {},
    { read: (known, defaults) => parseSearchBody({ token: 'eyJ4OS8wIjoxfQ' }, known, defaults) },
    'TOKEN_INVALID',
    ['error 1'],
  ],
];
for (const [name, changes, ask, code, counts] of refused) {
  test(`runSearch: refuses ${name}`, async () => {
    const { cluster, services, counted } = makeRoot(changes);
    await assert.rejects(runSearch(services, askOf(services, ask)), { code });
    assert.deepEqual(await counted(), counts);
    assert.deepEqual(cluster.traffic, [], 'no leaf is asked');
  });
}

test('runSearch: ends when its caller leaves', async () => {
  const { cluster, services, counted } = makeRoot();
  for (const leaf of ['leaf-0', 'leaf-1']) cluster.silent.add(leaf);
  const left = new AbortController();
  const reason = new Error('the caller has left');
  cluster.onSend = () => setImmediate(() => left.abort(reason));
  await assert.rejects(runSearch(services, askOf(services, { signal: left.signal })), reason);
  assert.deepEqual(await counted(), ['cancelled 1']);
});

test('runSearch: the kind of the index prepares the request and finishes the aggregations', async () => {
  const kinds: SearchServices['kinds'] = {
    ...rootKinds,
    document: {
      ...rootKinds.document,
      sizeDefault: 2,
      prepare: (_index, request) => ({ ...request, query: { kind: 'all' } }),
      *finish(_index, request, { partials }) {
        yield;
        return { asked: request.query.kind, had: Object.keys(partials) };
      },
    },
  };
  const { services } = makeRoot({ kinds });
  const { size: _size, ...unsized } = body;
  const read: SearchAsk['read'] = (known, defaults) => parseSearchBody(unsized, known, defaults);
  const { request, answer, results } = await runSearch(services, askOf(services, { read }));
  assert.equal(answer.total, 40);
  assert.equal(request.size, 2);
  assert.equal(request.query.kind, 'term');
  assert.deepEqual(results, { asked: 'term', had: ['most'] });
});

test('runSearch: a trace begins when the search arrived and ends with what became of it', async () => {
  const events: string[] = [];
  const tracer: Tracer = {
    begin: (name, { at, attributes }): Span => {
      if (name === 'sheaf.search') events.push(`began ${at} ${String(attributes['sheaf.index'])}`);
      return {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        set: (set) => {
          if (name === 'sheaf.search') events.push(Object.entries(set).flat().slice(0, 2).join(' '));
        },
        event: () => undefined,
        end: (_at, error) => {
          if (name === 'sheaf.search') events.push(`ended ${error ?? 'well'}`);
        },
      };
    },
  };
  const { services } = makeRoot({ tracer });
  const arrivedAt = services.clock.now() - 3;
  await runSearch(services, askOf(services, { arrivedAt }));
  await assert.rejects(runSearch({ ...services, loop: { behindMs: 60_000 } }, askOf(services, { arrivedAt })));
  const began = `began ${arrivedAt} books`;
  const refusal = ['error.type OVERLOADED', 'ended OVERLOADED'];
  assert.deepEqual(events, [began, 'sheaf.complete true', 'ended well', began, ...refusal]);
});

test('runSearch: traced and profiled at once, both see every attempt', async () => {
  const attempts: string[] = [];
  const tracer: Tracer = {
    begin: (name, { attributes }): Span => ({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      set: () => undefined,
      event: () => undefined,
      end: () => {
        if (name === 'sheaf.attempt') attempts.push(String(attributes['sheaf.leaf']));
      },
    }),
  };
  const { cluster, services } = makeRoot({ tracer });
  const read: SearchAsk['read'] = (known, defaults) => parseSearchBody({ ...body, profile: true }, known, defaults);
  const { answer } = await runSearch(services, askOf(services, { read }));
  const profiled = answer.profile!.rounds.flatMap((round) => round.attempts);
  // Two leaves count, and then search.
  assert.equal(cluster.traffic.length, 4);
  assert.deepEqual(attempts.sort(), ['leaf-0', 'leaf-0', 'leaf-1', 'leaf-1']);
  assert.deepEqual(profiled.map(({ leaf }) => leaf).sort(), attempts);
  for (const { outcome, executedUs } of profiled) assert.deepEqual([outcome, executedUs === null], ['taken', false]);
});

// Each row: what becomes of an index while it is searched beside another, and its leaf is gone; how the search ends.
const meanwhile: [situation: string, isDeleted: boolean, expected: string][] = [
  ['it is deleted', true, '40 of books'],
  ['it stays', false, 'COVERAGE_TOO_LOW'],
];
for (const [situation, isDeleted, expected] of meanwhile) {
  test(`runSearch: an index that a pattern fits is not there any more: ${situation}`, async () => {
    const gone: IndexDefinition = { ...index, id: 'x1', name: 'gone', shards: 1 };
    const firstShards = new Map([
      [index.id, 0],
      [gone.id, shards],
    ]);
    const cluster = new DocumentCluster({ schema, shards: shards + 1, leaves: shards + 1, replicas: 1, firstShards });
    cluster.write(Array.from({ length: 40 }, (_, n) => ({ shard: n % shards, key: `k${n}`, document: { n } })));
    cluster.write([{ shard: shards, key: 'last', document: { n: 1 } }]);
    const of = (...indexes: IndexDefinition[]) =>
      indexes.reduce((state, each) => ({ ...state, indexes: state.indexes.with(each.name, each) }), emptyCatalog);
    const { services } = makeRoot({});
    const catalog = { ...services.catalog, state: of(index, gone), findKnown: () => undefined };
    cluster.onSend = (leaf) => {
      if (leaf !== `leaf-${shards}`) return;
      cluster.dead.add(leaf);
      if (isDeleted) catalog.state = of(index);
    };
    const found = runSearch({ ...services, ...cluster.root, catalog }, askOf(services, { index: '*', read: readAll }));
    const ended = await found.then(
      ({ answer, isOfSeveral }) => `${answer.total} of ${isOfSeveral ? 'several' : 'books'}`,
      ({ code }: SheafError) => code,
    );
    assert.equal(ended, expected);
  });
}

function readAll(...[known, defaults]: Parameters<SearchAsk['read']>): ReturnType<SearchAsk['read']> {
  return parseSearchBody({ size: 1 }, known, defaults);
}
