/**
 * Small requests that only add, on their way to the log: what comes within one turn of the event loop, or while appends
 * are under way, becomes one append. The log writes it as one batch a shard, in one transaction.
 *
 * A request with a key is recorded once. Without one it is recorded at least once where its sender repeats it.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { answerOf, type EntryRange, type KeyedRequest, type RequestAnswer } from '../../shared/log/keyed-requests.ts';
import type { AppendedOnce, Log } from '../../shared/log/log.ts';
import type { Increment } from '../../shared/rollup/read-increment.ts';
import { encodeRow } from '../../shared/rollup/row.ts';

/** What makes a request the same one when it is sent again. */
export interface RequestIdentity {
  readonly key: string;
  readonly digest: string;
}

export interface IncrementLaneOptions {
  readonly log: Pick<Log, 'appendOnce'>;
  /** Of the catalog as this root has it. */
  readonly catalogOffset: () => number;
  /** Why nothing may be written to these partitions of an index any more, or null. */
  readonly obstacle: (index: IndexDefinition, partitions: () => readonly string[]) => SheafError | null;
}

export interface LaneRequest {
  readonly index: IndexDefinition;
  /** At least one. */
  readonly increments: readonly Increment[];
  readonly identity: RequestIdentity | null;
  /** Told when the increments are durable, with the offsets that hold them; of a repeat, with the first answer. */
  readonly onRecorded: (answer: RequestAnswer) => void;
  /**
   * Told instead: OVERLOADED, IDEMPOTENCY_KEY_REUSED, INDEX_NOT_FOUND, PARTITION_STOPPED, LOG_UNAVAILABLE (they may still be recorded),
   * LOG_FULL.
   */
  readonly onRefused: (error: SheafError) => void;
}

/**
 * Appends under way. While one is, the next grows: so many small requests share a frame, a batch and a row of the log,
 * and a single one never waits. Two at a time were measured to halve their size and to gain nothing.
 */
const appendsMax = 1;
/** Increments of one append. A request is not divided. */
const appendIncrementsMax = 4000;
/** Requests that wait; what comes on top is refused. */
const waitingMax = 20_000;

export class IncrementLane {
  private readonly options: IncrementLaneOptions;
  private waiting: LaneRequest[] = [];
  /** What is to be told of appends that have ended. */
  private told: (() => void)[] = [];
  private appends = 0;
  private scheduled = false;

  constructor(options: IncrementLaneOptions) {
    this.options = options;
  }

  add(request: LaneRequest): void {
    if (this.waiting.length >= waitingMax) {
      const detail = { reason: 'increments wait for the log', limit: waitingMax };
      return request.onRefused(new SheafError('OVERLOADED', { detail }));
    }
    this.waiting.push(request);
    if (this.appends < appendsMax) this.schedule();
  }

  /** After all that has arrived in this turn of the event loop was read. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.turn();
    });
  }

  /** Appends before it tells of earlier appends, so that the log works while those are answered. */
  private turn(): void {
    while (this.waiting.length > 0 && this.appends < appendsMax) this.append(this.take());
    const told = this.told;
    this.told = [];
    for (const tell of told) tell();
  }

  private take(): LaneRequest[] {
    let count = 0;
    for (let increments = 0; count < this.waiting.length && increments < appendIncrementsMax; count++) {
      increments += this.waiting[count]!.increments.length;
    }
    return this.waiting.splice(0, count);
  }

  private append(taken: readonly LaneRequest[]): void {
    const free = taken.filter((request) => {
      const obstacle = this.options.obstacle(request.index, () => partitionsOf(request));
      if (obstacle !== null) this.told.push(() => request.onRefused(obstacle));
      return obstacle === null;
    });
    if (free.length === 0) return;
    this.appends++;
    const { batches, requests } = writeBatches(free, this.options.catalogOffset());
    this.options.log.appendOnce(batches, requests).then(
      (appended) => this.ended(() => tellRecorded(free, appended)),
      (error: unknown) => this.ended(() => tellRefused(free, asSheafError(error))),
    );
  }

  private ended(tell: () => void): void {
    this.appends--;
    this.told.push(tell);
    this.schedule();
  }
}

function tellRecorded(requests: readonly LaneRequest[], { appended, outcomes }: AppendedOnce): void {
  const answer = answerOf(appended);
  let next = 0;
  for (const { identity, onRecorded, onRefused } of requests) {
    const outcome = identity === null ? null : outcomes[next++]!;
    if (outcome?.kind === 'conflict') onRefused(new SheafError('IDEMPOTENCY_KEY_REUSED'));
    else onRecorded(outcome?.kind === 'repeated' ? outcome.answer : answer);
  }
}

function tellRefused(requests: readonly LaneRequest[], error: SheafError): void {
  for (const { onRefused } of requests) onRefused(error);
}

function partitionsOf({ index, increments }: LaneRequest): string[] {
  return increments.map(({ key }) => partitionOf(index, shardOfKey(key, index.shards)));
}

/** One batch for each shard, and where in them each request with a key is. */
function writeBatches(taken: readonly LaneRequest[], catalogOffset: number) {
  const writers = new Map<string, { readonly writer: BatchWriter; readonly index: number }>();
  const requests: KeyedRequest[] = [];
  for (const { index, increments, identity } of taken) {
    const ranges = new Map<number, { count: number; start: number; end: number }>();
    for (const { key, row } of increments) {
      const partition = partitionOf(index, shardOfKey(key, index.shards));
      let found = writers.get(partition);
      if (found === undefined) {
        writers.set(partition, (found = { writer: new BatchWriter(catalogOffset), index: writers.size }));
      }
      const { writer, index: batch } = found;
      const start = writer.sizeBytes;
      writer.add('increment', key, Buffer.from(encodeRow(row)));
      const range = ranges.get(batch);
      // Nothing comes between the entries of one request, so those in one batch lie side by side.
      if (range === undefined) ranges.set(batch, { count: 1, start, end: writer.sizeBytes });
      else {
        range.count++;
        range.end = writer.sizeBytes;
      }
    }
    if (identity !== null) {
      requests.push({ ...identity, ranges: Array.from(ranges, ([batch, range]): EntryRange => ({ batch, ...range })) });
    }
  }
  const batches = Array.from(writers, ([partition, { writer }]) => {
    return { partition, count: writer.count, bytes: writer.finish() };
  });
  return { batches, requests };
}
