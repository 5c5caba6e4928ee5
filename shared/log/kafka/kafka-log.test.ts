/** What the contract does not say, and is true of a log over Kafka: several processes, cut off at the worst moments. Needs a broker. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SheafError } from '../../errors.ts';
import { parseAddress } from '../../transport/address.ts';
import { keyedBatch, textBatch, textOf } from '../batch.fixture.ts';
import { catalogPartition, type Log, type LogBatch } from '../log.ts';
import { answerOf } from '../keyed-requests.ts';
import { Brokers, earliest, latest } from './brokers.ts';
import { writeDecision } from './decision.ts';
import { freshLogName, openKafkaLog, skipWithoutKafka, writerSettings } from './kafka.fixture.ts';
import type { KafkaLogOptions } from './kafka-log.ts';
import { loadKafka, type KafkaLibrary } from './library.ts';
import { writeMeta } from './meta.ts';
import { Producing } from './produce.ts';
import { windowMax } from './verdicts.ts';

const options = { skip: skipWithoutKafka };

function open(t: TestContext, name: string, more: Partial<KafkaLogOptions> = {}): Log {
  const log = openKafkaLog({ name, ...more });
  t.after(() => log.close());
  return log;
}

/** The texts of the batches that have entries, once there are so many. */
async function read(log: Log, partition: string, count: number, from = 0): Promise<string[]> {
  const seen: LogBatch[] = [];
  await new Promise<void>((resolve, reject) => {
    log.subscribe(
      partition,
      from,
      (batch) => {
        if (batch.skipped !== true) seen.push(batch);
        if (seen.length >= count) resolve();
      },
      reject,
    );
  });
  // What comes twice comes now.
  await new Promise<void>((resolve) => void setTimeout(resolve, 300));
  return seen.map(textOf);
}

/** A library that appends all but the records of a topic whose name ends so, and stops before those until it is let go. */
async function stoppedBefore(end: string, released: Promise<void>): Promise<KafkaLibrary> {
  const library = await loadKafka();
  const { api } = library.produceV9;
  const append: typeof api.async = async (connection, acks, timeout, messages, numbered) => {
    const own = messages.filter(({ topic }) => topic.endsWith(end));
    const others = messages.filter((message) => !own.includes(message));
    const answers = [];
    if (others.length > 0) answers.push(await api.async(connection, acks, timeout, others, numbered));
    if (own.length > 0) {
      await released;
      answers.push(await api.async(connection, acks, timeout, own, numbered));
    }
    return {
      throttleTimeMs: 0,
      responses: answers.flatMap((each) => (typeof each === 'boolean' ? [] : each.responses)),
    };
  };
  return {
    ...library,
    produceV9: { ...library.produceV9, api: Object.assign(api.bind(null), api, { async: append }) },
  };
}

test(
  'kafka: a keyed append cut off between its partitions and its decision, repeated by another, is there once',
  options,
  async (t) => {
    const name = freshLogName();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await open(t, name).identity();
    const cut = open(t, name, { load: () => stoppedBefore('.decisions', released) });
    const { batch, requests } = keyedBatch('p', 'k=ab');
    const batches = [batch, textBatch('q', 'ab')];
    const ranges = [...requests[0]!.ranges, { batch: 1, count: 1, start: 16, end: batches[1]!.bytes.length }];
    const request = { ...requests[0]!, ranges };
    await assert.rejects(cut.appendOnce(batches, [request], { timeoutMs: 1500 }), { code: 'LOG_UNAVAILABLE' });

    const other = open(t, name);
    const again = await other.appendOnce(batches, [request]);
    assert.deepEqual(again.outcomes, [{ kind: 'recorded' }]);
    // Those of the first stand before them, until somebody gives them up.
    assert.deepEqual(await Promise.all([read(other, 'p', 1), read(other, 'q', 1)]), [['ab'], ['ab']]);
    // The first goes on, too late: it finds out, and that its request is recorded.
    release();
    const late = await cut.appendOnce(batches, [request]);
    assert.deepEqual(late.outcomes, [{ kind: 'repeated', answer: answerOf(again.appended) }]);
    const reader = open(t, name, { writer: null });
    assert.deepEqual(await Promise.all([read(reader, 'p', 1), read(reader, 'q', 1)]), [['ab'], ['ab']]);
  },
);

test(
  'kafka: an append cut off between its partitions holds up no reader for long, and counts nowhere',
  options,
  async (t) => {
    const name = freshLogName();
    const never = Promise.withResolvers<void>();
    t.after(() => never.resolve());
    const whole = open(t, name);
    await whole.append([textBatch('p', 'a'), textBatch('q', 'a')]);
    const cut = open(t, name, { load: () => stoppedBefore('.q', never.promise) });
    await assert.rejects(cut.append([textBatch('p', 'lost'), textBatch('q', 'lost')], { timeoutMs: 1500 }), {
      code: 'LOG_UNAVAILABLE',
    });
    await whole.append([textBatch('p', 'b'), textBatch('q', 'b')]);
    assert.deepEqual(await Promise.all([read(whole, 'p', 2), read(whole, 'q', 2)]), [
      ['a', 'b'],
      ['a', 'b'],
    ]);
  },
);

test(
  'kafka: of one key through two processes at once, one is recorded and the other gets its answer',
  options,
  async (t) => {
    const name = freshLogName();
    const logs = [open(t, name), open(t, name)];
    await Promise.all(logs.map((log) => log.identity()));
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const { batch, requests } = keyedBatch('p', `key${i >> 1}=a`);
        return (await logs[i % 2]!.appendOnce([batch], requests)).outcomes[0]!.kind;
      }),
    );
    assert.deepEqual(
      [outcomes.filter((kind) => kind === 'recorded').length, outcomes.filter((kind) => kind === 'repeated').length],
      [30, 30],
    );
    assert.equal((await read(logs[0]!, 'p', 30)).length, 30);
  },
);

test('kafka: a process that begins behind reads what was decided before it came', options, async (t) => {
  const name = freshLogName();
  const writer = open(t, name);
  const texts = Array.from({ length: 100 }, (_, i) => `${i}`);
  for (const text of texts) await writer.append([textBatch('p', text), textBatch('q', text)]);
  assert.deepEqual(await read(open(t, name, { writer: null }), 'p', 100), texts);
});

test(
  'kafka: an index has a topic with a partition a shard, and one more index than may be is refused before it is in the catalog',
  options,
  async (t) => {
    const name = freshLogName();
    const log = open(t, name, { writer: { ...writerSettings, indexTopicsMax: 1 } });
    const { lastOffset, id } = await createIndex(log, 'films');
    await log.append([textBatch(`${id}/2`, 'a'), textBatch(`${id}/0`, 'b')]);
    assert.deepEqual(await log.heads([`${id}/0`, `${id}/1`, `${id}/2`]), [0, -1, 0]);
    await assert.rejects(log.append([textBatch(`${id}/3`, 'a')], { timeoutMs: 500 }), { code: 'LOG_UNAVAILABLE' });
    await assert.rejects(createIndex(log, 'books'), { code: 'TOPICS_TOO_MANY' });
    assert.deepEqual(await log.heads([catalogPartition]), [lastOffset]);
  },
);

/** One of three shards. */
async function createIndex(log: Log, index: string): Promise<{ readonly lastOffset: number; readonly id: string }> {
  const schema = { dynamic: 'strict', fields: {} };
  const change = { change: 'create', definition: { kind: 'document', shards: 3, replicas: 1, schema } };
  const batch = textBatch(catalogPartition, JSON.stringify(change));
  // The key of the entry is the name of the index: bytes 7 and on.
  const [created] = await log.append([{ ...batch, bytes: withKey(batch.bytes, index) }]);
  const { lastOffset } = created!;
  return { lastOffset, id: `x${lastOffset.toString(36)}` };
}

function withKey(bytes: Uint8Array, key: string): Uint8Array {
  const entry = Buffer.from(bytes);
  const header = entry.subarray(0, 23);
  header.writeUInt16LE(Buffer.byteLength(key), 17);
  return new Uint8Array(Buffer.concat([header, Buffer.from(key), entry.subarray(23)]));
}

/** What operators do to topics behind the back of a log. */
async function openAdmin(t: TestContext): Promise<InstanceType<KafkaLibrary['Admin']>> {
  const library = await loadKafka();
  const admin = new library.Admin({ clientId: 'test', bootstrapBrokers: process.env['SHEAF_TEST_KAFKA']!.split(',') });
  t.after(() => admin.close());
  return admin;
}

/** Why a subscription of a log from an offset on is refused. */
async function refusalOf(log: Log, partition: string, from: number): Promise<SheafError['code']> {
  return (await new Promise<SheafError>((resolve) => void log.subscribe(partition, from, () => undefined, resolve)))
    .code;
}

test(
  'kafka: a topic that was deleted and made again is LOG_REPLACED, and so is another log in the place of the one of before',
  options,
  async (t) => {
    const name = freshLogName();
    const log = open(t, name);
    await log.append([textBatch('p', 'a')]);
    const identity = await log.identity();
    const admin = await openAdmin(t);
    await admin.deleteTopics({ topics: [`${name}.p`] });
    for (;;) {
      const made = await admin.createTopics({ topics: [`${name}.p`], partitions: 1, replicas: 1 }).then(
        () => true,
        () => false,
      );
      if (made) break;
    }
    const second = open(t, name);
    await assert.rejects(second.heads(['p']), { code: 'LOG_REPLACED' });
    assert.equal(await refusalOf(second, 'p', 1), 'LOG_REPLACED');

    const reason = await new Promise<SheafError>((resolve) => {
      const onStateChange = (_connected: boolean, why?: SheafError): void => {
        if (why !== undefined) resolve(why);
      };
      open(t, freshLogName(), { identity, onStateChange });
    });
    assert.equal(reason.code, 'LOG_REPLACED');
  },
);

test(
  'kafka: a topic with more partitions than it was made with is LOG_REPLACED, to who reads and to who writes; others go on',
  options,
  async (t) => {
    const name = freshLogName();
    const log = open(t, name);
    await log.append([textBatch('p', 'a')]);
    const admin = await openAdmin(t);
    const brokerIds = Array.from({ length: writerSettings.replication }, (_, i) => i + 1);
    await admin.createPartitions({ topics: [{ name: `${name}.p`, count: 2, assignments: [{ brokerIds }] }] });
    const second = open(t, name);
    const detail = (error: SheafError): boolean => error.code === 'LOG_REPLACED' && error.detail['partitions'] === 2;
    await assert.rejects(second.heads(['p']), detail);
    await assert.rejects(second.append([textBatch('p', 'b')]), detail);
    assert.equal(await refusalOf(second, 'p', 0), 'LOG_REPLACED');
    await second.append([textBatch('q', 'c')]);
  },
);

test(
  'kafka: a topic that is deleted is not made again: what is for it is LOG_UNAVAILABLE, others go on',
  options,
  async (t) => {
    const name = freshLogName();
    const log = open(t, name);
    await log.append([textBatch('p', 'a')]);
    const admin = await openAdmin(t);
    await admin.deleteTopics({ topics: [`${name}.p`] });
    const second = open(t, name);
    await second.identity();
    const isThere = async (): Promise<boolean> => (await admin.listTopics()).includes(`${name}.p`);
    while (await isThere()) await new Promise<void>((resolve) => void setTimeout(resolve, 50));
    await assert.rejects(second.append([textBatch('p', 'b')]), { code: 'LOG_UNAVAILABLE' });
    await second.append([textBatch('q', 'c')]);
    assert.equal(await isThere(), false);
  },
);

test(
  'kafka: a topic of an index that somebody has removed hides nothing of other indexes, and once it is not needed the log says that it has nothing of it',
  options,
  async (t) => {
    const name = freshLogName();
    const log = open(t, name);
    const [lost, other] = [await createIndex(log, 'lost'), await createIndex(log, 'other')];
    await log.append([textBatch(`${lost.id}/0`, 'a'), textBatch(`${other.id}/1`, 'b')]);
    const admin = await openAdmin(t);
    const topic = `${name}.index.${lost.id}`;
    await admin.deleteTopics({ topics: [topic] });
    while ((await admin.listTopics()).includes(topic))
      await new Promise<void>((resolve) => void setTimeout(resolve, 50));
    const states: boolean[] = [];
    const told = new Map<string, number>();
    const saidLost: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const second = open(t, name, {
      onStateChange: (connected) => void states.push(connected),
      onLost: (partitions) => void saidLost.splice(0, Infinity, ...partitions),
      onHeads: ({ partitions, heads }) => {
        for (const [i, partition] of partitions.entries()) told.set(partition, heads[i]!);
        if (told.has(`${other.id}/1`)) resolve();
      },
    });
    await promise;
    assert.deepEqual([[...told.keys()], states], [[`${other.id}/1`], [true]]);
    assert.deepEqual(
      saidLost,
      Array.from({ length: 3 }, (_, shard) => `${lost.id}/${shard}`),
    );
    assert.equal(await second.trim(`${other.id}/1`, 1), 1);
    const once = { timeoutMs: 1500 };
    await assert.rejects(second.trim(`${lost.id}/0`, 1, once), { code: 'LOG_UNAVAILABLE' });
    await assert.rejects(second.earliest([`${lost.id}/0`, `${other.id}/1`], once), { code: 'LOG_UNAVAILABLE' });

    const brokers = await brokersOf(t);
    const value = writeMeta({ kind: 'removed', topic });
    const place = { topic: `${name}.meta`, number: 0 };
    await new Producing({ brokers, now: () => performance.now() }).produce([
      { place, records: [{ key: null, value }] },
    ]);
    // Asked until it has read that.
    for (let earliestOf: number[] = []; earliestOf[0] !== Infinity;) {
      earliestOf = await second.earliest([`${lost.id}/0`, `${other.id}/1`, `${other.id}/2`], once).catch(() => []);
      if (earliestOf[0] === Infinity) assert.deepEqual(earliestOf, [Infinity, 1, 0]);
    }
    while (saidLost.length > 0) await new Promise<void>((resolveSoon) => void setTimeout(resolveSoon, 50));
  },
);

test(
  'kafka: more copies than there are brokers are refused by the brokers: the state says so, once',
  options,
  async (t) => {
    const states: string[] = [];
    const log = open(t, freshLogName(), {
      writer: { ...writerSettings, replication: 9 },
      onStateChange: (connected, reason) => states.push(`${connected} ${String(reason?.detail['reason'])}`),
    });
    await assert.rejects(log.identity({ timeoutMs: 2000 }), { code: 'LOG_UNAVAILABLE' });
    assert.equal(states.length, 1);
    assert.match(states[0]!, /^false topic .* cannot be made: .*replicat/);
  },
);

test(
  'kafka: where no broker is, what is asked is LOG_UNAVAILABLE in time, and the state says why',
  options,
  async (t) => {
    const states: string[] = [];
    const log = open(t, 'nowhere', {
      brokers: [{ host: '127.0.0.1', port: 1 }],
      onStateChange: (connected, reason) => states.push(`${connected} ${reason?.code}`),
    });
    await assert.rejects(log.heads(['p'], { timeoutMs: 300 }), { code: 'LOG_UNAVAILABLE' });
    await assert.rejects(log.append([textBatch('p', 'a')], { timeoutMs: 300 }), { code: 'LOG_UNAVAILABLE' });
    assert.deepEqual(states, ['false LOG_UNAVAILABLE']);
  },
);

interface DecisionsTopic {
  /** From where on Kafka has it, and the offset after its last entry. */
  ends(): Promise<[first: number, end: number]>;
  /** Appends entries that give up appends which nobody has begun. */
  fill(count: number): Promise<void>;
}

async function brokersOf(t: TestContext): Promise<Brokers> {
  const bootstrap = process.env['SHEAF_TEST_KAFKA']!.split(',').map((text) => parseAddress(text)!);
  const library = await loadKafka();
  const brokers = new Brokers({ library, bootstrap, clientId: 'test', now: () => performance.now() });
  t.after(() => brokers.close());
  return brokers;
}

async function decisionsOf(t: TestContext, name: string): Promise<DecisionsTopic> {
  const now = (): number => performance.now();
  const brokers = await brokersOf(t);
  const place = { topic: `${name}.decisions`, number: 0 };
  return {
    ends: async () => {
      const [[first], [end]] = await Promise.all([
        brokers.offsets([place], earliest),
        brokers.offsets([place], latest),
      ]);
      return [first!, end!];
    },
    fill: async (count) => {
      const value = (i: number): Buffer => writeDecision({ kind: 'abandon', append: `none ${i}` });
      const records = Array.from({ length: count }, (_, i) => ({ key: null, value: value(i) }));
      await new Producing({ brokers, now }).produce([{ place, records }]);
    },
  };
}

test(
  'kafka: keys are forgotten by an entry, decisions let go of when nothing needs them, and what is left is read and judged as before',
  { ...options, timeout: 120_000 },
  async (t) => {
    const name = freshLogName();
    const more = { writer: { ...writerSettings, idempotencyRetentionMs: 1000 }, trimEveryMs: 200 };
    const log = open(t, name, more);
    const decided = await decisionsOf(t, name);
    await log.append([textBatch('p', 'first'), textBatch('q', 'first')]);
    const old = keyedBatch('p', 'old=1');
    await log.appendOnce([old.batch], old.requests);
    const young = keyedBatch('p', 'young=1');
    // Its author has seen next to nothing, and stands still before it writes.
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const late = open(t, name, { ...more, load: () => stoppedBefore('.p', released) });
    await late.identity();
    const lateText = [textBatch('p', 'late'), textBatch('q', 'late')];
    await assert.rejects(late.append(lateText, { timeoutMs: 500 }), { code: 'LOG_UNAVAILABLE' });

    await decided.fill(1100);
    assert.equal((await decided.ends())[0], 0, 'both partitions are whole');
    // What was there at the moment that is looked at has to be gone from both, and what is decided behind it too old to be remembered.
    for (let first = 0; first === 0; [first] = await decided.ends()) {
      const heads = await log.heads(['p', 'q']);
      await Promise.all([log.trim('p', heads[0]! + 1), log.trim('q', heads[1]! + 1)]);
      await log.append([textBatch('p', 'x'), textBatch('q', 'x')]);
    }
    const answered = await log.appendOnce([young.batch], young.requests);
    const [first, end] = await decided.ends();
    assert.ok(first > 0 && end - first > windowMax, `decisions from ${first} to ${end}`);
    release();

    const fresh = open(t, name, more);
    const again = keyedBatch('p', 'young=1');
    const repeated = await fresh.appendOnce([again.batch], again.requests);
    assert.deepEqual(repeated.outcomes, [{ kind: 'repeated', answer: answerOf(answered.appended) }]);
    const anew = keyedBatch('p', 'old=1');
    assert.deepEqual((await fresh.appendOnce([anew.batch], anew.requests)).outcomes, [{ kind: 'recorded' }]);
    await fresh.append([textBatch('p', 'last'), textBatch('q', 'last')]);
    const [from] = await fresh.earliest(['p']);
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const look = (batch: LogBatch): void => {
        if (batch.skipped !== true) seen.push(textOf(batch));
        if (seen.includes('last') && seen.includes('late')) resolve();
      };
      open(t, name, { writer: null }).subscribe('p', from!, look, reject);
    });
    const counts = (text: string): number => seen.filter((each) => each === text).length;
    assert.deepEqual(['late', 'last', '1'].map(counts), [1, 1, 2]);
  },
);
