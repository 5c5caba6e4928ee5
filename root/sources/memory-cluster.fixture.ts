/** A Kafka cluster in memory, for tests of sources. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SheafError } from '../../shared/errors.ts';
import type { SourceCluster, TopicFacts, TopicMessage, TopicReading, TopicRecord } from './source-cluster.ts';

export interface MemoryTopic {
  readonly id: string;
  readonly partitions: readonly TopicMessage[][];
  /** The first offset that is there. */
  earliest: number;
  /** The offset that comes next, beyond the last message where what came then was none. */
  end: number;
  /** What stands there cannot be read. */
  unreadable?: number;
}

export interface MemoryClusterOptions {
  /** How many messages a reading has more, each time that it is looked at: all where it is left out. */
  readonly step?: () => number;
  /** Whether a write fails, before anything of it or after all of it is there. */
  readonly failure?: () => 'before' | 'after' | null;
  /** Of one value; what comes before a larger one is taken. */
  readonly bytesMax?: number;
  /** Awaited before anything is written. */
  readonly beforeWrite?: () => Promise<void>;
}

/** Shared by all who read it. */
export class MemoryCluster implements SourceCluster {
  readonly topics = new Map<string, MemoryTopic>();
  /** Whether brokers answer. */
  isThere = true;
  private readonly options: MemoryClusterOptions;

  constructor(options: MemoryClusterOptions = {}) {
    this.options = options;
  }

  /** @param values key and value of each message, of each partition */
  fill(
    topic: string,
    partitions: readonly (readonly (readonly [key: string | null, value: string | null])[])[],
    id = `id of ${topic}`,
  ): void {
    const made = partitions.map((messages) =>
      messages.map(([key, value], offset) => ({
        offset,
        timestampMs: 1000 + offset,
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: [],
      })),
    );
    const end = Math.max(0, ...made.map((messages) => messages.length));
    this.topics.set(topic, { id, partitions: made, earliest: 0, end });
  }

  async describe(name: string): Promise<TopicFacts | undefined> {
    const topic = this.reach().get(name);
    await Promise.resolve();
    return topic === undefined ? undefined : { id: topic.id, partitions: topic.partitions.length };
  }

  async offsets(name: string, partitions: number, which: 'latest' | 'earliest'): Promise<number[]> {
    const topic = this.reach().get(name)!;
    await Promise.resolve();
    return Array.from({ length: partitions }, () => (which === 'latest' ? topic.end : topic.earliest));
  }

  read(name: string, _topicId: string, partition: number, from: number): TopicReading {
    const topic = this.topics.get(name)!;
    const { step = () => Infinity } = this.options;
    let position = from;
    let dropped = from;
    const open = { is: true };
    // Stays once it is there, as whoever has one reads no more.
    let fault: SheafError | null = null;
    return {
      get earliest() {
        return fault === null && (topic.earliest > position || topic.end < position) ? topic.earliest : null;
      },
      get position() {
        return position;
      },
      get fault() {
        return fault;
      },
      get held() {
        return topic.partitions[partition]!.filter(({ offset }) => offset >= dropped && offset < position);
      },
      drop: (before) => void (dropped = before),
      more: async () => {
        await new Promise<void>((resolve) => void setImmediate(resolve));
        while (open.is && position >= topic.end) await sleep(5);
        const { unreadable = Infinity } = topic;
        if (position === unreadable && topic.earliest <= position) fault = new SheafError('SOURCE_BATCH_REFUSED');
        else position = Math.min(topic.end, unreadable < position ? Infinity : unreadable, position + step());
      },
      close: () => void (open.is = false),
    };
  }

  async write(name: string, records: readonly TopicRecord[]): Promise<number> {
    await this.options.beforeWrite?.();
    const failure = this.options.failure?.() ?? null;
    await Promise.resolve();
    const unreachable = new SheafError('SOURCE_UNREACHABLE');
    if (failure === 'before') throw unreachable;
    const topic = this.topics.get(name)!;
    const { bytesMax = Infinity } = this.options;
    const refused = records.findIndex(({ value }) => (value?.length ?? 0) > bytesMax);
    if (refused === 0) throw new SheafError('DEAD_LETTER_REFUSED', { detail: { topic: name } });
    const taken = refused < 0 ? records : records.slice(0, refused);
    for (const { key, value, headers } of taken) {
      const named = headers.map(([header, text]) => [Buffer.from(header), Buffer.from(text)] as const);
      topic.partitions[0]!.push({ offset: topic.end++, timestampMs: 1, key, value, headers: named });
    }
    if (failure === 'after') throw unreachable;
    return taken.length;
  }

  async create(name: string): Promise<void> {
    await Promise.resolve();
    if (!this.topics.has(name)) this.fill(name, [[]]);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  private reach(): Map<string, MemoryTopic> {
    if (!this.isThere) throw new SheafError('SOURCE_UNREACHABLE');
    return this.topics;
  }
}
