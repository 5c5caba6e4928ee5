/** The log over Kafka, in each process that reads or writes it. Touches the world: sockets and timers. */
import { asSheafError, SheafError } from '../../errors.ts';
import type { AppendBatch, Appended } from '../append-batch.ts';
import { checkBatch } from '../check-append.ts';
import type { KeyedRequest } from '../keyed-requests.ts';
import {
  entryNotFound,
  logReplaced,
  type AppendedOnce,
  type Log,
  type LogBatch,
  type SkippedBatch,
  type Subscription,
} from '../log.ts';
import { appendBytesMax, type HeadsWord } from '../wire.ts';
import { Appender, type AppenderWorld } from './appender.ts';
import { earliest, latest, unavailable } from './brokers.ts';
import { DecisionsTrim } from './decisions-trim.ts';
import type { KafkaLibrary } from './library.ts';
import { IndexTopics } from './index-topics.ts';
import { indexOfTopic, placeOf, type Place } from './names.ts';
import { openKafka, type OpenLog, type OpenOptions } from './open.ts';
import { readPieces, type Piece } from './records.ts';
import { Reader, type Reading } from './reader.ts';

export interface KafkaLogOptions extends Pick<
  OpenOptions,
  'brokers' | 'name' | 'identity' | 'writer' | 'clientId' | 'now'
> {
  /** Loads the client library, when the log is opened. */
  readonly load: () => Promise<KafkaLibrary>;
  /** Told once the log is there. */
  readonly onIdentity?: (identity: string) => void;
  /** See LogClientOptions. */
  readonly onStateChange?: (connected: boolean, reason?: SheafError) => void;
  readonly onHeads?: (heads: HeadsWord) => void;
  readonly onLost?: (partitions: readonly string[]) => void;
  readonly onSubscriptionFailure?: (partition: string, error: SheafError) => void;
  /** Milliseconds between two looks at what decisions may be let go of; a minute where it is left out. */
  readonly trimEveryMs?: number;
}

const timeoutMsDefault = 10_000;
const openAgainMs = 500;
/** How often it is asked how far the partitions have come, and with it whether Kafka is there. */
const beatMs = 500;
const trimEveryMsDefault = 60_000;

/** Connects, and stays so until closed. What is asked while Kafka is away waits for it. */
export function connectKafkaLog(options: KafkaLogOptions): Log {
  return new KafkaLog(options);
}

class KafkaLog implements Log {
  private readonly options: KafkaLogOptions;
  private readonly opened = Promise.withResolvers<OpenLog>();
  private readonly subscriptions = new Set<KafkaSubscription>();
  private readonly appender: Appender;
  private readonly told = new Map<string, number>();
  private open: OpenLog | null = null;
  private indexes: IndexTopics | null = null;
  private trimming: DecisionsTrim | null = null;
  private connected: boolean | null = null;
  /** Why it is not connected, as it was told last. */
  private reason: SheafError['code'] | undefined;
  private beating: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: KafkaLogOptions) {
    this.options = options;
    // Who asks is told by its own timeout.
    this.opened.promise.catch(() => undefined);
    this.appender = new Appender(this.appenderWorld());
    void this.begin();
  }

  async identity({ timeoutMs = timeoutMsDefault } = {}): Promise<string> {
    return await this.inTime(timeoutMs, async ({ identity }) => identity);
  }

  async append(batches: readonly AppendBatch[], { timeoutMs = timeoutMsDefault } = {}): Promise<Appended[]> {
    for (const batch of batches) checkBatch(batch);
    checkSize(batches);
    if (batches.length === 0) return [];
    this.indexes?.check(batches);
    return (await this.appender.append(batches, [], timeoutMs)).appended;
  }

  async appendOnce(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    { timeoutMs = timeoutMsDefault } = {},
  ): Promise<AppendedOnce> {
    checkSize(batches);
    return await this.appender.append(batches, requests, timeoutMs);
  }

  async heads(partitions: readonly string[], { timeoutMs = timeoutMsDefault } = {}): Promise<number[]> {
    return await this.inTime(timeoutMs, async (open) =>
      (await this.offsets(open, partitions, latest)).map((next) => next - 1),
    );
  }

  async earliest(partitions: readonly string[], { timeoutMs = timeoutMsDefault } = {}): Promise<number[]> {
    return await this.inTime(timeoutMs, async (open) => {
      const isRemoved = (partition: string): boolean => open.meta.table.isRemoved(this.place(partition).topic);
      const there = partitions.filter((partition) => !isRemoved(partition));
      const found = await this.offsets(open, there, earliest);
      const byPartition = new Map(there.map((partition, i) => [partition, found[i]!]));
      return partitions.map((partition) => byPartition.get(partition) ?? Infinity);
    });
  }

  async trim(partition: string, before: number, { timeoutMs = timeoutMsDefault } = {}): Promise<number> {
    return await this.inTime(timeoutMs, async (open) => await this.trimOpen(open, partition, before));
  }

  async skip(partition: string, offset: number, { timeoutMs = timeoutMsDefault } = {}): Promise<SkippedBatch> {
    return await this.inTime(timeoutMs, async (open) => {
      const place = this.place(partition);
      const [[first], [next]] = await Promise.all([
        this.offsets(open, [partition], earliest),
        this.offsets(open, [partition], latest),
      ]);
      if (offset < first! || offset >= next!) throw entryNotFound(partition, offset);
      const { firstOffset, count } = await pieceAt(open, partition, place, offset);
      await open.meta.write({ kind: 'skipped', partition, firstOffset });
      return { firstOffset, lastOffset: firstOffset + count - 1 };
    });
  }

  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onRefused: (error: SheafError) => void = () => undefined,
  ): Subscription {
    const subscription = new KafkaSubscription({
      partition,
      from,
      onBatch,
      onRefused: (error) => {
        this.subscriptions.delete(subscription);
        this.options.onSubscriptionFailure?.(partition, error);
        onRefused(error);
      },
      onFailure: (error) => this.options.onSubscriptionFailure?.(partition, error),
    });
    if (this.closed) subscription.end();
    else this.subscriptions.add(subscription);
    if (this.open !== null) void subscription.start(this.open, this.place(partition));
    const close = (): void => {
      this.subscriptions.delete(subscription);
      subscription.end();
    };
    return { partition, close };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.beating);
    this.opened.reject(unavailable('the log was closed'));
    for (const subscription of this.subscriptions) subscription.end();
    this.appender.close();
    this.indexes?.close();
    this.trimming?.close();
    await this.open?.close();
  }

  private async begin(): Promise<void> {
    while (!this.closed) {
      try {
        const library = await this.options.load();
        const open = await openKafka(library, {
          ...this.options,
          onFault: (error) => this.changeState(false, error),
          onMeta: () => this.metaChanged(),
        });
        if (this.closed) return await open.close();
        return this.begun(open);
      } catch (error) {
        this.changeState(false, asSheafError(error));
        await new Promise<void>((resolve) => void setTimeout(resolve, openAgainMs));
      }
    }
  }

  private begun(open: OpenLog): void {
    this.open = open;
    const { writer, name, trimEveryMs = trimEveryMsDefault } = this.options;
    const { topics, meta, brokers, decisions, keys } = open;
    if (writer !== null) {
      this.indexes = new IndexTopics({ log: this, topics, meta, name, settings: writer });
      this.trimming = new DecisionsTrim({ brokers, decisions, keys, meta, name, everyMs: trimEveryMs });
    }
    this.options.onIdentity?.(open.identity);
    this.opened.resolve(open);
    this.changeState(true);
    for (const subscription of this.subscriptions) void subscription.start(open, this.place(subscription.partition));
    void this.beat(open);
  }

  private async appenderWorld(): Promise<AppenderWorld> {
    const { producing, decisions, keys, topics } = await this.opened.promise;
    const placeFor = async (partition: string): Promise<Place> => {
      const place = this.place(partition);
      const topic = await topics.find(place.topic);
      if (topic === undefined) await this.makeTopic(place.topic);
      else if (place.number >= topic.leaders.length)
        throw unavailable(`${place.topic} has no partition ${place.number}`);
      return place;
    };
    return { produce: producing.produce, decisions, keys, placeFor };
  }

  private async makeTopic(topic: string): Promise<void> {
    if (this.indexes === null) throw unavailable(`topic ${topic} is not made yet`);
    const id = indexOfTopic(this.options.name, topic);
    if (id !== undefined) return await this.indexes.make(id);
    await this.open!.topics.make([{ name: topic, partitions: 1 }]);
  }

  /** The offset of topics that were never made is 0. */
  private async offsets(
    { brokers, topics }: OpenLog,
    partitions: readonly string[],
    timestamp: bigint,
  ): Promise<number[]> {
    const places = await Promise.all(
      partitions.map(async (partition) => {
        const place = this.place(partition);
        return (await topics.find(place.topic)) === undefined ? null : place;
      }),
    );
    const asked = places.filter((place) => place !== null);
    const found = asked.length === 0 ? [] : await brokers.offsets(asked, timestamp);
    let at = 0;
    return places.map((place) => (place === null ? 0 : found[at++]!));
  }

  private async trimOpen(open: OpenLog, partition: string, before: number): Promise<number> {
    const place = this.place(partition);
    const [[first], [next]] = await Promise.all([
      this.offsets(open, [partition], earliest),
      this.offsets(open, [partition], latest),
    ]);
    if (before > next!) throw logReplaced(partition, before - 1, next! - 1);
    if (before <= first!) return first!;
    const offset = before === next ? before : (await pieceAt(open, partition, place, before)).firstOffset;
    if (offset <= first!) return first!;
    await open.brokers.trim(place, offset);
    for (const subscription of this.subscriptions)
      if (subscription.partition === partition) subscription.trimmed(offset);
    return offset;
  }

  private place(partition: string): Place {
    return placeOf(this.options.name, partition);
  }

  /** What is asked is tried again until it is answered: Kafka may be away for a while. */
  private async inTime<T>(timeoutMs: number, work: (open: OpenLog) => Promise<T>): Promise<T> {
    if (this.closed) throw unavailable('the log was closed');
    const { promise: late, reject } = Promise.withResolvers<never>();
    let isLate = false;
    let last: SheafError | null = null;
    const timer = setTimeout(() => {
      isLate = true;
      reject(last ?? unavailable(`no answer in ${timeoutMs} ms`));
    }, timeoutMs);
    const tries = async (): Promise<T> => {
      const open = await this.opened.promise;
      for (;;) {
        try {
          return await work(open);
        } catch (error) {
          last = asSheafError(error);
          if (last.code !== 'LOG_UNAVAILABLE' || isLate || this.closed) throw last;
          await new Promise<void>((resolve) => void setTimeout(resolve, 100));
        }
      }
    };
    try {
      return await Promise.race([tries(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private metaChanged(): void {
    const { open } = this;
    if (open === null) return;
    for (const subscription of this.subscriptions) void subscription.start(open, this.place(subscription.partition));
  }

  private async beat(open: OpenLog): Promise<void> {
    try {
      await this.tellHeads(open);
      this.changeState(true);
    } catch (error) {
      this.changeState(false, asSheafError(error));
    }
    if (!this.closed) this.beating = setTimeout(() => void this.beat(open), beatMs);
  }

  private async tellHeads({ brokers, meta, identity }: OpenLog): Promise<void> {
    const { name, onHeads, onLost } = this.options;
    const found = (await brokers.find([meta.place.topic], true)).get(meta.place.topic);
    if (found !== undefined && found.id !== meta.topicId) {
      throw new SheafError('LOG_REPLACED', { detail: { expected: identity, found: found.id } });
    }
    if (onHeads === undefined) return;
    const places: Place[] = [];
    for (const [topic, { partitions }] of meta.table.all()) {
      if (indexOfTopic(name, topic) === undefined) continue;
      for (let number = 0; number < partitions; number++) places.push({ topic, number });
    }
    // A topic that somebody has removed is no reason to tell nothing of the others.
    const known = await brokers.find([...new Set(places.map(({ topic }) => topic))]);
    const there = places.filter(({ topic }) => known.has(topic));
    const lost = places.filter(({ topic }) => known.get(topic)?.id !== meta.table.madeOf(topic)?.id);
    onLost?.(lost.map(({ topic, number }) => `${indexOfTopic(name, topic)}/${number}`));
    const next = await brokers.offsets(there.length === 0 ? [meta.place] : there, latest);
    const changed: { partition: string; head: number }[] = [];
    for (const [i, { topic, number }] of there.entries()) {
      const partition = `${indexOfTopic(name, topic)}/${number}`;
      const head = next[i]! - 1;
      if (head < 0 || this.told.get(partition) === head) continue;
      this.told.set(partition, head);
      changed.push({ partition, head });
    }
    onHeads({ partitions: changed.map(({ partition }) => partition), heads: changed.map(({ head }) => head), rest: 0 });
  }

  /** Tells what has changed, not each attempt. */
  private changeState(connected: boolean, reason?: SheafError): void {
    if (this.closed || (this.connected === connected && this.reason === reason?.code)) return;
    this.connected = connected;
    this.reason = reason?.code;
    if (!connected) this.told.clear();
    this.options.onStateChange?.(connected, reason);
  }
}

/** One that may have to wait until there is what it reads. */
class KafkaSubscription {
  readonly partition: string;
  private readonly reading: Reading;
  private reader: Reader | null = null;
  private starting = false;
  private again = false;
  private ended = false;

  constructor(reading: Reading) {
    this.reading = reading;
    this.partition = reading.partition;
  }

  /** Begins, where the topic is there. */
  async start(open: OpenLog, place: Place): Promise<void> {
    this.again = true;
    if (this.starting || this.reader !== null || this.ended) return;
    this.starting = true;
    while (this.again && this.reader === null && !this.ended) {
      this.again = false;
      await this.tryToStart(open, place);
    }
    this.starting = false;
  }

  trimmed(offset: number): void {
    this.reader?.trimmed(offset);
  }

  end(): void {
    this.ended = true;
    this.reader?.end();
  }

  private async tryToStart(open: OpenLog, place: Place): Promise<void> {
    const { partition, from } = this.reading;
    try {
      const topic = await open.topics.find(place.topic);
      if (this.ended) return;
      if (topic !== undefined) {
        const { brokers, tail, decisions, meta } = open;
        const isSkipped = (name: string, firstOffset: number): boolean => meta.table.isSkipped(name, firstOffset);
        this.reader = new Reader({ brokers, tail, decisions, isSkipped }, place, topic, this.reading);
      } else if (from > 0) this.refuse(logReplaced(partition, from - 1, -1));
    } catch (error) {
      if (this.ended) return;
      const fault = asSheafError(error);
      if (fault.code === 'LOG_REPLACED') return this.refuse(fault);
      this.reading.onFailure(fault);
      if (open.meta.table.isRemoved(place.topic)) return;
      await new Promise<void>((resolve) => void setTimeout(resolve, 1000));
      this.again = true;
    }
  }

  private refuse(error: SheafError): void {
    this.ended = true;
    this.reading.onRefused(error);
  }
}

/** @throws SheafError BODY_TOO_LARGE */
function checkSize(batches: readonly AppendBatch[]): void {
  const actualBytes = batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (actualBytes <= appendBytesMax) return;
  throw new SheafError('BODY_TOO_LARGE', { detail: { limitBytes: appendBytesMax, actualBytes } });
}

/** The batch with the entry at an offset, which is there. @throws SheafError LOG_UNAVAILABLE */
async function pieceAt(open: OpenLog, partition: string, place: Place, offset: number): Promise<Piece> {
  const topic = await open.topics.find(place.topic);
  const leader = open.brokers.leaderOf(place);
  if (topic === undefined || leader === undefined) throw unavailable(`${place.topic} has no leader`);
  const [fetched] = await open.brokers.readFrom(leader, [{ place, topicId: topic.id, offset }], 0, 'side');
  const [piece] = readPieces(partition, fetched!.groups, offset);
  if (piece === undefined) throw unavailable(`nothing is read of ${partition} at ${offset}: ${fetched!.errorCode}`);
  return piece;
}
