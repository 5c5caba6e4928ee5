/**
 * The brokers of Kafka: what is asked of them beside appending, each in one request, by the broker that leads what it is about.
 * Touches the world: sockets, of the client library, which is loaded when it is needed.
 */
import { SheafError } from '../../errors.ts';
import { formatAddress, type Address } from '../../transport/address.ts';
import { askOrder } from './ask-order.ts';
import { boundedFetch, type FetchAnswer } from './bounded-fetch.ts';
import type { KafkaLibrary } from './library.ts';
import type { Place } from './names.ts';
import type { Fetched } from './fetched.ts';
import type { HeadedRecord } from './records.ts';

export interface Topic {
  /** A UUID: a topic made again under its name has another. */
  readonly id: string;
  /** Number of the broker that leads each partition; −1 where none does now. */
  readonly leaders: readonly number[];
}

/** Settings of topics that are made. */
export interface TopicSettings {
  /** Copies of each partition; 0 leaves it to the brokers. */
  readonly replication: number;
  /** Copies that must have an entry before it is acknowledged; 0 leaves it to the brokers. */
  readonly minInSync: number;
}

/** What is read from a partition, and from where. */
export interface FetchPart {
  readonly place: Place;
  readonly topicId: string;
  readonly offset: number;
}

/** A producer as the brokers know it: they take each number of it once for each partition. */
export interface ProducerId {
  readonly id: bigint;
  readonly epoch: number;
}

/** Records for one partition, numbered from `sequence` on by their producer. */
export interface ProducePart {
  readonly place: Place;
  readonly records: readonly HeadedRecord[];
  readonly sequence: number;
}

/** What a broker said of one part that was appended. */
export interface Produced {
  /** Of Kafka's protocol; 0 for none. */
  readonly errorCode: number;
  /** Of the first record, where there is no fault. */
  readonly firstOffset: number;
}

/** Fault codes of Kafka's protocol that mean something to a log. */
export const kafkaFaults = {
  offsetOutOfRange: 1,
  unknownTopic: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  networkException: 13,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  topicExists: 36,
  policyViolation: 44,
  invalidReplication: 38,
  storageFault: 56,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  unknownTopicId: 100,
} as const;

/** Which requests wait for which: what waits for entries to come holds up what is behind it on its connection. */
export type Lane = 'ask' | 'append' | 'tail' | 'side';

const connectTimeoutMs = 2000;
/** A broker that stands still is given up within this, and another asked. */
const requestTimeoutMs = 4000;
/** So long a broker waits for the copies of what it appended, before it says that they have not come. */
const copiesTimeoutMs = 3000;
const metadataAgeMsMax = 5000;
/** Bytes of one answer, and of one partition in it: of more a client is slower for each record, and a group that is larger comes whole. */
const fetchBytesMax = 8 * 1024 * 1024;
export const partitionBytesMax = 1024 * 1024;
/** Of one group of records: an append, with its empty records. */
const messageBytesMax = 96 * 1024 * 1024;
const createTimeoutMs = 15_000;
/** Every copy that is in sync has to have it. */
const acknowledgedByAll = -1;
/** With what the broker answers "latest", "earliest". */
export const latest = -1n;
export const earliest = -2n;

export interface BrokersOptions {
  readonly library: KafkaLibrary;
  readonly bootstrap: readonly Address[];
  /** Names this client in the broker's own logs. */
  readonly clientId: string;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /**
   * Others write the topics: nothing is read of a transaction that goes on, and the latest offset is before it; what an answer unpacks to is bounded.
   */
  readonly ofOthers?: boolean;
}

export class Brokers {
  readonly library: KafkaLibrary;
  private readonly options: BrokersOptions;
  private readonly fetch: Pick<ReturnType<typeof boundedFetch>, 'async'>;
  private readonly pools: Readonly<Record<Lane, InstanceType<KafkaLibrary['ConnectionPool']>>>;
  private topics = new Map<string, Topic & { readonly atMs: number }>();
  private places = new Map<number, { readonly host: string; readonly port: number }>();
  private cluster: string | null = null;
  /** When a request to an address failed last. */
  private readonly failedAtMs = new Map<string, number>();

  constructor(options: BrokersOptions) {
    const { library, clientId } = options;
    this.options = options;
    this.library = library;
    this.fetch = options.ofOthers === true ? boundedFetch(library) : library.fetchV13.api;
    const pool = () =>
      new library.ConnectionPool(clientId, { connectTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs });
    this.pools = { ask: pool(), append: pool(), tail: pool(), side: pool() };
  }

  /** As Kafka's protocol numbers it. */
  private get isolation(): 0 | 1 {
    return this.options.ofOthers === true ? 1 : 0;
  }

  /** The id of Kafka's cluster; null before the first answer. */
  get clusterId(): string | null {
    return this.cluster;
  }

  /**
   * What is known of topics, asked again where it is old. One that does not exist is left out.
   * @param fresh whether it is asked again in any case
   * @param avoided the broker to ask last, as it does not answer something else
   * @throws SheafError LOG_UNAVAILABLE
   */
  async find(
    names: readonly string[],
    fresh = false,
    avoided: number | null = null,
  ): Promise<ReadonlyMap<string, Topic>> {
    const since = this.options.now() - metadataAgeMsMax;
    const isOld = (name: string): boolean => (this.topics.get(name)?.atMs ?? -Infinity) < since;
    const asked = names.filter((name) => fresh || isOld(name));
    try {
      if (asked.length > 0 || this.cluster === null) await this.ask(asked, avoided);
    } catch (error) {
      // What was known is as good as anything: who leads no more says so.
      if (fresh || this.cluster === null || !names.every((name) => this.topics.has(name))) throw error;
    }
    return new Map(names.flatMap((name) => (this.topics.has(name) ? [[name, this.topics.get(name)!]] : [])));
  }

  /** The broker that leads a partition as far as is known, or undefined. */
  leaderOf({ topic, number }: Place): number | undefined {
    const leader = this.topics.get(topic)?.leaders[number];
    return leader === undefined || !this.places.has(leader) ? undefined : leader;
  }

  /** What was known of topics may be wrong: it is asked again when it is needed. */
  forget(): void {
    this.topics = new Map(Array.from(this.topics, ([name, topic]) => [name, { ...topic, atMs: -Infinity }]));
  }

  /**
   * Offsets of partitions, in their order: `latest` is the one that comes next, `earliest` the first there is, another number of
   * milliseconds since 1970 the first that was taken then or later (−1 where none was).
   * @throws SheafError LOG_UNAVAILABLE, also where a partition does not exist or has no leader now
   */
  async offsets(places: readonly Place[], timestamp: bigint): Promise<number[]> {
    const byLeader = await this.byLeader(places);
    const found = new Map<string, number>();
    const answers = Array.from(byLeader, async ([leader, own]) => {
      const topics = groupByTopic(own).map(({ topic, numbers }) => ({
        name: topic,
        partitions: numbers.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp })),
      }));
      const { api } = this.library.listOffsetsV7;
      const answer = await this.request('ask', leader, (connection) =>
        api.async(connection, -1, this.isolation, topics),
      );
      for (const { name, partitions } of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of partitions) {
          if (errorCode !== 0) throw this.moved(`offsets of ${name} ${partitionIndex}: ${errorCode}`);
          found.set(`${name} ${partitionIndex}`, Number(offset));
        }
      }
    });
    await Promise.all(answers);
    return places.map(({ topic, number }) => found.get(`${topic} ${number}`)!);
  }

  /**
   * Reads from partitions that one broker leads, in the order of the parts, no two of which are of the same partition.
   * @param waitMs how long the broker may wait until there is anything
   * @throws SheafError LOG_UNAVAILABLE
   */
  async readFrom(leader: number, parts: readonly FetchPart[], waitMs: number, lane: Lane): Promise<Fetched[]> {
    const topics = Map.groupBy(parts, ({ topicId }) => topicId);
    const asked = Array.from(topics, ([topicId, own]) => ({
      topicId,
      partitions: own.map(({ place, offset }) => ({
        partition: place.number,
        currentLeaderEpoch: -1,
        fetchOffset: BigInt(offset),
        lastFetchedEpoch: -1,
        partitionMaxBytes: partitionBytesMax,
      })),
    }));
    const answer = await this.request<FetchAnswer>(lane, leader, async (connection) =>
      this.fetch.async(connection, waitMs, 1, fetchBytesMax, this.isolation, 0, -1, asked, [], ''),
    );
    if (answer.errorCode !== 0) throw this.moved(`fetch: ${answer.errorCode}`);
    const found = new Map<string, Fetched>();
    for (const { topicId, partitions } of answer.responses) {
      for (const { partitionIndex, errorCode, records, abortedTransactions, refused } of partitions) {
        const groups = records ?? [];
        const takenAtMs = Number(groups.at(-1)?.maxTimestamp ?? 0n);
        const aborted = abortedTransactions ?? [];
        found.set(`${topicId} ${partitionIndex}`, { errorCode, groups, aborted, takenAtMs, refused });
      }
    }
    const nothing: Fetched = { errorCode: 0, groups: [], aborted: [], takenAtMs: 0 };
    return parts.map(({ topicId, place }) => found.get(`${topicId} ${place.number}`) ?? nothing);
  }

  /** What a producer is called by the brokers, which no other is. @throws SheafError LOG_UNAVAILABLE */
  async newProducer(): Promise<ProducerId> {
    const { api } = this.library.initProducerIdV4;
    const { errorCode, producerId, producerEpoch } = await this.request('ask', null, (connection) =>
      api.async(connection, null, 0),
    );
    if (errorCode !== 0) throw this.moved(`no producer id: ${errorCode}`);
    return { id: producerId, epoch: producerEpoch };
  }

  /**
   * Appends to partitions that one broker leads, no two parts to the same one: each part whole, or not at all. In the order of the parts. Resolves when every copy
   * that has to has them.
   * @throws SheafError LOG_UNAVAILABLE: each may or may not have been appended
   */
  async produce(leader: number, producer: ProducerId, parts: readonly ProducePart[]): Promise<Produced[]> {
    const sequences = new this.library.NumericMap();
    const messages = parts.flatMap(({ place: { topic, number }, records, sequence }) => {
      sequences.set(`${topic}:${number}`, sequence);
      return records.map(({ key, value, headed }) => ({
        topic,
        partition: number,
        key: key as Buffer,
        value: value as Buffer,
        ...(headed === undefined ? {} : { headers: new Map(headed) }),
      }));
    });
    const { api } = this.library.produceV9;
    const numbered = { producerId: producer.id, producerEpoch: producer.epoch, sequences };
    const answer = await this.request('append', leader, (connection) =>
      api.async(connection, acknowledgedByAll, copiesTimeoutMs, messages, numbered),
    );
    const found = new Map<string, Produced>();
    for (const { name, partitionResponses } of typeof answer === 'boolean' ? [] : answer.responses) {
      for (const { index, errorCode, baseOffset } of partitionResponses)
        found.set(`${name} ${index}`, { errorCode, firstOffset: Number(baseOffset) });
    }
    const nothing: Produced = { errorCode: kafkaFaults.networkException, firstOffset: -1 };
    return parts.map(({ place: { topic, number } }) => found.get(`${topic} ${number}`) ?? nothing);
  }

  /**
   * Makes topics, those that are there left as they are. Resolves when each partition of them has a leader.
   * @throws SheafError LOG_UNAVAILABLE; CONFIG_INVALID where the brokers refuse what was asked
   */
  async create(
    topics: readonly { readonly name: string; readonly partitions: number }[],
    settings: TopicSettings,
  ): Promise<void> {
    const configs = [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: '-1' },
      { name: 'retention.bytes', value: '-1' },
      { name: 'max.message.bytes', value: String(messageBytesMax) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'unclean.leader.election.enable', value: 'false' },
      ...(settings.minInSync === 0 ? [] : [{ name: 'min.insync.replicas', value: String(settings.minInSync) }]),
    ];
    const replicationFactor = settings.replication === 0 ? -1 : settings.replication;
    const asked = topics.map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor,
      assignments: [],
      configs,
    }));
    const { api } = this.library.createTopicsV7;
    const answer = await this.request('ask', null, (connection) =>
      api.async(connection, asked, createTimeoutMs, false),
    );
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (errorCode === 0 || errorCode === kafkaFaults.topicExists) continue;
      throw unavailable(`topic ${name} cannot be made: ${errorMessage ?? errorCode}`);
    }
    await this.untilLed(topics.map(({ name }) => name));
  }

  /** @throws SheafError LOG_UNAVAILABLE */
  async remove(topic: string): Promise<void> {
    const { api } = this.library.deleteTopicsV6;
    await this.request('ask', null, (connection) =>
      api.async(connection, [{ name: topic, topicId: noTopicId }], createTimeoutMs),
    );
    this.topics.delete(topic);
  }

  /** Lets go of the records below an offset. @throws SheafError LOG_UNAVAILABLE */
  async trim(place: Place, before: number): Promise<void> {
    const { api } = this.library.deleteRecordsV2;
    const [[leader]] = [...(await this.byLeader([place]))] as [[number, Place[]]];
    const topics = [{ name: place.topic, partitions: [{ partitionIndex: place.number, offset: BigInt(before) }] }];
    const answer = await this.request('ask', leader, (connection) => api.async(connection, topics, createTimeoutMs));
    const errorCode = answer.topics[0]?.partitions[0]?.errorCode ?? 0;
    if (errorCode !== 0) throw this.moved(`records are not deleted: ${errorCode}`);
  }

  async close(): Promise<void> {
    await Promise.allSettled(Object.values(this.pools).map((pool) => pool.close()));
  }

  private async untilLed(names: readonly string[]): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const found = await this.find(names, true);
      if (names.every((name) => found.get(name)?.leaders.every((leader) => leader >= 0) === true)) return;
      await new Promise<void>((resolve) => void setTimeout(resolve, 20 + attempt * 5));
    }
    throw unavailable(`topics were made and have no leader yet: ${names.join(', ')}`);
  }

  private async byLeader(places: readonly Place[]): Promise<Map<number, Place[]>> {
    await this.find([...new Set(places.map(({ topic }) => topic))]);
    const byLeader = new Map<number, Place[]>();
    for (const place of places) {
      const leader = this.leaderOf(place);
      if (leader === undefined) throw this.moved(`${place.topic} ${place.number} has no leader`);
      const own = byLeader.get(leader);
      if (own === undefined) byLeader.set(leader, [place]);
      else own.push(place);
    }
    return byLeader;
  }

  private async ask(names: readonly string[], avoided: number | null): Promise<void> {
    const { api } = this.library.metadataV12;
    const run = (connection: InstanceType<KafkaLibrary['Connection']>) =>
      api.async(connection, [...names], false, false);
    const answer = await this.request('ask', null, run, avoided);
    this.cluster = answer.clusterId ?? null;
    this.places = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const atMs = this.options.now();
    for (const name of names) this.topics.delete(name);
    for (const { errorCode, name, topicId: id, partitions } of answer.topics) {
      if (typeof name !== 'string' || errorCode === kafkaFaults.unknownTopic || partitions.length === 0) continue;
      const leaders = Array<number>(partitions.length).fill(-1);
      for (const { partitionIndex, leaderId, errorCode: fault } of partitions)
        if (fault === 0) leaders[partitionIndex] = leaderId;
      this.topics.set(name, { id, leaders, atMs });
    }
  }

  /** Where a broker answers in part with faults, the library throws the answer: it is looked at part by part here. */
  private async request<T>(
    lane: Lane,
    broker: number | null,
    run: (connection: InstanceType<KafkaLibrary['Connection']>) => Promise<T>,
    avoided: number | null = null,
  ): Promise<T> {
    let asked: Address | undefined = broker === null ? undefined : this.places.get(broker);
    try {
      const connection = await this.connect(lane, broker, avoided);
      asked ??= { host: connection.host!, port: connection.port! };
      return await run(connection);
    } catch (error) {
      const { response } = error as { readonly response?: T };
      if (response !== undefined) return response;
      if (error instanceof SheafError) throw error;
      if (asked !== undefined) this.failedAtMs.set(formatAddress(asked), this.options.now());
      this.forget();
      throw unavailable(error instanceof Error ? error.message : String(error), error);
    }
  }

  /** @param broker null for any, the avoided one last */
  private async connect(
    lane: Lane,
    broker: number | null,
    avoided: number | null,
  ): Promise<InstanceType<KafkaLibrary['Connection']>> {
    const pool = this.pools[lane];
    if (broker !== null) {
      const place = this.places.get(broker);
      if (place === undefined) throw this.moved(`broker ${broker} is not known`);
      return await pool.get(place);
    }
    const failedAtMs = new Map(this.failedAtMs);
    const shunned = avoided === null ? undefined : this.places.get(avoided);
    if (shunned !== undefined) failedAtMs.set(formatAddress(shunned), Infinity);
    const order = askOrder([...this.places.values(), ...this.options.bootstrap], failedAtMs);
    return await pool.getFirstAvailable(order.map(({ host, port }) => ({ host, port })));
  }

  private moved(reason: string): SheafError {
    this.forget();
    return unavailable(reason);
  }
}

const noTopicId = '00000000-0000-0000-0000-000000000000';

function groupByTopic(places: readonly Place[]): { topic: string; numbers: number[] }[] {
  const topics = Map.groupBy(places, ({ topic }) => topic);
  return Array.from(topics, ([topic, own]) => ({ topic, numbers: own.map(({ number }) => number) }));
}

export function unavailable(reason: string, cause?: unknown): SheafError {
  return new SheafError('LOG_UNAVAILABLE', { detail: { reason }, ...(cause === undefined ? {} : { cause }) });
}
