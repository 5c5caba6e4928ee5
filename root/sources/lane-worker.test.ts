import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SourceSpec } from '../../shared/catalog/definition.ts';
import { baseOf } from '../../shared/catalog/take-over.ts';
import { SheafError } from '../../shared/errors.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { AppendBatch } from '../../shared/log/append-batch.ts';
import type { KeyedRequest } from '../../shared/log/keyed-requests.ts';
import type { Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { replayLane, type SourceCounts } from '../../shared/sources/source-entry.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { setAliases } from '../catalog/set-aliases.ts';
import { moveIndex, swapAlias } from '../jobs/swap-alias.ts';
import { readLetter } from './dead-letter.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { openGround, orders, rollupName, startWorker, writtenTo, type Ground } from './lanes.fixture.ts';
import { MemoryCluster } from './memory-cluster.fixture.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const threeOrders: [key: string, value: string][] = [
  ['a', '{"n":1}'],
  ['b', '{"n":2}'],
  ['c', '{"n":3}'],
];
const made = { catalogOf: (log: Log) => new CatalogCopy(log), kinds: rootKinds };

type Sent = readonly [key: string | null, value: string | null];

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    assert.ok(turns < 200_000, 'it does not come to that');
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

/** Where it does not end, the test fails by itself. */
async function untilEnded({ ended }: ReturnType<typeof startWorker>): Promise<void> {
  let isEnded = false;
  void ended.then(() => (isEnded = true));
  await until(() => isEnded);
}

const stateOf = ({ book, source }: Ground) => book.sources.get(source.id);
const countsOf = (counts: SourceCounts): string =>
  `${counts.documents} ${counts.deletions} ${counts.deadLetters} ${counts.missed}`;

/** Reads a topic of one partition to its end. */
async function readAll(t: TestContext, sent: readonly Sent[], more: Partial<SourceSpec> = {}, schema?: unknown) {
  const log = new MemoryLog(() => 0.5);
  const cluster = new MemoryCluster();
  cluster.fill('orders', [sent]);
  const ground = await openGround(made, log, { ...orders, ...more }, schema);
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => stateOf(ground).lanes[0]?.next === sent.length);
  worker.stop();
  await worker.ended;
  return { log, cluster, ground, written: await writtenTo(log, ground, more.index ?? 'orders') };
}

const lettersIn = (cluster: MemoryCluster): string[] =>
  (cluster.topics.get('dead')?.partitions[0] ?? []).map((record) => {
    const { message, replays } = readLetter(record, orders)!;
    const code = record.headers.find(([name]) => name?.toString() === 'sheaf.error.code')?.[1]?.toString();
    return `${message.offset} ${code}${replays === 0 ? '' : ` replayed ${replays}`}`;
  });

// Each row: what a message says, more of the source, what is written, what is a dead letter.
const rows: [name: string, message: Sent, more: Partial<SourceSpec>, written: string[], dead: string[]][] = [
  ['a document', ['a', ' {"n":1}\n'], {}, ['put a {"n":1}'], []],
  ['a tombstone', ['a', null], {}, ['delete a'], []],
  ['numbers keep their digits', ['a', '{"x":1.00}'], {}, ['put a {"x":1.00}'], []],
  ['the key of a field', ['a', '{"id":"b"}'], { key: { of: 'field', field: 'id' } }, ['put b {"id":"b"}'], []],
  ['a tombstone by the key of the message', ['b', null], { key: { of: 'field', field: 'id' } }, ['delete b'], []],
  ['what looks like an operation', ['a', '{"_delete":"b"}'], {}, ['put a {"_delete":"b"}'], []],
  ['an object inside', ['a', '{"p":{"q":{"n":2}},"n":"x"}'], { at: 'p.q' }, ['put a {"n":2}'], []],
  ['no object inside', ['a', '{"p":{"q":3}}'], { at: 'p.q' }, [], ['0 DOCUMENT_NOT_OBJECT']],
  ['nothing inside', ['a', '{"p":1}'], { at: 'p.q' }, [], ['0 DOCUMENT_NOT_OBJECT']],
  ['facts', ['a', '{"n":1}'], { add: { at: 'timestamp', o: 'offset' } }, ['put a {"at":1000,"o":0,"n":1}'], []],
  ['facts of an empty object', ['a', '{ }'], { add: { k: 'key' } }, ['put a {"k":"a" }'], []],
  ['a fact that is there already', ['a', '{"n":1}'], { add: { n: 'offset' } }, [], ['0 JSON_DUPLICATE_KEY']],
  ['no JSON', ['a', '{"n":'], {}, [], ['0 JSON_MALFORMED']],
  ['a line break and more', ['a', '{"n":1}\n{"n":2}'], {}, [], ['0 JSON_MALFORMED']],
  ['an array', ['a', '[{"n":1}]'], {}, [], ['0 DOCUMENT_NOT_OBJECT']],
  ['another type', ['a', '{"n":"one"}'], {}, [], ['0 DOCUMENT_FIELD_TYPE']],
  ['no key', [null, '{"n":1}'], {}, [], ['0 KEY_MISSING']],
  ['a key that is too long', ['k'.repeat(600), '{"n":1}'], {}, [], ['0 KEY_TOO_LONG']],
  ['a tombstone of what has no key', ['a', null], { key: { of: 'place' } }, [], ['0 KEY_MISSING']],
  ['a document over the limit', ['a', `"${'x'.repeat(16 * 1024 * 1024)}"`], {}, [], ['0 DOCUMENT_TOO_LARGE']],
];
for (const [name, message, more, written, dead] of rows) {
  test(`LaneWorker: ${name}`, async (t) => {
    const read = await readAll(t, [message], more, { dynamic: false, fields: { n: { kind: 'integer' } } });
    assert.deepEqual([read.written, lettersIn(read.cluster)], [written, dead]);
  });
}

test('LaneWorker: of a source from latest, too, a partition that the topic gets later is read from its first message on', async (t) => {
  const log = new MemoryLog(() => 0.5);
  const cluster = new MemoryCluster();
  const before: readonly Sent[] = [
    ['a', '{"n":1}'],
    ['b', '{"n":2}'],
  ];
  cluster.fill('orders', [before]);
  const ground = await openGround(made, log, { ...orders, from: 'latest' });
  t.after(() => ground.close());
  const first = startWorker(ground, cluster, 0);
  t.after(() => first.stop());
  await until(() => stateOf(ground).lanes[0]?.next === 2);
  cluster.fill('orders', [
    before,
    [
      ['c', '{"n":3}'],
      ['d', '{"n":4}'],
    ],
  ]);
  const added = startWorker(ground, cluster, 1);
  t.after(() => added.stop());
  await until(() => stateOf(ground).lanes[1]?.next === 2);
  assert.equal(stateOf(ground).partitions, 1);
  const written = await writtenTo(log, ground, 'orders');
  assert.deepEqual(written.toSorted(), ['put c {"n":3}', 'put d {"n":4}']);
});

test('LaneWorker: fields that a dynamic schema lacks are added, and one that cannot be is a dead letter', async (t) => {
  const sent: Sent[] = [
    ['a', '{"m":1}'],
    ['b', `{"${'x'.repeat(300)}":1}`],
    ['c', null],
    ['d', '{"m":2}'],
  ];
  const { written, cluster, ground } = await readAll(t, sent, {}, { dynamic: true, fields: {} });
  assert.deepEqual(written.sort(), ['delete c', 'put a {"m":1}', 'put d {"m":2}']);
  assert.equal(lettersIn(cluster).length, 1);
  assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '2 1 1 0');
});

test('LaneWorker: made-up keys follow from the place, and a dead letter has its value, key and headers', async (t) => {
  const sent: Sent[] = [
    ['a', '{"n":1}'],
    ['b', '{"n":2}'],
    ['c', 'none'],
  ];
  const one = await readAll(t, sent, { key: { of: 'place' } });
  const other = await readAll(t, sent, { key: { of: 'place' } });
  assert.deepEqual(one.written.sort(), other.written.sort());
  assert.equal(new Set(one.written.map((line) => line.split(' ')[1])).size, 2);
  const [letter] = one.cluster.topics.get('dead')!.partitions[0]!;
  assert.deepEqual([letter!.key!.toString(), letter!.value!.toString()], ['c', 'none']);
  const headers = Object.fromEntries(letter!.headers.map(([name, value]) => [name!.toString(), value!.toString()]));
  const { 'sheaf.error.reason': reason, ...others } = headers;
  assert.match(reason!, /not valid JSON/);
  assert.deepEqual(others, {
    'sheaf.source': 'orders',
    'sheaf.topic': 'orders',
    'sheaf.topic.id': 'id of orders',
    'sheaf.partition': '0',
    'sheaf.offset': '2',
    'sheaf.timestamp': '1002',
    'sheaf.replays': '0',
    'sheaf.error.code': 'JSON_MALFORMED',
  });
});

test('LaneWorker: in a roll-up each message is an increment, at its own time', async (t) => {
  const dimensions = { name: { kind: 'keyword' }, at: { kind: 'date', interval: 'second', arrivedAt: true } };
  const sent: Sent[] = [
    ['a', '{"name":"x","n":1}'],
    ['b', '{"name":"x","n":2}'],
    ['c', null],
    ['d', '{"n":1}'],
  ];
  const more = { index: rollupName, key: { of: 'place' } } as const;
  const { ground, cluster, log } = await readAll(t, sent, more, { dimensions, metrics: { n: {} } });
  const rowsOf = (await writtenTo(log, ground, rollupName)).map((line) => /^increment \S+/.exec(line)?.[0] ?? line);
  assert.deepEqual(rowsOf.toSorted(), ['increment [1000,"x"]', 'increment [1000,"x"]', 'increment [1000,null]']);
  assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '3 0 1 0');
  assert.deepEqual(lettersIn(cluster), ['2 KEY_MISSING']);
});

test('LaneWorker: what Kafka has no more is counted, and the rest is read', async (t) => {
  const log = new MemoryLog(() => 0);
  const cluster = new MemoryCluster();
  cluster.fill('orders', [threeOrders]);
  const ground = await openGround(made, log);
  t.after(() => ground.close());
  await ground.book.append({
    entry: 'begin',
    source: ground.source.id,
    lane: 0,
    topicId: 'id of orders',
    next: 0,
    partitions: 1,
  });
  cluster.topics.get('orders')!.earliest = 2;
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => stateOf(ground).lanes[0]?.next === 3);
  assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '1 0 0 2');
});

test('LaneWorker: what cannot be read has the lane stand still before it, and Kafka may let go of it', async (t) => {
  const log = new MemoryLog(() => 0);
  const cluster = new MemoryCluster();
  cluster.fill('orders', [threeOrders]);
  const topic = cluster.topics.get('orders')!;
  topic.unreadable = 1;
  const ground = await openGround(made, log);
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => stateOf(ground).lanes[0]?.stands?.code === 'SOURCE_BATCH_REFUSED');
  assert.equal(stateOf(ground).lanes[0]!.next, 1);
  topic.earliest = 2;
  await until(() => stateOf(ground).lanes[0]?.next === 3);
  assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '2 0 0 1');
  assert.equal(stateOf(ground).lanes[0]!.stands, null);
});

// Each row: why it stands still, the source, the schema (null: no index), what ends that.
const standing: [name: string, more: Partial<SourceSpec>, schema: unknown, code: string][] = [
  ['there is no index', {}, null, 'INDEX_NOT_FOUND'],
  [
    'the index lacks the field of the key',
    { key: { of: 'field', field: 'id' } },
    { dynamic: 'strict', fields: { n: { kind: 'integer' } } },
    'SOURCE_INDEX_UNFIT',
  ],
];
for (const [name, more, schema, code] of standing) {
  test(`LaneWorker: it stands still where ${name}, says so once, and goes on by itself`, async (t) => {
    const log = new MemoryLog(() => 0);
    const cluster = new MemoryCluster();
    cluster.fill('orders', [[['a', '{"n":1,"id":"a"}']]]);
    const ground = await openGround(made, log, { ...orders, ...more }, schema);
    t.after(() => ground.close());
    const worker = startWorker(ground, cluster, 0);
    t.after(() => worker.stop());
    await until(() => stateOf(ground).lanes[0]?.stands?.code === code);
    const { offset } = ground.book.sources;
    for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
    assert.equal(ground.book.sources.offset, offset);
    assert.equal(cluster.topics.has('dead'), false);
    const fields = { n: { kind: 'integer' }, id: { kind: 'keyword' } };
    await defineIndex(ground.catalog, 'orders', parseIndexBody({ shards: 2, schema: { dynamic: 'strict', fields } }));
    await until(() => stateOf(ground).lanes[0]?.next === 1);
    assert.equal(stateOf(ground).lanes[0]!.stands, null);
    assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '1 0 0 0');
  });
}

test('LaneWorker: a dead letter that its topic refuses is not lost: the lane stands still before it, with what came before written once', async (t) => {
  let tries = 0;
  const cluster = new MemoryCluster({ bytesMax: 10, beforeWrite: async () => void tries++ });
  cluster.fill('orders', [
    [
      ['a', '{"n":1}'],
      ['b', 'bad'],
      ['c', 'no document'],
      ['d', 'bad, too'],
    ],
  ]);
  const ground = await openGround(made, new MemoryLog(() => 0));
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => stateOf(ground).lanes[0]?.stands?.code === 'DEAD_LETTER_REFUSED');
  await until(() => tries > 5);
  assert.equal(stateOf(ground).lanes[0]!.next, 0);
  assert.deepEqual(stateOf(ground).lanes[0]!.stands!.detail, { topic: 'dead', partition: 0, offset: 2 });
  assert.deepEqual(lettersIn(cluster), ['1 JSON_MALFORMED']);
});

test('LaneWorker: of dead letters that are refused one after the other the one that stands in the way is told', async (t) => {
  let bytesMax = 10;
  const cluster = new MemoryCluster({
    get bytesMax() {
      return bytesMax;
    },
  });
  cluster.fill('orders', [
    [
      ['a', 'no document'],
      ['b', 'no document at all'],
    ],
  ]);
  const ground = await openGround(made, new MemoryLog(() => 0));
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  const standsAt = () => stateOf(ground).lanes[0]?.stands?.detail?.['offset'];
  await until(() => standsAt() === 0);
  bytesMax = 12;
  await until(() => standsAt() === 1);
  const { offset } = ground.book.sources;
  for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.equal(ground.book.sources.offset, offset);
});

test('LaneWorker: dead letters that are not taken by brokers which answer otherwise are told, tried again and not lost', async (t) => {
  let isRefused = true;
  const cluster = new MemoryCluster({ failure: () => (isRefused ? 'before' : null) });
  cluster.fill('orders', [[['b', 'no document']]]);
  const ground = await openGround(made, new MemoryLog(() => 0));
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => stateOf(ground).lanes[0]?.stands?.code === 'DEAD_LETTER_REFUSED');
  assert.equal(stateOf(ground).lanes[0]!.stands?.detail?.['topic'], 'dead');
  assert.deepEqual([stateOf(ground).lanes[0]!.next, lettersIn(cluster)], [0, []]);
  isRefused = false;
  await until(() => stateOf(ground).lanes[0]?.next === 1);
  assert.deepEqual([stateOf(ground).lanes[0]!.stands, lettersIn(cluster)], [null, ['0 JSON_MALFORMED']]);
});

test('LaneWorker: where no broker answers, that is told of the source as a whole, and of no lane', async (t) => {
  const cluster: MemoryCluster = new MemoryCluster({
    beforeWrite: async () => {
      cluster.isThere = false;
    },
    failure: () => (cluster.isThere ? null : 'before'),
  });
  cluster.fill('orders', [[['b', 'no document']]]);
  const ground = await openGround(made, new MemoryLog(() => 0));
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => !cluster.isThere);
  const { offset } = ground.book.sources;
  for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.deepEqual([ground.book.sources.offset, stateOf(ground).lanes[0]!.stands], [offset, null]);
});

// Each row: what the catalog is told while dead letters are written, and whether that was known when they were begun.
const moves: [name: string, steps: readonly ('begin' | 'hold' | 'swap')[], before: readonly 'begin'[]][] = [
  ['was held', ['hold'], ['begin']],
  ['was swapped', ['hold', 'swap'], ['begin']],
  ['was swapped, of which nothing was known before', ['begin', 'hold', 'swap'], []],
];
for (const [name, steps, before] of moves) {
  test(`LaneWorker: what is appended after dead letters that took long is in no index that ${name} meanwhile`, async (t) => {
    const log = new MemoryLog(() => 0);
    const elsewhere = new CatalogCopy(log);
    t.after(() => elsewhere.close());
    let isMoved = false;
    const move = async (step: 'begin' | 'hold' | 'swap'): Promise<void> => {
      const [index, into] = [await elsewhere.find('orders-1'), await elsewhere.find('orders-2')];
      if (step !== 'swap') return await moveIndex(elsewhere, index, { job: 7, step });
      const ids = { index: 'orders-1', indexId: index.id, into: 'orders-2', intoId: into.id };
      const heads = [-1, -1];
      const measured = { heldAt: index.move!.heldAt!, until: heads };
      await moveIndex(elsewhere, index, { job: 7, step: 'measure', ...measured });
      const copied = { move: measured, base: baseOf(index, into), from: heads };
      assert.ok(await swapAlias(elsewhere, { ...ids, alias: 'orders' }, copied));
    };
    const cluster = new MemoryCluster({
      beforeWrite: async () => {
        if (isMoved) return;
        isMoved = true;
        for (const step of steps) await move(step);
      },
    });
    cluster.fill('orders', [
      [
        ['a', '{"n":1}'],
        ['b', 'no document'],
      ],
    ]);
    const ground = await openGround(made, log, orders, null);
    t.after(() => ground.close());
    for (const index of ['orders-1', 'orders-2']) {
      await defineIndex(
        ground.catalog,
        index,
        parseIndexBody({ shards: 2, schema: { fields: { n: { kind: 'integer' } } } }),
      );
    }
    const node = RequestNode.body('orders');
    await setAliases(ground.catalog, [{ action: 'add', alias: 'orders', index: 'orders-1', node, write: false }]);
    for (const step of before) await move(step);
    const worker = startWorker(ground, cluster, 0);
    t.after(() => worker.stop());
    await until(() => isMoved && lettersIn(cluster).length > 0);
    for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
    assert.deepEqual(await writtenTo(log, ground, 'orders-1'), []);
    if (!steps.includes('swap')) return assert.equal(stateOf(ground).lanes[0]!.next, 0);
    await until(() => stateOf(ground).lanes[0]?.next === 2);
    assert.deepEqual(await writtenTo(log, ground, 'orders-2'), ['put a {"n":1}']);
    assert.equal(countsOf(stateOf(ground).lanes[0]!.counts), '1 0 1 0');
  });
}

test('LaneWorker: an index that begins to be moved while dead letters are written, and is held before the append, gets no step', async (t) => {
  const memory = new MemoryLog(() => 0);
  const elsewhere = new CatalogCopy(memory);
  t.after(() => elsewhere.close());
  const move = async (step: 'begin' | 'hold'): Promise<void> => {
    await moveIndex(elsewhere, await elsewhere.find('orders'), { job: 7, step });
  };
  let moved: 'not' | 'begun' | 'held' = 'not';
  const cluster = new MemoryCluster({
    beforeWrite: async () => {
      if (moved !== 'not') return;
      moved = 'begun';
      await move('begin');
    },
  });
  cluster.fill('orders', [
    [
      ['a', '{"n":1}'],
      ['b', 'no document'],
    ],
  ]);
  // The hold comes first of what is appended to the index.
  const hold = async (batches: readonly AppendBatch[]): Promise<void> => {
    if (moved !== 'begun' || !batches.some(({ partition }) => partition.includes('/'))) return;
    moved = 'held';
    await move('hold');
  };
  const log: Log = new Proxy(memory, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'appendOnce' && name !== 'append') return value.bind(target) as unknown;
      return async (batches: readonly AppendBatch[], ...rest: unknown[]) => {
        await hold(batches);
        return (await Reflect.apply(value, target, [batches, ...rest])) as unknown;
      };
    },
  });
  const ground = await openGround(made, log);
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => moved === 'held');
  for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.equal(stateOf(ground).lanes[0]!.next, 0);
});

// Each row: how far the holder that stands still has read, of three messages to one key.
for (const held of [1, 2, 3]) {
  test(`LaneWorker: while an index is moved, a holder that stood still at its append writes nothing over what came after; ${held} messages`, async (t) => {
    const memory = new MemoryLog(() => 0);
    const cluster = new MemoryCluster({ step: () => held });
    cluster.fill('orders', [['1', '2', '3'].map((n) => ['a', `{"n":${n}}`])]);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let isAsleep = false;
    const log: Log = new Proxy(memory, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== 'appendOnce' && name !== 'append') return value.bind(target) as unknown;
        return async (batches: readonly AppendBatch[], ...rest: unknown[]) => {
          if (batches.some(({ partition }) => partition.includes('/'))) {
            isAsleep = true;
            await released;
          }
          return (await Reflect.apply(value, target, [batches, ...rest])) as unknown;
        };
      },
    });
    const [asleep, other] = [await openGround(made, log), await openGround(made, memory)];
    t.after(() => asleep.close());
    t.after(() => other.close());
    await moveIndex(other.catalog, await other.catalog.find('orders'), { job: 7, step: 'begin' });
    await asleep.catalog.catchUp();
    const first = startWorker(asleep, cluster, 0);
    t.after(() => first.stop());
    await until(() => isAsleep);
    const whole = new MemoryCluster();
    whole.topics.set('orders', cluster.topics.get('orders')!);
    const second = startWorker(other, whole, 0);
    t.after(() => second.stop());
    await until(() => stateOf(other).lanes[0]?.next === 3);
    release();
    for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
    assert.deepEqual(
      await writtenTo(memory, other, 'orders'),
      [1, 2, 3].map((n) => `put a {"n":${n}}`),
    );
  });
}

/** A topic of which three messages were read ends after the first, as brokers lose messages when one leads that lacks them. */
async function truncatedTopic(t: TestContext) {
  const { log, ground, cluster } = await readAll(t, [
    ['a', '{"n":1}'],
    ['b', '{"n":2}'],
    ['c', '{"n":3}'],
  ]);
  const topic = cluster.topics.get('orders')!;
  topic.partitions[0]!.splice(1);
  topic.end = 1;
  const refill = (count: number): void => {
    for (; topic.end < count; topic.end++) {
      const value = Buffer.from(`{"n":${10 + topic.end}}`);
      topic.partitions[0]!.push({
        ...topic.partitions[0]![0]!,
        key: Buffer.from(`k${topic.end}`),
        offset: topic.end,
        value,
      });
    }
  };
  return { log, ground, cluster, refill };
}

test('LaneWorker: a topic that ends before what was read of it has the lane stand still, also once there is more again', async (t) => {
  const { log, ground, cluster, refill } = await truncatedTopic(t);
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await untilEnded(worker);
  const { stands } = stateOf(ground).lanes[0]!;
  assert.deepEqual(
    [stands?.code, stands?.detail],
    ['SOURCE_TOPIC_TRUNCATED', { topic: 'orders', partition: 0, next: 3, end: 1 }],
  );
  refill(5);
  const blind = startWorker(ground, cluster, 0);
  t.after(() => blind.stop());
  await untilEnded(blind);
  assert.equal((await writtenTo(log, ground, 'orders')).length, 3);
  // Somebody has it go on.
  await ground.book.append({ entry: 'stand', source: ground.source.id, lane: 0, error: null });
  const again = startWorker(ground, cluster, 0);
  t.after(() => again.stop());
  await until(() => stateOf(ground).lanes[0]?.next === 5);
  assert.deepEqual((await writtenTo(log, ground, 'orders')).toSorted().slice(-2), [
    'put k3 {"n":13}',
    'put k4 {"n":14}',
  ]);
  assert.equal(stateOf(ground).lanes[0]!.counts.leftOut, 2);
});

test('LaneWorker: what was read and not written is read again where the topic has less by then', async (t) => {
  const log = new MemoryLog(() => 0);
  let steps = 0;
  const truncate = (): void => {
    const topic = cluster.topics.get('orders')!;
    topic.partitions[0]!.splice(1);
    topic.end = 1;
  };
  const step = (): number => {
    // Right after the position is beyond what is left.
    if (steps++ === 1) queueMicrotask(truncate);
    return steps === 1 ? 1 : 2;
  };
  const cluster = new MemoryCluster({ step });
  cluster.fill('orders', [threeOrders]);
  const ground = await openGround(made, log);
  t.after(() => ground.close());
  const worker = startWorker(ground, cluster, 0);
  t.after(() => worker.stop());
  await until(() => steps >= 2);
  for (let turns = 0; turns < 200; turns++) await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.deepEqual([stateOf(ground).lanes[0]!.next, stateOf(ground).lanes[0]!.stands], [1, null]);
  const topic = cluster.topics.get('orders')!;
  topic.partitions[0]!.push({ ...topic.partitions[0]![0]!, key: Buffer.from('d'), offset: 1 });
  topic.end = 2;
  await until(() => stateOf(ground).lanes[0]?.next === 2);
  assert.deepEqual((await writtenTo(log, ground, 'orders')).toSorted(), ['put a {"n":1}', 'put d {"n":1}']);
});

test('LaneWorker: that a topic was truncated is not forgotten where it cannot be written down at once', async (t) => {
  const { ground, cluster, refill } = await truncatedTopic(t);
  let refused = 3;
  const append = ground.book.append.bind(ground.book);
  ground.book.append = async (entry) => {
    // By then it looks as if nothing had been.
    if (refused > 0) refill(5);
    if (refused-- > 0) throw new SheafError('LOG_UNAVAILABLE');
    return await append(entry);
  };
  await startWorker(ground, cluster, 0).ended;
  assert.deepEqual(
    [stateOf(ground).lanes[0]!.next, stateOf(ground).lanes[0]!.stands?.code],
    [3, 'SOURCE_TOPIC_TRUNCATED'],
  );
});

test('LaneWorker: dead letters are replayed once, by what the schema is then, however often they were written', async (t) => {
  const sent: Sent[] = [
    ['a', '{"n":1}'],
    ['b', '{"m":2}'],
    ['c', 'none'],
    ['d', '{"m":4}'],
  ];
  const strict = { dynamic: 'strict', fields: { n: { kind: 'integer' } } };
  const { ground, cluster, log } = await readAll(t, sent, {}, strict);
  const dead = cluster.topics.get('dead')!;
  // As a repeated append leaves it.
  await cluster.write(
    'dead',
    dead.partitions[0]!.map(({ key, value, headers }) => ({
      key,
      value,
      headers: headers.map(([name, text]) => [name!.toString(), text!] as const),
    })),
  );
  assert.deepEqual(lettersIn(cluster).length, 6);
  await defineIndex(
    ground.catalog,
    'orders',
    parseIndexBody({ shards: 2, schema: { ...strict, fields: { ...strict.fields, m: { kind: 'integer' } } } }),
  );
  const replay = async (): Promise<void> => {
    const { end } = dead;
    await ground.book.append({ entry: 'replay', source: ground.source.id, topicId: dead.id, until: end });
    await startWorker(ground, cluster, replayLane).ended;
    assert.equal(stateOf(ground).replay?.next, end);
  };
  await replay();
  const written = await writtenTo(log, ground, 'orders');
  assert.deepEqual(written.sort(), ['put a {"n":1}', 'put b {"m":2}', 'put d {"m":4}']);
  assert.equal(countsOf(stateOf(ground).replay!.counts), '2 0 1 0');
  assert.equal(lettersIn(cluster).at(-1), '2 JSON_MALFORMED replayed 1');
  await replay();
  assert.deepEqual((await writtenTo(log, ground, 'orders')).length, 3);
  assert.equal(lettersIn(cluster).at(-1), '2 JSON_MALFORMED replayed 2');
});

/** A log that fails now and then, before or after it has recorded what it was given. */
function failing(log: MemoryLog, random: Random): Log {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'appendOnce') return value.bind(target) as unknown;
      return async (batches: readonly AppendBatch[], requests: readonly KeyedRequest[]) => {
        // Late: others have read on by then.
        for (let turns = random.integer(0, 20); turns > 0; turns--)
          await new Promise<void>((resolve) => void setImmediate(resolve));
        if (random.chance(0.1)) throw new SheafError('LOG_UNAVAILABLE');
        const appended = await target.appendOnce(batches, requests);
        if (random.chance(0.1)) throw new SheafError('LOG_UNAVAILABLE');
        return appended;
      };
    },
  });
}

for (let seed = 1; seed <= roundsOf(8); seed++) {
  test(`LaneWorker: of workers that do not know of one another, and fail, each message is written once; seed ${seed}`, async (t) => {
    const random = createRandom(seed);
    const memory = new MemoryLog(() => random.next());
    const failure = (): 'before' | 'after' | null => (random.chance(0.8) ? null : random.pick(['before', 'after']));
    const cluster = new MemoryCluster({ step: () => random.integer(0, 900), failure });
    const isBad = (n: number): boolean => n % 97 === 13;
    const sent = Array.from({ length: 9000 }, (_, n): Sent => [`k${n}`, isBad(n) ? 'bad' : `{"n":${n}}`]);
    cluster.fill('orders', [sent]);
    const first = await openGround(made, memory);
    t.after(() => first.close());
    const grounds = [first];
    for (let i = 0; i < 2; i++) {
      const ground = await openGround(made, failing(memory, random));
      t.after(() => ground.close());
      grounds.push(ground);
    }
    const workers = grounds.slice(1).map((ground) => ({ ground, worker: startWorker(ground, cluster, 0) }));
    t.after(() => workers.forEach(({ worker }) => worker.stop()));
    while (stateOf(first).lanes[0]?.next !== sent.length) {
      for (let turns = random.integer(1, 60); turns > 0; turns--)
        await new Promise<void>((resolve) => void setImmediate(resolve));
      const killed = random.pick(workers);
      killed.worker.stop();
      killed.worker = startWorker(killed.ground, cluster, 0);
    }
    const written = await writtenTo(memory, first, 'orders');
    const expected = sent.filter((_, n) => !isBad(n)).map(([key, value]) => `put ${key} ${value}`);
    assert.equal(written.length, expected.length);
    assert.deepEqual(written.toSorted(), expected.toSorted());
    const dead = lettersIn(cluster);
    const bad = sent.flatMap((_, n) => (isBad(n) ? [`${n} JSON_MALFORMED`] : []));
    assert.deepEqual([...new Set(dead)].toSorted(), bad.toSorted());
    assert.equal(countsOf(stateOf(first).lanes[0]!.counts), `${expected.length} 0 ${bad.length} 0`);
    // First they come in their order: that is what a replay knows those by that were written twice.
    const firsts = [...new Set(dead)].map((line) => Number(line.split(' ')[0]));
    assert.ok(
      firsts.every((offset, i) => i === 0 || offset > firsts[i - 1]!),
      firsts.join(' '),
    );
  });
}
