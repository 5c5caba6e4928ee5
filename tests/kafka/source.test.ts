/** A topic of Kafka that is read into an index by two roots, over a log in Kafka: each message once, whatever is killed, and what is bad in a source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshLogName } from '../../shared/log/kafka/kafka.fixture.ts';
import { loadKafka } from '../../shared/log/kafka/library.ts';
import { freePort } from '../cluster/free-port.ts';
import { must, send } from '../service/client.ts';
import { startKafkaCluster } from './cluster.ts';
import { ownBrokers, skipWithoutOwnBrokers } from './own-brokers.ts';
import { sourceLoop } from './source-loop.ts';
import { createTopic, readTopic, type TestTopic } from './source-topic.ts';

const [broker] = ownBrokers;
const skip = skipWithoutOwnBrokers(1);

interface Shown {
  readonly state: string;
  readonly lag: number | null;
  readonly error: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly replay: {
    readonly next: number;
    readonly until: number;
    readonly counts: Readonly<Record<string, number>>;
  } | null;
}

async function until(url: string, isDone: (shown: Shown) => boolean): Promise<Shown> {
  let last: unknown;
  for (const end = performance.now() + 120_000; performance.now() < end; await sleep(100)) {
    const { status, body } = await send<Shown>('GET', url);
    last = body;
    if (status === 200 && isDone(body)) return body;
  }
  throw new Error(`${url} does not come to that: ${JSON.stringify(last)}`);
}

test(
  'a source over Kafka: each message once, under kills; what is bad in one',
  { skip, timeout: 600_000 },
  async (t) => {
    const address = `127.0.0.1:${broker!.port}`;
    const logName = freshLogName();
    const cluster = await startKafkaCluster({ brokers: ownBrokers, name: logName });
    t.after(() => cluster.stop());
    const sources = `${cluster.url}/v1/sources`;
    const seed = 11;
    const messages = 6000;

    await t.test('a root or a leaf is killed meanwhile', async () => {
      const progress = (line: string): void => t.diagnostic(line);
      const loop = {
        cluster,
        broker: address,
        topic: `${logName}-stream`,
        messages,
        seed,
        kills: 1,
        measures: false,
        progress,
      };
      const { faults, documents, poison } = await sourceLoop(loop);
      assert.deepEqual([faults, cluster.faults], [[], []]);
      assert.ok(poison > 0 && documents + poison === messages, `${documents} documents and ${poison} others`);
    });

    await t.test('dead letters are replayed by the schema of then', async () => {
      const fields = { n: { kind: 'integer' }, text: { kind: 'text' }, unknown: { kind: 'boolean' } };
      const schema = { dynamic: 'strict', fields };
      await must('PUT', `${cluster.url}/v1/indexes/stream`, { shards: 4, replicas: 2, schema });
      const before = (await must<Shown>('POST', `${sources}/stream/replay`)).counts;
      const { replay } = await until(
        `${sources}/stream`,
        ({ replay: asked }) => asked !== null && asked.next === asked.until,
      );
      const { documents, deadLetters } = replay!.counts;
      assert.equal(documents! + deadLetters!, before['deadLetters']);
      assert.ok(documents! > 0, 'no message of this seed lacks a field only');
    });

    await t.test('a message of 10 MB that is no document holds nothing up, and a tombstone deletes', async () => {
      const library = await loadKafka();
      const topic: TestTopic = { library, broker: address, topic: `${logName}-heavy`, partitions: 1 };
      await createTopic(topic, [{ name: 'max.message.bytes', value: String(12 * 1024 * 1024) }]);
      const producer = new library.Producer({ clientId: 'sheaf-test', bootstrapBrokers: [address] });
      const heavy = Buffer.alloc(10 * 1024 * 1024, 'x');
      const sent: [key: string, value: Buffer | undefined][] = [
        ['a', Buffer.from('{"n":1}')],
        ['heavy', heavy],
        ['b', Buffer.from('{"n":2}')],
        ['a', undefined],
      ];
      for (const [key, value] of sent) {
        const message = {
          topic: topic.topic,
          partition: 0,
          key: Buffer.from(key),
          ...(value === undefined ? {} : { value }),
        };
        await producer.send({ messages: [message], acks: -1 });
      }
      await producer.close();
      await must('PUT', `${cluster.url}/v1/indexes/heavy`, {
        shards: 1,
        schema: { fields: { n: { kind: 'integer' } } },
      });
      await must('PUT', `${sources}/heavy`, { brokers: [address], topic: topic.topic, index: 'heavy', key: 'message' });
      const { counts } = await until(`${sources}/heavy`, ({ lag }) => lag === 0);
      assert.deepEqual(counts, { documents: 2, deletions: 1, deadLetters: 1, missed: 0, leftOut: 0 });
      const letters: Buffer[] = [];
      await readTopic({ ...topic, topic: `${topic.topic}.dead-letters` }, ({ value }) => void letters.push(value));
      assert.ok(letters.length > 0 && letters.every((value) => value.equals(heavy)));
      const answers = ['a', 'b'].map((key) => send('GET', `${cluster.url}/v1/indexes/heavy/documents/${key}`));
      assert.deepEqual(
        (await Promise.all(answers)).map(({ status }) => status),
        [404, 200],
      );
    });

    await t.test(
      '200 dead letters of 10 kB go to a topic that takes 1 MiB, and the one it does not take is named',
      async () => {
        const library = await loadKafka();
        const topic: TestTopic = { library, broker: address, topic: `${logName}-many`, partitions: 1 };
        const letters: TestTopic = { ...topic, topic: `${topic.topic}-bad` };
        await createTopic(topic, [{ name: 'max.message.bytes', value: String(4 * 1024 * 1024) }]);
        // Less than is tried first.
        await createTopic(letters, [{ name: 'max.message.bytes', value: '100000' }]);
        const producer = new library.Producer({ clientId: 'sheaf-test', bootstrapBrokers: [address] });
        const bad = Buffer.alloc(10_000, 'x');
        const sendAll = async (count: number, value: Buffer): Promise<void> => {
          const message = (n: number) => ({ topic: topic.topic, partition: 0, key: Buffer.from(String(n)), value });
          await producer.send({ messages: Array.from({ length: count }, (_, n) => message(n)), acks: -1 });
        };
        await sendAll(200, bad);
        const source = { brokers: [address], topic: topic.topic, index: 'stream', deadLetters: letters.topic };
        await must('PUT', `${sources}/many`, source);
        const { counts } = await until(`${sources}/many`, ({ lag }) => lag === 0);
        assert.equal(counts['deadLetters'], 200);
        const offsets: string[] = [];
        await readTopic(letters, ({ headers }) => void offsets.push(headers.get('sheaf.offset')!));
        assert.deepEqual(
          offsets,
          Array.from({ length: 200 }, (_, n) => String(n)),
        );
        await sendAll(1, Buffer.alloc(200_000, 'x'));
        const { error } = await until(`${sources}/many`, ({ state }) => state === 'standing');
        assert.equal(error!.code, 'DEAD_LETTER_REFUSED');
        const { offset, actualBytes } = error!.detail;
        assert.equal(offset, 200);
        assert.ok(Number(actualBytes) > 200_000 && Number(actualBytes) < 201_000, String(actualBytes));
        await producer.close();
        await must('DELETE', `${sources}/many`);
      },
    );

    const keyless = `${logName}-keyless`;
    const compacted = `${logName}-compacted`;
    const library = await loadKafka();
    await createTopic({ library, broker: address, topic: keyless, partitions: 1 });
    await createTopic({ library, broker: address, topic: compacted, partitions: 1 }, [
      { name: 'cleanup.policy', value: 'compact' },
    ]);
    const sender = new library.Producer({ clientId: 'sheaf-test', bootstrapBrokers: [address] });
    await sender.send({ messages: [{ topic: keyless, partition: 0, value: Buffer.from('no document') }], acks: -1 });
    await sender.close();

    // Each row: what is wrong, the source, how it says so.
    const nobody = `127.0.0.1:${await freePort()}`;
    const standing: [what: string, source: object, code: string][] = [
      ['no broker', { brokers: [nobody], topic: 'any', index: 'stream' }, 'SOURCE_UNREACHABLE'],
      ['no topic', { brokers: [address], topic: `${logName}-none`, index: 'stream' }, 'SOURCE_TOPIC_MISSING'],
      ['no index', { brokers: [address], topic: `${logName}-heavy`, index: 'none' }, 'INDEX_NOT_FOUND'],
      [
        'no field of the name of the key',
        { brokers: [address], topic: `${logName}-heavy`, index: 'stream', key: { field: 'id' } },
        'SOURCE_INDEX_UNFIT',
      ],
      [
        'a topic of dead letters that takes none without a key',
        { brokers: [address], topic: keyless, index: 'heavy', deadLetters: compacted },
        'DEAD_LETTER_REFUSED',
      ],
    ];
    for (const [i, [what, source, code]] of standing.entries()) {
      await t.test(`a source stands still and says why: ${what}`, async () => {
        const url = `${sources}/standing-${i}`;
        await must('PUT', url, source);
        const { state } = await until(url, ({ error }) => error?.code === code);
        assert.equal(state, 'standing');
        await must('DELETE', url);
      });
    }
  },
);
