/** Opens a log over Kafka: finds it or makes it, and reads what has to be known before anything is asked. Touches the world: sockets. */
import { SheafError } from '../../errors.ts';
import type { Address } from '../../transport/address.ts';
import { Brokers, earliest, latest, unavailable, type Topic, type TopicSettings } from './brokers.ts';
import type { KafkaLibrary } from './library.ts';
import { Decisions, readDecisions } from './decisions.ts';
import { firstRemembered, type DecisionEntry } from './first-remembered.ts';
import { KeyTable } from './key-table.ts';
import { MetaFollower } from './meta-follower.ts';
import { decisionsName, metaName, partitionsOfLog, plainTopic, type Place } from './names.ts';
import { Producing } from './produce.ts';
import { Tail } from './tail.ts';
import { Topics } from './topics.ts';

/** What a process that may make topics, and append keyed requests, has to know. */
export interface WriterSettings extends TopicSettings {
  /** Milliseconds for which keys of requests are remembered, at least, by the clocks of the brokers. */
  readonly idempotencyRetentionMs: number;
  /** Topics of indexes that there may be. */
  readonly indexTopicsMax: number;
}

export interface OpenOptions {
  readonly brokers: readonly Address[];
  /** Under which the log stands in Kafka: see names.ts. */
  readonly name: string;
  /** The log that it has to be; undefined where any will do. */
  readonly identity: string | undefined;
  /** Null in a process that makes nothing, and waits until it is made. */
  readonly writer: WriterSettings | null;
  readonly clientId: string;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** Told where the decisions cannot be read on: nothing behind is known. */
  readonly onFault: (error: SheafError) => void;
  /** Told whenever more is known of topics and skips. */
  readonly onMeta: () => void;
}

/** A log that can be asked. */
export interface OpenLog {
  readonly identity: string;
  readonly brokers: Brokers;
  readonly tail: Tail;
  readonly producing: Producing;
  readonly meta: MetaFollower;
  readonly topics: Topics;
  readonly decisions: Decisions;
  readonly keys: KeyTable;
  close(): Promise<void>;
}

/**
 * @throws SheafError LOG_REPLACED where it is another than it has to be; LOG_UNAVAILABLE where it is not there, not made yet, or cannot be
 *   read. Nothing is left open then.
 */
export async function openKafka(library: KafkaLibrary, options: OpenOptions): Promise<OpenLog> {
  const { name, writer } = options;
  await using open = new AsyncDisposableStack();
  const brokers = new Brokers({ library, bootstrap: options.brokers, clientId: options.clientId, now: options.now });
  open.defer(() => brokers.close());
  const metaTopic = await findMeta(brokers, options);
  const identity = `kafka ${brokers.clusterId} ${metaTopic.id}`;
  if (options.identity !== undefined && options.identity !== identity) {
    throw new SheafError('LOG_REPLACED', { detail: { expected: options.identity, found: identity } });
  }
  const producing = new Producing({ brokers, now: options.now });
  open.defer(() => producing.close());
  const tail = new Tail(brokers);
  open.defer(() => tail.close());
  const { produce } = producing;
  const place: Place = { topic: plainTopic(name, metaName), number: 0 };
  const meta = new MetaFollower({ tail, produce, place, topic: metaTopic, onChange: options.onMeta });
  const [metaEnd] = await brokers.offsets([place], latest);
  await meta.reached(metaEnd! - 1);
  const settings = writer ?? { replication: 0, minInSync: 0 };
  const topics = new Topics(brokers, meta, settings);
  const fixed = [decisionsName, ...partitionsOfLog].map((each) => ({ name: plainTopic(name, each), partitions: 1 }));
  if (writer !== null) await topics.make(fixed);
  const keys = new KeyTable(writer?.idempotencyRetentionMs ?? 0);
  const decisions = await follow({ brokers, tail, topics, keys, options, produce });
  open.defer(() => decisions.close());
  const owned = open.move();
  return { identity, brokers, tail, producing, meta, topics, decisions, keys, close: () => owned.disposeAsync() };
}

async function findMeta(brokers: Brokers, { name, identity, writer }: OpenOptions): Promise<Topic> {
  const topic = plainTopic(name, metaName);
  const found = (await brokers.find([topic], true)).get(topic);
  if (found !== undefined) return found;
  if (identity !== undefined) {
    throw new SheafError('LOG_REPLACED', { detail: { expected: identity, found: null, topic } });
  }
  if (writer === null) throw unavailable(`topic ${topic} is not made yet`);
  await brokers.create([{ name: topic, partitions: 1 }], writer);
  return (await brokers.find([topic])).get(topic)!;
}

/** Resolves when what was decided until now is known. */
async function follow(parts: {
  readonly brokers: Brokers;
  readonly tail: Tail;
  readonly topics: Topics;
  readonly keys: KeyTable;
  readonly options: OpenOptions;
  readonly produce: Producing['produce'];
}): Promise<Decisions> {
  const { brokers, tail, topics, keys, options, produce } = parts;
  const place: Place = { topic: plainTopic(options.name, decisionsName), number: 0 };
  const topic = await topics.find(place.topic);
  if (topic === undefined) throw unavailable(`topic ${place.topic} is not made yet`);
  const [[first], [end]] = await Promise.all([brokers.offsets([place], earliest), brokers.offsets([place], latest)]);
  const isWriter = options.writer !== null;
  const read = async (offset: number): Promise<DecisionEntry[]> => await readDecisions(brokers, place, topic, offset);
  const decisions = new Decisions({
    brokers,
    tail,
    produce,
    place,
    topic,
    keys: isWriter ? keys : null,
    from: isWriter ? await firstRemembered(read, first!, end!) : end!,
    earliest: first!,
    onStop: options.onFault,
  });
  await decisions.reached(end! - 1);
  return decisions;
}
