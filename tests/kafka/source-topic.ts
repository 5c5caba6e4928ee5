/** Topics of messages for tests of sources: filled, read by a plain loop, and what is in one of dead letters. Touches the world: sockets. */
import type { KafkaLibrary } from '../../shared/log/kafka/library.ts';
import { createRandom } from '../../shared/random/random.ts';

export interface TestTopic {
  readonly library: KafkaLibrary;
  /** `host:port` */
  readonly broker: string;
  readonly topic: string;
  readonly partitions: number;
}

export interface Message {
  readonly n: number;
  readonly isPoison: boolean;
  readonly value: string;
}

const sendCount = 1000;
const words = 'the quick brown fox jumps over a lazy dog and runs through seven hills of sand'.split(' ');
/** Of these a strict index takes none. */
const poisons: readonly ((n: number) => string)[] = [
  (n) => `{"n":${n},"text":`,
  (n) => `{"n":"${n}","text":"a number as text"}`,
  (n) => `{"n":${n},"unknown":true}`,
  (n) => `[${n}]`,
  () => '',
];

/** Message n of a seed: about 200 bytes, one in a thousand no document. */
export function messageOf(seed: number, n: number): Message {
  const random = createRandom(seed * 7919 + n);
  if (random.chance(0.001)) return { n, isPoison: true, value: random.pick(poisons)(n) };
  const text = Array.from({ length: 30 }, () => random.pick(words)).join(' ');
  return { n, isPoison: false, value: JSON.stringify({ n, text }) };
}

/** @param configs settings of the topic */
export async function createTopic(
  { library, broker, topic, partitions }: TestTopic,
  configs: { readonly name: string; readonly value: string }[] = [],
): Promise<void> {
  const admin = new library.Admin({ clientId: 'sheaf-test', bootstrapBrokers: [broker] });
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs });
  await admin.close();
}

/** Sends messages `from` up to `to`, each to the partition n modulo how many there are. */
export async function fillTopic(
  { library, broker, topic, partitions }: TestTopic,
  { seed, from, to }: { readonly seed: number; readonly from: number; readonly to: number },
): Promise<void> {
  const producer = new library.Producer({ clientId: 'sheaf-test', bootstrapBrokers: [broker], idempotent: true });
  for (let first = from; first < to; first += sendCount) {
    const messages = Array.from({ length: Math.min(sendCount, to - first) }, (_, i) => {
      const { n, value } = messageOf(seed, first + i);
      return { topic, partition: n % partitions, key: Buffer.from(`k${n}`), value: Buffer.from(value) };
    });
    await producer.send({ messages, acks: -1 });
  }
  await producer.close();
}

export interface ReadMessage {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: ReadonlyMap<string, string>;
}

/** Reads a topic from its beginning to its end, as a loop of the client library does. @returns how many, and in how long */
export async function readTopic(
  { library, broker, topic, partitions }: TestTopic,
  onMessage: (message: ReadMessage) => void,
): Promise<{ readonly count: number; readonly ms: number }> {
  const consumer = new library.Consumer({
    groupId: `sheaf-test-${topic}`,
    clientId: 'sheaf-test',
    bootstrapBrokers: [broker],
  });
  const ends = (await consumer.listOffsets({ topics: [topic], timestamp: -1n })).get(topic)!;
  const left = ends.map((end) => end);
  let open = left.filter((end) => end > 0n).length;
  let count = 0;
  const begunAt = performance.now();
  if (open > 0) {
    const offsets = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0n }));
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'manual',
      fallbackMode: 'fail',
      autocommit: false,
      offsets,
    });
    for await (const { key, value, headers, partition, offset } of stream) {
      count++;
      const named = new Map(Array.from(headers, ([name, text]) => [name.toString(), text.toString()]));
      onMessage({ key, value, headers: named });
      if (offset + 1n === left[partition]! && --open === 0) break;
    }
  }
  const ms = performance.now() - begunAt;
  await consumer.close(true);
  return { count, ms };
}
