/** A whole leaf: real HTTP server, real socket, real indexing thread and files; the log in memory. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CatalogChange } from '../shared/catalog/catalog.ts';
import { indexIdAt } from '../shared/catalog/index-id.ts';
import type { LeafConfig } from '../shared/config/read.ts';
import { SheafError, type ErrorCode } from '../shared/errors.ts';
import { placeShards } from '../shared/hashing/ring.ts';
import { BatchWriter } from '../shared/log/batch.ts';
import { catalogPartition, shardPartition, type Log, type LogBatch } from '../shared/log/log.ts';
import { MemoryLog } from '../shared/log/memory.ts';
import { hearReport } from '../shared/protocol/hear-report.ts';
import type { LeafReport, Members } from '../shared/protocol/reports.ts';
import { ReceivedHits } from '../shared/protocol/hit-table.ts';
import type { DocumentPartial } from '../shared/protocol/tasks/document.ts';
import type { SearchPartial } from '../shared/protocol/tasks/search.ts';
import type { StatisticsPartial } from '../shared/protocol/tasks/statistics.ts';
import type { Task } from '../shared/protocol/tasks/tasks.ts';
import { silentTelemetry } from '../shared/telemetry/telemetry.ts';
import { Calls, type Outcome } from '../shared/transport/calls.ts';
import type { Connection } from '../shared/transport/connection.ts';
import { dial } from '../shared/transport/dial.ts';
import type { Frame } from '../shared/transport/frame.ts';
import { startLeafWith, type RunningLeaf } from './main.ts';
import { keepsDeadline, startBareTimer } from '../tests/deadline/deadline.ts';

const folders: string[] = [];
/** What a test that failed has left open. */
const open = new Set<{ close(): unknown }>();
after(async () => {
  for (const one of open) await one.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-leaf-'));
  folders.push(folder);
  return folder;
}

const shards = 2;

/** The log of a cluster with one index, whose id is `indexId`. */
class Cluster {
  readonly log: Log = new MemoryLog(() => 0);
  readonly indexId = indexIdAt(0);
  catalogOffset = 0;

  async create({ shards: count = shards, replicas = 1 } = {}): Promise<this> {
    await this.change({
      change: 'create',
      definition: {
        kind: 'document',
        schema: { fields: { title: { kind: 'text' }, rank: { kind: 'integer' } }, dynamic: 'false' },
        shards: count,
        replicas,
      },
    });
    return this;
  }

  async change(change: CatalogChange): Promise<void> {
    const writer = new BatchWriter(-1);
    writer.add('put', 'books', Buffer.from(JSON.stringify(change)));
    const [appended] = await this.log.append([{ partition: catalogPartition, count: 1, bytes: writer.finish() }]);
    this.catalogOffset = appended!.lastOffset;
  }

  /** Puts (or, for null, deletes) documents of a shard. Resolves to the last offset. */
  async write(shard: number, documents: Readonly<Record<string, object | null>>): Promise<number> {
    const writer = new BatchWriter(this.catalogOffset);
    for (const [key, document] of Object.entries(documents)) {
      if (document === null) writer.add('delete', key);
      else writer.add('put', key, Buffer.from(JSON.stringify(document)));
    }
    const partition = shardPartition(this.indexId, shard);
    const [appended] = await this.log.append([{ partition, count: writer.count, bytes: writer.finish() }]);
    return appended!.lastOffset;
  }
}

/** A log that cannot be reached. */
const deadLog: Log = {
  identity: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  append: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  appendOnce: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  heads: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  skip: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  earliest: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  trim: async () => {
    throw new SheafError('LOG_UNAVAILABLE');
  },
  subscribe: (partition) => ({ partition, close: () => undefined }),
  close: async () => undefined,
};

function configOf(data: string, changes: Partial<LeafConfig> = {}): LeafConfig {
  const log = { host: '127.0.0.1', port: 1 };
  return {
    name: 'a',
    host: '127.0.0.1',
    port: 0,
    data,
    log,
    refreshMs: 20,
    emulatedTaskMs: 0,
    pinKeepMs: 60_000,
    snapshotMs: 60_000,
    snapshotBytesPerSecond: 1e9,
    pinsMax: 100,
    commitMs: 50,
    drainMs: 25_000,
    ...changes,
  };
}

async function start(log: Log, data: string, changes: Partial<LeafConfig> = {}): Promise<RunningLeaf> {
  // A leaf closes its log; the one of a test outlives it.
  const lent: Log = {
    identity: (options) => log.identity(options),
    append: (batches, options) => log.append(batches, options),
    appendOnce: (...asked) => log.appendOnce(...asked),
    heads: (partitions, options) => log.heads(partitions, options),
    skip: (...asked) => log.skip(...asked),
    earliest: (...asked) => log.earliest(...asked),
    trim: (...asked) => log.trim(...asked),
    subscribe: (...asked) => log.subscribe(...asked),
    close: async () => undefined,
  };
  const running = await startLeafWith(configOf(data, changes), silentTelemetry, { openLog: () => lent });
  const leaf = {
    port: running.port,
    drain: () => running.drain(),
    close: async () => {
      open.delete(leaf);
      await running.close();
    },
  };
  open.add(leaf);
  return leaf;
}

/** A root's end of the connection. */
class TestRoot {
  readonly reports: LeafReport[] = [];
  private readonly dialled: { close(): void };
  private readonly connected: Promise<{ connection: Connection; calls: Calls }>;

  constructor(leaf: RunningLeaf) {
    const { promise, resolve } = Promise.withResolvers<{ connection: Connection; calls: Calls }>();
    this.connected = promise;
    open.add(this);
    this.dialled = dial(
      { address: { host: '127.0.0.1', port: leaf.port }, random: () => 0.5, secret: undefined },
      {
        onConnection: (connection) => {
          const calls = new Calls(connection);
          resolve({ connection, calls });
          return { onFrame: (frame) => this.receive(frame, calls), onClose: (reason) => calls.fail(reason) };
        },
        onFailure: () => undefined,
      },
    );
  }

  async members(leaves: readonly string[], zones?: Members['zones']): Promise<void> {
    (await this.connected).connection.send('members', 0, { leaves, ...(zones === undefined ? {} : { zones }) });
  }

  async ask(task: Task): Promise<Outcome> {
    const { calls } = await this.connected;
    return await new Promise((resolve) => calls.call('task', task, [], resolve));
  }

  /** Asks and expects a partial. */
  async partial<P>(task: Task): Promise<{ partial: P; body: Buffer }> {
    const outcome = await this.ask(task);
    if (!outcome.ok) throw outcome.error;
    return { partial: outcome.frame.header as P, body: Buffer.from(outcome.frame.body) };
  }

  async cancelled(task: Task): Promise<void> {
    const { calls } = await this.connected;
    calls.cancel(calls.call('task', task, [], () => assert.fail('a cancelled task was answered')));
  }

  close(): void {
    open.delete(this);
    this.dialled.close();
  }

  private receive(frame: Frame, calls: Calls): void {
    if (frame.type === 'report') this.reports.push(hearReport(frame.header, this.reports.at(-1) ?? null));
    else calls.receive(frame);
  }
}

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => void setTimeout(resolve, 10));
  }
  assert.fail(`never came true: ${what}`);
}

function isReady(leaf: RunningLeaf): Promise<boolean> {
  return fetch(`http://127.0.0.1:${leaf.port}/v1/health/ready`).then(({ status }) => status === 200);
}

const allShards = [...Array(shards).keys()];

function searchOf(cluster: Cluster, changes: object = {}): Task {
  return {
    kind: 'search',
    index: cluster.indexId,
    shards: allShards,
    remainingMs: 5000,
    query: { kind: 'all' },
    k: 100,
    sort: [{ by: 'position', descending: false }],
    source: true,
    aggregations: {},
    ...changes,
  };
}

/** Everything the leaf finds, as key → source. */
async function contents(
  root: TestRoot,
  cluster: Cluster,
  at: Record<string, number>,
): Promise<Record<string, unknown>> {
  const { partial, body } = await root.partial<SearchPartial>(searchOf(cluster, { at }));
  assert.deepEqual(partial.failures, []);
  const hits = new ReceivedHits(partial.hits, body);
  const entries = Array.from({ length: hits.count }, (_, rank): [string, unknown] => {
    return [hits.hitAt(rank).key!, JSON.parse(hits.sourceAt(rank).toString())];
  });
  assert.equal(partial.total, entries.length);
  assert.equal(partial.documents, entries.length);
  return Object.fromEntries(entries);
}

function keysOf({ partial, body }: { partial: SearchPartial; body: Buffer }): (string | null)[] {
  const hits = new ReceivedHits(partial.hits, body);
  return Array.from({ length: hits.count }, (_, rank) => hits.hitAt(rank).key);
}

function allReady({ replicas }: LeafReport): boolean {
  return replicas.size === shards && [...replicas.values()].every(({ state }) => state === 'ready');
}

async function readyLeaf(
  log: Log,
  data: string,
  changes: Partial<LeafConfig> = {},
): Promise<{ leaf: RunningLeaf; root: TestRoot }> {
  const leaf = await start(log, data, changes);
  const root = new TestRoot(leaf);
  await root.members(['a']);
  await eventually('the leaf is ready', () => root.reports.length > 0 && allReady(root.reports.at(-1)!));
  return { leaf, root };
}

async function stop({ leaf, root }: { leaf: RunningLeaf; root: TestRoot }): Promise<void> {
  root.close();
  await leaf.close();
}

test('leaf: owns replicas by the zones it was ever told, whatever a root that has just started knows', async () => {
  const asked = { shards: 16, replicas: 2 };
  const cluster = await new Cluster().create(asked);
  const zones = { a: 'x', b: 'x', c: 'y' };
  const leaves = Object.keys(zones);
  const owned = (given: Readonly<Record<string, string>>): string => {
    const owners = placeShards({ leaves, zones: new Map(Object.entries(given)), indexId: cluster.indexId, ...asked });
    return [...owners.keys()].filter((shard) => owners[shard]!.includes('a')).join();
  };
  assert.notEqual(owned(zones), owned({}));
  const data = newFolder();
  const held = ({ replicas }: LeafReport): string => {
    const staying = [...replicas.values()].filter(({ state }) => state !== 'draining');
    return staying
      .map(({ shard }) => shard)
      .sort((a, b) => a - b)
      .join();
  };

  const leaf = await start(cluster.log, data, { zone: 'x' });
  const root = new TestRoot(leaf);
  // What a root has heard of an earlier life of the leaf does not count.
  await root.members(leaves, { ...zones, a: 'y' });
  await eventually('placed by zones', () => root.reports.length > 0 && held(root.reports.at(-1)!) === owned(zones));
  assert.equal(root.reports.at(-1)!.zone, 'x');
  await stop({ leaf, root });

  const again = await start(cluster.log, data, { zone: 'x' });
  const newRoot = new TestRoot(again);
  await eventually('a report', () => newRoot.reports.length > 0);
  assert.equal(held(newRoot.reports.at(-1)!), owned(zones));
  const { sequence } = newRoot.reports.at(-1)!;
  await newRoot.members(leaves, { a: 'x' });
  // A second of heartbeats.
  await eventually('later reports', () => newRoot.reports.at(-1)!.sequence >= sequence + 4);
  for (const report of newRoot.reports) assert.equal(held(report), owned(zones));
  await stop({ leaf: again, root: newRoot });
});

test('leaf: owns nothing until it knows the members, then fills itself from the log', async () => {
  const cluster = await new Cluster().create();
  await cluster.write(0, { one: { title: 'a cat' } });
  const leaf = await start(cluster.log, newFolder());
  assert.equal(await isReady(leaf), false);
  const root = new TestRoot(leaf);
  await eventually('the first report', () => root.reports.length > 0);
  assert.deepEqual([...root.reports[0]!.replicas.values()], []);
  assert.notEqual(root.reports[0]!.catalog, undefined);
  await root.members(['a']);
  await eventually('ready', () => isReady(leaf));
  assert.deepEqual(await contents(root, cluster, {}), { one: { title: 'a cat' } });
  await eventually('reported', () => allReady(root.reports.at(-1)!));
  assert.deepEqual(
    [0, 1].map((shard) => {
      const { offset, documents } = root.reports.at(-1)!.replicas.get(`${cluster.indexId}/${shard}`)!;
      return [shard, offset, documents];
    }),
    [
      [0, 0, 1],
      [1, -1, 0],
    ],
  );
  await stop({ leaf, root });
});

test('leaf: a write is read at its offset, updates replace and deletes remove across segments', async () => {
  const cluster = await new Cluster().create();
  const running = await readyLeaf(cluster.log, newFolder());
  const { root } = running;
  let at = await cluster.write(0, { one: { title: 'one', rank: 1 }, two: { title: 'two' } });
  assert.deepEqual(Object.keys(await contents(root, cluster, { 0: at })), ['one', 'two']);
  at = await cluster.write(0, { one: { title: 'one again' }, two: null, three: { title: 'three' } });
  const other = await cluster.write(1, { four: { title: 'four' } });
  assert.deepEqual(await contents(root, cluster, { 0: at, 1: other }), {
    one: { title: 'one again' },
    three: { title: 'three' },
    four: { title: 'four' },
  });
  const statistics = await root.partial<StatisticsPartial>({
    kind: 'statistics',
    index: cluster.indexId,
    shards: [1, 0],
    remainingMs: 1000,
    terms: { title: ['one', 'two'] },
  });
  assert.deepEqual(statistics.partial.statistics.frequencies, { title: { one: 1, two: 0 } });
  assert.deepEqual(statistics.partial.shards, [0, 1]);
  const document = { kind: 'document', index: cluster.indexId, shards: [0], remainingMs: 1000 } as const;
  const found = await root.partial<DocumentPartial>({ ...document, key: 'one' });
  assert.deepEqual(
    [JSON.parse(found.body.toString()), found.partial.found],
    [{ title: 'one again' }, { offset: 2, version: 2, sequence: 2 }],
  );
  const gone = await root.partial<DocumentPartial>({ ...document, key: 'two' });
  assert.deepEqual([gone.body.toString(), gone.partial.found], ['', null]);
  await stop(running);
});

test('leaf: shards that are not here or lag fail by name, the others answer in time', async (t) => {
  const cluster = await new Cluster().create();
  const running = await readyLeaf(cluster.log, newFolder());
  const at = await cluster.write(0, { one: { title: 'one' } });
  const bare = await startBareTimer(t);
  const startedAt = performance.now();
  const asked = { shards: [7, 1, 0], at: { 0: at, 1: 1000 }, remainingMs: 300 };
  const { partial } = await running.root.partial<SearchPartial>(searchOf(cluster, asked));
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs > 200, `${tookMs} ms`);
  assert.deepEqual(partial.shards, [0]);
  assert.deepEqual(
    partial.failures.map(({ shard, code }) => [shard, code]),
    [
      [1, 'NOT_CAUGHT_UP'],
      [7, 'SHARD_NOT_HERE'],
    ],
  );
  assert.equal(partial.total, 1);
  await stop(running);
  bare.hold('a task of 300 ms', tookMs, 300);
});

test('leaf: tasks that fail, expire or are cancelled harm no others', async () => {
  const cluster = await new Cluster().create();
  const running = await readyLeaf(cluster.log, newFolder());
  const { root } = running;
  const codeOf = (outcome: Outcome): ErrorCode | null => (outcome.ok ? null : outcome.error.code);
  const waits = searchOf(cluster, { at: { 0: 1000 }, remainingMs: 1500 });
  await root.cancelled(waits);
  const [expired, broken, wrong, good] = await Promise.all([
    root.ask(searchOf(cluster, { remainingMs: -1 })),
    root.ask(searchOf(cluster, { query: { kind: 'nonsense' } })),
    root.ask(searchOf(cluster, { shards: 'all' })),
    root.ask(searchOf(cluster)),
  ]);
  assert.deepEqual([expired, wrong, good].map(codeOf), ['LEAF_TIMEOUT', 'REQUEST_TYPE_WRONG', null]);
  assert.equal(codeOf(broken), 'REQUEST_VALUE_INVALID');
  assert.equal(codeOf(await root.ask(searchOf(cluster))), null);
  await eventually('the cancelled task is gone', () => root.reports.at(-1)!.queued === 0);
  await stop(running);
});

test('leaf: answers tasks over plain HTTP with sources in place', async () => {
  const cluster = await new Cluster().create();
  const running = await readyLeaf(cluster.log, newFolder());
  const at = await cluster.write(0, { one: { title: 'one' } });
  const url = `http://127.0.0.1:${running.leaf.port}`;
  const post = async (body: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${url}/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const found = await post(JSON.stringify(searchOf(cluster, { at: { 0: at } })));
  assert.equal(found.status, 200);
  assert.deepEqual((found.body['hits'] as { source: unknown }[])[0]!.source, { title: 'one' });
  const rows: [body: string, status: number, code: ErrorCode][] = [
    ['{', 400, 'JSON_MALFORMED'],
    ['', 400, 'BODY_MISSING'],
    ['{"kind":"sing"}', 400, 'REQUEST_VALUE_INVALID'],
    [JSON.stringify(searchOf(cluster, { query: {} })), 400, 'REQUEST_FIELD_MISSING'],
    [JSON.stringify(searchOf(cluster, { aggregations: { a: null } })), 400, 'REQUEST_TYPE_WRONG'],
    [JSON.stringify(searchOf(cluster, { kind: 'statistics', terms: { title: [null] } })), 400, 'REQUEST_TYPE_WRONG'],
    [JSON.stringify(searchOf(cluster, { kind: 'rows', shards: [0] })), 400, 'REQUEST_VALUE_INVALID'],
    [JSON.stringify(searchOf(cluster, { remainingMs: 0 })), 503, 'LEAF_TIMEOUT'],
  ];
  for (const [body, status, code] of rows) {
    let answer = await post(body);
    const codeOfAnswer = (): string => (answer.body['error'] as { code: string }).code;
    // On a loaded machine the leaf may just have stalled, and then says rightly that another should be asked.
    for (let tries = 0; codeOfAnswer() === 'LEAF_BUSY' && tries < 50; tries++) answer = await post(body);
    assert.deepEqual([answer.status, codeOfAnswer()], [status, code], body);
  }
  const metrics = await fetch(`${url}/metrics`).then((response) => response.text());
  assert.match(metrics, /sheaf_leaf_tasks_total\{kind="search",end="answered"\} 1/);
  assert.match(metrics, /sheaf_leaf_documents_indexed_total 1/);
  await stop(running);
});

test('leaf: closing writes everything without waiting for the next commit', async (t) => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  const running = await readyLeaf(cluster.log, data, { commitMs: 60_000, refreshMs: 60_000 });
  await cluster.write(0, { one: { title: 'one' } });
  // A few turns: the log in memory has handed the batch over by then.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => void setImmediate(resolve));
  await keepsDeadline(t, 'closing', 2000, () => stop(running));
  const leaf = await start(deadLog, data);
  await eventually('ready with what it has', () => isReady(leaf));
  const root = new TestRoot(leaf);
  assert.deepEqual(await contents(root, cluster, {}), { one: { title: 'one' } });
  await stop({ leaf, root });
});

test('leaf: starts from disk while the log is down', async () => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  const first = await readyLeaf(cluster.log, data);
  const at = await cluster.write(0, { one: { title: 'one' } });
  await contents(first.root, cluster, { 0: at });
  await stop(first);
  const leaf = await start(deadLog, data);
  await eventually('ready with what it has', () => isReady(leaf));
  const root = new TestRoot(leaf);
  assert.deepEqual(await contents(root, cluster, {}), { one: { title: 'one' } });
  await eventually('the first report', () => root.reports.length > 0);
  assert.deepEqual([...root.reports[0]!.catalog!.indexes.keys()], ['books']);
  await stop({ leaf, root });
});

test('leaf: without files it is not ready while the log is down', async () => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  await stop(await readyLeaf(cluster.log, data));
  rmSync(join(data, 'indexes'), { recursive: true });
  const leaf = await start(deadLog, data);
  await new Promise((resolve) => void setTimeout(resolve, 300));
  assert.equal(await isReady(leaf), false);
  await leaf.close();
});

const shardFolder = (data: string, cluster: Cluster): string => join(data, 'indexes', cluster.indexId, '0');

const damages: [name: string, damage: (folder: string) => void][] = [
  ['a flipped byte in a segment', (folder) => flipByte(join(folder, segmentIn(folder)), 100)],
  ['a missing segment', (folder) => rmSync(join(folder, segmentIn(folder)))],
  ['a flipped byte in what is remembered of keys', (folder) => flipByte(join(folder, keysIn(folder)), 40)],
  ['a missing file of keys', (folder) => rmSync(join(folder, keysIn(folder)))],
  ['a flipped byte in the manifest', (folder) => flipByte(join(folder, 'manifest.json'), 60)],
  ['an empty manifest', (folder) => writeFileSync(join(folder, 'manifest.json'), '')],
  ['a missing manifest', (folder) => rmSync(join(folder, 'manifest.json'))],
  [
    'what a commit that was killed leaves',
    (folder) => {
      writeFileSync(join(folder, 'manifest.json.tmp'), '{"half');
      writeFileSync(join(folder, '99.segment'), 'half');
      writeFileSync(join(folder, '100.keys'), 'half');
    },
  ],
];

function segmentIn(folder: string): string {
  return readdirSync(folder).find((name) => name.endsWith('.segment'))!;
}

function keysIn(folder: string): string {
  return readdirSync(folder).find((name) => name.endsWith('.keys'))!;
}

function flipByte(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position]! ^= 1;
  writeFileSync(path, bytes);
}

for (const [name, damage] of damages) {
  test(`leaf: heals ${name}`, async () => {
    const cluster = await new Cluster().create();
    const data = newFolder();
    const first = await readyLeaf(cluster.log, data);
    await cluster.write(0, { gone: { title: 'gone' } });
    const at = await cluster.write(0, { one: { title: 'one' }, two: { title: 'two' }, gone: null });
    await contents(first.root, cluster, { 0: at });
    await stop(first);
    damage(shardFolder(data, cluster));
    const second = await readyLeaf(cluster.log, data);
    assert.deepEqual(Object.keys(await contents(second.root, cluster, {})), ['one', 'two']);
    await stop(second);
    const names = readdirSync(shardFolder(data, cluster));
    assert.deepEqual(names.map((file) => file.replace(/^\d+/, '')).sort(), ['.keys', '.segment', 'manifest.json']);
  });
}

test('leaf: fields added to a live index are searchable in the next document', async () => {
  const cluster = await new Cluster().create();
  const running = await readyLeaf(cluster.log, newFolder());
  await cluster.write(0, { one: { title: 'one', author: 'ada' } });
  await cluster.change({ change: 'addFields', id: cluster.indexId, fields: { author: { kind: 'keyword' } } });
  const at = await cluster.write(0, { two: { title: 'two', author: 'ada' } });
  const query = { kind: 'keywords', field: 'author', terms: ['ada'] };
  const search = searchOf(cluster, { query, source: false, at: { 0: at } });
  assert.deepEqual(keysOf(await running.root.partial<SearchPartial>(search)), ['two']);
  await stop(running);
});

test('leaf: a batch waits for the catalog it was written under', async () => {
  const cluster = await new Cluster().create();
  const { promise: mayRead, resolve: letRead } = Promise.withResolvers<void>();
  let held = false;
  const { log } = cluster;
  const lateCatalog: Log = {
    identity: () => log.identity(),
    append: (batches) => log.append(batches),
    appendOnce: (...asked) => log.appendOnce(...asked),
    heads: (partitions) => log.heads(partitions),
    skip: (...asked) => log.skip(...asked),
    earliest: (...asked) => log.earliest(...asked),
    trim: (...asked) => log.trim(...asked),
    subscribe: (partition, from, onBatch, onReplaced) => {
      const late = async (batch: LogBatch): Promise<void> => {
        if (held && partition === catalogPartition) await mayRead;
        await onBatch(batch);
      };
      return log.subscribe(partition, from, late, onReplaced);
    },
    close: async () => undefined,
  };
  const running = await readyLeaf(lateCatalog, newFolder());
  held = true;
  await cluster.change({ change: 'addFields', id: cluster.indexId, fields: { author: { kind: 'keyword' } } });
  const at = await cluster.write(0, { one: { title: 'one', author: 'ada' } });
  const query = { kind: 'keywords', field: 'author', terms: ['ada'] };
  const early = searchOf(cluster, { query, at: { 0: at }, remainingMs: 300 });
  const { partial: before } = await running.root.partial<SearchPartial>(early);
  assert.deepEqual(
    before.failures.map(({ code }) => code),
    ['NOT_CAUGHT_UP'],
  );
  letRead();
  const search = searchOf(cluster, { query, source: false, at: { 0: at } });
  assert.deepEqual(keysOf(await running.root.partial<SearchPartial>(search)), ['one']);
  await stop(running);
});

test('leaf: replicas of indexes that are deleted go, from disk too', async () => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  const running = await readyLeaf(cluster.log, data);
  const { root } = running;
  const at = await cluster.write(0, { one: { title: 'one' } });
  await contents(root, cluster, { 0: at });
  await eventually('written', () => existsSync(join(shardFolder(data, cluster), 'manifest.json')));
  await cluster.change({ change: 'delete', id: cluster.indexId });
  await eventually('deleted', () => !existsSync(shardFolder(data, cluster)));
  await stop(running);
});

test('leaf: deletes what was given up while it was away', async () => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  await stop(await readyLeaf(cluster.log, data));
  assert.ok(existsSync(shardFolder(data, cluster)));
  await cluster.change({ change: 'delete', id: cluster.indexId });
  const leaf = await start(cluster.log, data);
  await eventually('swept', () => !existsSync(join(data, 'indexes', cluster.indexId)));
  await leaf.close();
});

// Each row: the small files of the data folder that are damaged while the leaf is away.
const damagedFiles: (readonly string[])[] = [
  ['leaf.json'],
  ['leaf.json', 'leaf.copy.json'],
  ['catalog.jsonl'],
  ['members.json'],
  ['incarnation.json'],
  ['leaf.json', 'leaf.copy.json', 'catalog.jsonl', 'members.json', 'incarnation.json'],
];
for (const names of damagedFiles) {
  test(`leaf: starts with ${names.join(', ')} damaged, and has every document`, async () => {
    const cluster = await new Cluster().create();
    const data = newFolder();
    const running = await readyLeaf(cluster.log, data);
    const at = { 0: await cluster.write(0, { one: { title: 'one' } }) };
    assert.deepEqual(await contents(running.root, cluster, at), { one: { title: 'one' } });
    await stop(running);
    for (const name of names) {
      const path = join(data, name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(path, bytes);
    }
    const again = await readyLeaf(cluster.log, data);
    assert.deepEqual(await contents(again.root, cluster, at), { one: { title: 'one' } });
    await stop(again);
  });
}

test('leaf: a folder in use, of another leaf, or a port in use is refused by name', async () => {
  const cluster = await new Cluster().create();
  const data = newFolder();
  const leaf = await start(cluster.log, data);
  await assert.rejects(start(cluster.log, data), { code: 'DATA_IN_USE' });
  await assert.rejects(start(cluster.log, newFolder(), { port: leaf.port }), { code: 'PORT_IN_USE' });
  await leaf.close();
  await assert.rejects(start(cluster.log, data, { name: 'b' }), (error: SheafError) => {
    assert.deepEqual([error.code, error.detail['owner'], error.detail['leaf']], ['DATA_CORRUPT', 'a', 'b']);
    return true;
  });
  const again = await start(cluster.log, data);
  await again.close();
  writeFileSync(join(data, 'file'), '');
  await assert.rejects(start(cluster.log, join(data, 'file')), { code: 'DATA_NOT_WRITABLE' });
});
