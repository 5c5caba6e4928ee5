/** A Kafka cluster as sources see it. Touches the world: sockets, of the client library. */
import { asSheafError, SheafError } from '../../../shared/errors.ts';
import { Brokers, earliest, latest } from '../../../shared/log/kafka/brokers.ts';
import type { KafkaLibrary } from '../../../shared/log/kafka/library.ts';
import { Producing } from '../../../shared/log/kafka/produce.ts';
import { Tail } from '../../../shared/log/kafka/tail.ts';
import { formatAddress, type Address } from '../../../shared/transport/address.ts';
import type { SourceCluster, TopicFacts, TopicReading, TopicRecord } from '../source-cluster.ts';
import { appendFirst } from './append-first.ts';
import { KafkaReading } from './topic-reading.ts';

const clientId = 'sheaf-source';
/** What the brokers say by default. */
const settings = { replication: 0, minInSync: 0 };
/** Of one request that writes, at first: a topic takes 1 MiB where nobody says otherwise. */
const writeBytesMax = 960 * 1024;

export interface KafkaClusterOptions {
  readonly brokers: readonly Address[];
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** Told of each request that failed and is made again. */
  readonly onFault: (error: unknown) => void;
}

export class KafkaCluster implements SourceCluster {
  private readonly options: KafkaClusterOptions;
  private readonly brokers: Brokers;
  private readonly tail: Tail;
  private readonly producing: Producing;
  /** By topic, what it takes in one request as far as was tried. A limit that is raised later costs requests, and no record. */
  private readonly writeBytes = new Map<string, number>();

  constructor(library: KafkaLibrary, options: KafkaClusterOptions) {
    this.options = options;
    const { brokers: bootstrap, now } = options;
    this.brokers = new Brokers({ library, bootstrap, clientId, now, ofOthers: true });
    this.tail = new Tail(this.brokers);
    this.producing = new Producing({ brokers: this.brokers, now });
  }

  async describe(topic: string): Promise<TopicFacts | undefined> {
    const found = (await this.reach(() => this.brokers.find([topic], true))).get(topic);
    return found === undefined ? undefined : { id: found.id, partitions: found.leaders.length };
  }

  async offsets(topic: string, partitions: number, which: 'latest' | 'earliest'): Promise<number[]> {
    const places = Array.from({ length: partitions }, (_, number) => ({ topic, number }));
    return await this.reach(() => this.brokers.offsets(places, which === 'latest' ? latest : earliest));
  }

  read(topic: string, topicId: string, partition: number, from: number): TopicReading {
    const { tail, brokers } = this;
    const place = { topic, number: partition };
    return new KafkaReading({ tail, brokers, place, topicId, from, onFault: this.options.onFault });
  }

  async write(topic: string, records: readonly TopicRecord[]): Promise<number> {
    const place = { topic, number: 0 };
    try {
      const { count, bytesMax } = await appendFirst(
        records,
        this.writeBytes.get(topic) ?? writeBytesMax,
        async (some) => await this.producing.produce([{ place, records: some.map(headed) }]),
      );
      this.writeBytes.set(topic, bytesMax);
      return count;
    } catch (error) {
      throw refusedOr(topic, this.unreachable(error));
    }
  }

  async create(topic: string): Promise<void> {
    await this.reach(() => this.brokers.create([{ name: topic, partitions: 1 }], settings));
  }

  async close(): Promise<void> {
    this.tail.close();
    this.producing.close();
    await this.brokers.close().catch(() => undefined);
  }

  private async reach<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  /** What a log says of its brokers is no fault of the log here. */
  private unreachable(raw: unknown): SheafError {
    const error = asSheafError(raw);
    if (error.code !== 'LOG_UNAVAILABLE') return error;
    const brokers = this.options.brokers.map(formatAddress);
    const reason = error.detail['reason'];
    return new SheafError('SOURCE_UNREACHABLE', { detail: { brokers, reason }, cause: error });
  }
}

function refusedOr(topic: string, error: SheafError): SheafError {
  if (error.code !== 'BODY_TOO_LARGE') return error;
  return new SheafError('DEAD_LETTER_REFUSED', { detail: { ...error.detail, topic }, cause: error });
}

function headed({ key, value, headers }: TopicRecord) {
  return { key, value, headed: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])) };
}
