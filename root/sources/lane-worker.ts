/**
 * One lane of a source, read by the holder of its lease, append by append:
 *
 *     wait for messages → cut → documents and what are none (worker) → dead letters, written → one keyed append of documents and the step
 *
 * A step says which offset it follows on; the log's order decides between two on the same, and the key of the append, which names that offset,
 * has the documents of the other left out with it. So a holder that was killed, paused or cut off leaves a lane that another goes on with.
 */
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import { asSheafError, SheafError, type ErrorBody, type ErrorCode } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { HeldLease } from '../../shared/lease/leases.ts';
import type { AppendBatch } from '../../shared/log/append-batch.ts';
import { batchHeaderBytes } from '../../shared/log/batch.ts';
import type { EntryRange } from '../../shared/log/keyed-requests.ts';
import type { Log } from '../../shared/log/log.ts';
import { replayLane, type Lane, type Replay, type SourceCounts } from '../../shared/sources/source-entry.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { growSchema } from '../catalog/grow-schema.ts';
import { WritePassage } from '../catalog/write-passage.ts';
import type { WriteGate } from '../freshness/write-gate.ts';
import { findObstacle } from '../ingest.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import type { ShardDirectory } from '../plan/shard-directory.ts';
import type { Rejection } from '../route/bulk-router.ts';
import type { OrdinalGuard } from '../route/ordinal-guard.ts';
import type { WriteJobs } from '../route/write-jobs.ts';
import { cutOf, type Cut } from './cut.ts';
import { writeLetter, type Letter } from './dead-letter.ts';
import { dueLetters, type DueLetters } from './due-letters.ts';
import { misfitOf } from './misfit.ts';
import type { SourceBook } from './source-book.ts';
import type { SourceCluster, TopicFacts, TopicReading } from './source-cluster.ts';

/** What lanes need of their root. */
export interface LaneDependencies {
  readonly book: SourceBook;
  readonly log: Log;
  readonly catalog: CatalogCopy;
  readonly directory: Pick<ShardDirectory, 'stopsOf'>;
  readonly kinds: RootKinds;
  readonly writeJobs: Pick<WriteJobs, 'runMessages'>;
  readonly writeGate: Pick<WriteGate, 'ofRequest'>;
  readonly ordinals: Pick<OrdinalGuard, 'check'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** Told of each step that was recorded by this root. */
  readonly onStep: (source: string, counts: Partial<SourceCounts>) => void;
}

/** Which lane of which source. */
export interface LaneOf {
  readonly name: string;
  readonly id: number;
  /** A partition of the topic, or `replayLane`. */
  readonly lane: number;
}

/** After a fault, the wait before the next try; doubled by each up to the last. */
const againMsMin = 100;
const againMsMax = 5000;
/** So long what has come waits for more, where an append was made a moment ago: a slow topic is some appends a second. */
const lingerMs = 50;

/** Faults that pass, or are told of the source as a whole. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'LOG_UNAVAILABLE',
  'LOG_FULL',
  'LEASE_LOST',
  'REPLICAS_BEHIND',
  'OVERLOADED',
  'INDEX_HELD',
  'SOURCE_UNREACHABLE',
  'SOURCE_TOPIC_MISSING',
  'SOURCE_TOPIC_REPLACED',
]);

/** What is read next. */
type Due = { readonly cut: Cut } | { readonly missed: number; readonly next: number };

export class LaneWorker {
  private readonly root: LaneDependencies;
  private readonly cluster: SourceCluster;
  private readonly of: LaneOf;
  private readonly lease: HeldLease;
  private readonly signal: AbortSignal;
  private reading: TopicReading | null = null;
  private facts: TopicFacts | null = null;
  /** Found, and perhaps not written down yet: by then there may be other messages at the offset. */
  private truncation: SheafError | null = null;
  /** See takenBy. */
  private buried: { readonly step: string; readonly offsets: Set<number> } = { step: '', offsets: new Set() };
  /** On the clock: before, an append waits until it is full. */
  private notBefore = -Infinity;

  /** @param signal ends the work, beside the loss of the lease */
  constructor(root: LaneDependencies, cluster: SourceCluster, of: LaneOf, lease: HeldLease, signal: AbortSignal) {
    this.root = root;
    this.cluster = cluster;
    this.of = of;
    this.lease = lease;
    this.signal = AbortSignal.any([lease.signal, signal]);
  }

  /** Works until the source is to stand still, or its lease is lost, or all that was asked for is replayed. Never rejects. */
  async run(): Promise<void> {
    let againMs = againMsMin;
    let isRead = false;
    while (!this.signal.aborted) {
      try {
        // What another holder has done last is read before anything is done.
        if (!isRead) await this.root.book.catchUp();
        isRead = true;
        if (!(await this.advance())) break;
        againMs = againMsMin;
      } catch (raw) {
        if (this.signal.aborted) break;
        isRead = false;
        this.facts = null;
        await this.tell(asSheafError(raw));
        await this.sleep(againMs);
        againMs = Math.min(againMsMax, againMs * 2);
      }
    }
    this.reading?.close();
  }

  /** Does the next append. @returns whether there may be more to do */
  private async advance(): Promise<boolean> {
    const source = this.root.catalog.state.sources.get(this.of.name);
    if (source?.id !== this.of.id || this.root.book.sources.get(this.of.id).wanted !== 'run') return false;
    const facts = (this.facts ??= await this.describe(source));
    const lane = this.laneNow() ?? (this.of.lane === replayLane ? null : await this.begin(source, facts));
    if (lane === null) return false;
    if (isTruncated(lane)) return false;
    if (this.truncation !== null) throw this.truncation;
    if (lane.topicId !== facts.id) throw replaced(this.topicOf(source), 'it was made again under its name');
    if (lane.next >= untilOf(lane)) return false;
    const due = await this.due(source, lane);
    if (due === null) return false;
    const { next } = 'cut' in due ? due.cut : due;
    if ('cut' in due) await this.write(source, lane, due.cut);
    else await this.record(lane, { next, counts: { missed: due.missed } });
    this.notBefore = this.root.clock.now() + lingerMs;
    const after = this.laneNow();
    if (after === null || after.next <= lane.next) {
      throw new SheafError('INTERNAL', {
        detail: { reason: 'a step of a source was recorded and does not count', ...this.of },
      });
    }
    this.reading?.drop(after.next);
    return true;
  }

  private topicOf({ topic, deadLetters }: SourceDefinition): string {
    return this.of.lane === replayLane ? deadLetters : topic;
  }

  private async describe(source: SourceDefinition): Promise<TopicFacts> {
    const topic = this.topicOf(source);
    const facts = await this.cluster.describe(topic);
    if (facts === undefined) throw new SheafError('SOURCE_TOPIC_MISSING', { detail: { topic } });
    return facts;
  }

  private laneNow(): Lane | Replay | null {
    const { id, lane } = this.of;
    const { lanes, replay } = this.root.book.sources.get(id);
    return lane === replayLane ? replay : (lanes[lane] ?? null);
  }

  /** Writes down where the partition is begun. One that the topic got later has nothing of before: all of it came after the source was there. */
  private async begin(source: SourceDefinition, { id: topicId, partitions }: TopicFacts): Promise<Lane> {
    const { id, lane } = this.of;
    const isAdded = lane >= (this.root.book.sources.get(id).partitions ?? Infinity);
    const offsets = await this.cluster.offsets(source.topic, partitions, isAdded ? 'earliest' : source.from);
    this.lease.require();
    await this.root.book.append({ entry: 'begin', source: id, lane, topicId, next: offsets[lane]!, partitions });
    const begun = this.laneNow();
    if (begun === null) throw new SheafError('SOURCES_TOO_MANY');
    return begun;
  }

  /** Waits until there is something to append; null where the work is over before. */
  private async due(source: SourceDefinition, lane: Lane): Promise<Due | null> {
    const reading = this.readingOf(source, lane);
    while (!this.signal.aborted) {
      if (reading.earliest !== null) {
        if (reading.earliest <= lane.next) throw await this.beyondEnd(source, lane, reading.position);
        return { missed: reading.earliest - lane.next, next: reading.earliest };
      }
      const { held, position } = reading;
      const cut = cutOf(held, { from: lane.next, position, until: untilOf(lane) });
      const waitMs = cut === null ? Infinity : cut.isFixed ? 0 : this.notBefore - this.root.clock.now();
      if (cut !== null && waitMs <= 0) return { cut };
      if (cut === null && reading.fault !== null) throw reading.fault;
      await this.sleep(waitMs, reading.more());
    }
    return null;
  }

  /** What is wrong where Kafka has nothing at the position of a reading, and did not let go of it either. */
  private async beyondEnd(source: SourceDefinition, { next }: Lane, position: number): Promise<SheafError> {
    const topic = this.topicOf(source);
    // What was read and not written yet is read again, as it is now.
    if (position > next) return replaced(topic, 'it ends before what was read of it');
    const partition = Math.max(this.of.lane, 0);
    const ends = await this.cluster.offsets(topic, partition + 1, 'latest');
    return (this.truncation = truncated({ topic, partition, next, end: ends[partition]! }));
  }

  /** What was read is kept while it is what comes next. */
  private readingOf(source: SourceDefinition, { topicId, next }: Lane): TopicReading {
    const { reading } = this;
    const isGood = reading !== null && reading.earliest === null && reading.position >= next;
    // What could not be read is looked at again: by then it may be gone.
    if (isGood && (reading.fault === null || reading.position > next)) return reading;
    reading?.close();
    const partition = Math.max(this.of.lane, 0);
    this.reading = this.cluster.read(this.topicOf(source), topicId, partition, next);
    return this.reading;
  }

  private async write(source: SourceDefinition, lane: Lane, cut: Cut): Promise<void> {
    const { root } = this;
    const { letters, next, highest } = this.lettersOf(source, lane, cut);
    if (letters.length === 0) return await this.record(lane, { next, counts: {}, highest });
    const index = await root.catalog.findWritten(source.index);
    const entries = root.kinds[index.kind].entriesOf(index);
    const misfit = misfitOf(source, index, entries);
    if (misfit !== null) throw misfit;
    await root.ordinals.check(index, root.clock.now());
    const { topicId, partition } = letters[0]!;
    const held = root.writeGate.ofRequest(index);
    // Where replicas do not keep up, nothing is parsed in vain.
    const behind = held(() => Array.from({ length: index.shards }, (_, shard) => partitionOf(index, shard)));
    if (behind !== null) throw behind;
    const passage = new WritePassage(root.catalog, index);
    const tombstones = new Set(letters.flatMap(({ message }) => (message.value === null ? [message.offset] : [])));
    const rejections: Rejection[] = [];
    let isRecorded = false;
    const end = async (batches: readonly AppendBatch[]): Promise<void> => {
      if (await this.bury(source, lane, letters, rejections)) {
        // That may have taken longer than whoever moves the index waits for those who do not know of it.
        await root.catalog.catchUp();
        const fault = passage.obstacle();
        if (fault !== null) throw fault;
      }
      const deletions = tombstones.size - rejections.filter(({ line }) => tombstones.has(line)).length;
      const taken = batches.reduce((sum, { count }) => sum + count, 0);
      const counts = { documents: taken - deletions, deletions, deadLetters: rejections.length };
      isRecorded = true;
      if (!passage.isMoving || taken === 0) return await this.record(lane, { next, counts, highest }, batches);
      // An index that is being copied: what is appended after it was held is in no copy. What is put twice is the same.
      await this.appendMoving(lane, { index: index.id, next }, batches);
      await root.catalog.catchUp();
      const fault = passage.obstacle();
      if (fault !== null) throw fault;
      await this.record(lane, { next, counts, highest });
    };
    const { fault } = await root.writeJobs.runMessages(
      {
        index,
        entries,
        catalogOffset: root.catalog.state.offset,
        key: source.key.of === 'field' ? { kind: 'field', field: source.key.field } : { kind: 'generated' },
        arrivedAtMs: root.timeOfDay(),
        isOneAppend: true,
        keySeed: `${topicId}/${partition}`,
        tellsOutcomes: false,
      },
      { messages: letters.map(({ message }) => message), rules: { ...source, partition } },
      {
        obstacle: (partitions) => passage.obstacle() ?? findObstacle(root, index, partitions) ?? held(partitions),
        addFields: (fields) => growSchema(root.catalog, index, fields),
        onRejected: (rejection) => void rejections.push(rejection),
        append: async (batches) => {
          await end(batches);
          return [];
        },
      },
    );
    if (fault !== null) throw fault;
    if (!isRecorded) await end([]);
  }

  private lettersOf(source: SourceDefinition, lane: Lane | Replay, cut: Cut): DueLetters {
    if ('highest' in lane) return dueLetters(cut, source, lane.highest);
    const { messages, next } = cut;
    const { topicId } = lane;
    const partition = this.of.lane;
    return { letters: messages.map((message) => ({ message, topicId, partition, replays: 0 })), next, highest: {} };
  }

  /**
   * Writes the dead letters, in the order of their offsets: before the step, so that none is lost. Where another worker repeats the step they come again;
   * this one leaves out those at the front that were taken.
   * @returns whether there were any
   * @throws SheafError DEAD_LETTER_REFUSED where brokers answer, and do not take one; SOURCE_UNREACHABLE
   */
  private async bury(
    source: SourceDefinition,
    lane: Lane,
    letters: readonly Letter[],
    rejections: readonly Rejection[],
  ): Promise<boolean> {
    if (rejections.length === 0) return false;
    const { deadLetters } = source;
    const byLine = new Map(letters.map((letter) => [letter.message.offset, letter]));
    const again = this.of.lane === replayLane ? 1 : 0;
    const inOrder = rejections.toSorted((a, b) => a.line - b.line);
    const records = inOrder.map((rejection) => {
      const letter = byLine.get(rejection.line)!;
      return writeLetter({ ...letter, replays: letter.replays + again }, source, rejection);
    });
    let count = 0;
    try {
      const taken = this.takenBy(await this.topicOfLetters(deadLetters), lane);
      while (count < records.length && taken.has(inOrder[count]!.line)) count++;
      while (count < records.length) {
        this.lease.require();
        const written = await this.cluster.write(deadLetters, records.slice(count));
        for (const { line } of inOrder.slice(count, count + written)) taken.add(line);
        count += written;
      }
    } catch (error) {
      const { line: offset } = inOrder[Math.min(count, inOrder.length - 1)]!;
      throw await this.refusal({ topic: deadLetters, partition: letters[0]!.partition, offset }, asSheafError(error));
    }
    return true;
  }

  /** Looked at each time: what is written to a topic that is gone waits for ever. @returns its id */
  private async topicOfLetters(topic: string): Promise<string> {
    const there = await this.cluster.describe(topic);
    if (there !== undefined) return there.id;
    await this.cluster.create(topic);
    return (await this.cluster.describe(topic))?.id ?? '';
  }

  /** Offsets of the messages of this step that the topic of dead letters has, as this worker knows. */
  private takenBy(letters: string, { topicId, next }: Lane): Set<number> {
    const step = `${letters} ${topicId} ${next}`;
    if (this.buried.step !== step) this.buried = { step, offsets: new Set() };
    return this.buried.offsets;
  }

  /** Brokers that answer else are there: then it is the topic of dead letters that stands in the way, for good as far as is known. */
  private async refusal(
    letter: { readonly topic: string; readonly partition: number; readonly offset: number },
    error: SheafError,
  ): Promise<SheafError> {
    const { code, detail } = error;
    if (code === 'DEAD_LETTER_REFUSED') return new SheafError(code, { detail: { ...detail, ...letter }, cause: error });
    if (code !== 'SOURCE_UNREACHABLE') return error;
    try {
      await this.cluster.describe(letter.topic);
    } catch {
      return error;
    }
    return new SheafError('DEAD_LETTER_REFUSED', { detail: { ...letter, reason: detail['reason'] }, cause: error });
  }

  /**
   * Appends documents without their step, whose key would keep others from repeating them elsewhere. Each holder appends under the first number of the stretch that nobody
   * has used: whoever stood still for longer than its lease just before finds it used by whoever came after it, and writes nothing.
   * @param to the index, and where the stretch ends: a holder may cut elsewhere the next time
   * @throws SheafError LEASE_LOST where another has gone on
   */
  private async appendMoving(
    { topicId, next: from }: Lane,
    to: { readonly index: string; readonly next: number },
    batches: readonly AppendBatch[],
  ): Promise<void> {
    const { id, lane } = this.of;
    const ranges = rangesOf(batches);
    for (let number = 0; ; number++) {
      const { holder, offset } = this.lease.require();
      const key = `source/${id}/${lane}/${topicId}/${from}/${to.index}/${number}`;
      const digest = `${holder} ${offset} ${to.next}`;
      const { outcomes } = await this.root.log.appendOnce(batches, [{ key, digest, ranges }]);
      if (outcomes[0]?.kind !== 'conflict') return;
      await this.root.book.catchUp();
      if (this.laneNow()?.next !== from) {
        throw new SheafError('LEASE_LOST', {
          detail: { reason: 'another root has gone on with the lane', ...this.of },
        });
      }
    }
  }

  /** Appends what is written and the step, once however often, and reads back how far the lane has come. */
  private async record(
    { topicId, next: from, leavesOut: leftOut }: Lane,
    step: { readonly next: number; readonly counts: Partial<SourceCounts>; readonly highest?: DueLetters['highest'] },
    documents: readonly AppendBatch[] = [],
  ): Promise<void> {
    const { book, log, onStep, telemetry } = this.root;
    const { id: source, lane, name } = this.of;
    const { highest = {}, ...told } = step;
    const more = lane === replayLane ? { highest } : {};
    const entry = { entry: 'step', source, lane, topicId, from, ...told, ...more } as const;
    const batches = [...documents, book.batch(entry)];
    // Whoever repeats it may have cut elsewhere: all that is said of an offset is one request, of which the first counts.
    const key = `source/${source}/${lane}/${topicId}/${from}`;
    this.lease.require();
    const { appended, outcomes } = await log.appendOnce(batches, [{ key, digest: key, ranges: rangesOf(batches) }]);
    if (outcomes[0]?.kind !== 'recorded') return await book.catchUp();
    onStep(name, { ...step.counts, leftOut });
    if (leftOut > 0) telemetry.warn({ source: name, lane, leftOut }, 'a source left out what its truncated topic had');
    await book.reach(appended.at(-1)!.lastOffset);
  }

  /** Says why the lane stands still, where it does not pass by itself and is not said already. */
  private async tell(error: SheafError): Promise<void> {
    const { book, telemetry } = this.root;
    const { name: source, id, lane } = this.of;
    telemetry.debug({ source, lane, error: error.toBody() }, 'an append of a source is tried again');
    const now = this.laneNow();
    const body = error.toBody();
    if (passing.has(error.code) || now === null || isSaid(now.stands, body)) return;
    telemetry.warn({ source, lane, error: body }, 'a source stands still');
    try {
      await book.append({ entry: 'stand', source: id, lane, error: body });
    } catch {
      // It is said with the next try.
    }
  }

  /** So long, or until something else has happened, or the work is over. */
  private async sleep(ms: number, orUntil?: Promise<void>): Promise<void> {
    const { timers, clock } = this.root;
    const { signal } = this;
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = ms === Infinity ? null : timers.at(clock.now() + ms, wake);
    signal.addEventListener('abort', wake, { once: true });
    await (orUntil === undefined ? promise : Promise.race([promise, orUntil]));
    signal.removeEventListener('abort', wake);
    timer?.cancel();
  }
}

/** Whether what is written down says the same, down to which message it is about. */
function isSaid(stands: ErrorBody | null, { code, detail }: ErrorBody): boolean {
  return stands?.code === code && JSON.stringify(stands.detail) === JSON.stringify(detail);
}

/** All entries, as those of one request. */
function rangesOf(batches: readonly AppendBatch[]): EntryRange[] {
  return batches.map(({ count, bytes }, batch) => ({ batch, count, start: batchHeaderBytes, end: bytes.length }));
}

function untilOf(lane: Lane | Replay): number {
  return 'until' in lane ? lane.until : Infinity;
}

/** Whether it stands still until somebody says what is to become of it. */
export function isTruncated(lane: Pick<Lane, 'stands'> | null): boolean {
  return lane?.stands?.code === 'SOURCE_TOPIC_TRUNCATED';
}

/** @param detail `next` is the offset up to which the partition was read, `end` where it ends now */
export function truncated(detail: {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  readonly end: number;
}): SheafError {
  return new SheafError('SOURCE_TOPIC_TRUNCATED', { detail });
}

function replaced(topic: string, reason: string): SheafError {
  return new SheafError('SOURCE_TOPIC_REPLACED', { detail: { topic, reason } });
}
