/**
 * Small requests that only add, on their way to the log: what comes within one turn of the event loop, or while appends
 * are under way, becomes one append. The log writes it as one batch a shard, in one transaction.
 *
 * A request with a key is recorded once. Without one it is recorded at least once where its sender repeats it.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { answerOf, type EntryRange, type KeyedRequest, type RequestAnswer } from '../../shared/log/keyed-requests.ts';
import { partitionOf, type Log } from '../../shared/log/log.ts';
import type { Increment } from '../../shared/rollup/read-increment.ts';
import { encodeRow } from '../../shared/rollup/row.ts';

/** What makes a request the same one when it is sent again. */
export interface RequestIdentity {
  readonly key: string;
  readonly digest: string;
}

export interface IncrementLaneOptions {
  readonly log: Log;
  /** Of the catalog as this root has it. */
  readonly catalogOffset: () => number;
  /** Why nothing may be written to an index any more, or null. */
  readonly obstacle: (index: IndexDefinition) => SheafError | null;
}

export interface LaneRequest {
  readonly index: IndexDefinition;
  /** At least one. */
  readonly increments: readonly Increment[];
  readonly identity: RequestIdentity | null;
}

interface Waiting {
  readonly request: LaneRequest;
  readonly resolve: (answer: RequestAnswer) => void;
  readonly reject: (error: SheafError) => void;
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
  private waiting: Waiting[] = [];
  private appends = 0;
  private scheduled = false;

  constructor(options: IncrementLaneOptions) {
    this.options = options;
  }

  /**
   * Resolves when the increments are durable, with the offsets that hold them; of a repeat, with the first answer.
   * @throws SheafError OVERLOADED, IDEMPOTENCY_KEY_REUSED, INDEX_NOT_FOUND, LOG_UNAVAILABLE (they may still be recorded),
   *   LOG_FULL
   */
  add(request: LaneRequest): Promise<RequestAnswer> {
    if (this.waiting.length >= waitingMax) {
      const detail = { reason: 'increments wait for the log', limit: waitingMax };
      return Promise.reject(new SheafError('OVERLOADED', { detail }));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.appends >= appendsMax) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.append(this.take()).finally(() => {
        this.appends--;
        this.schedule();
      });
      this.appends++;
      this.schedule();
    });
  }

  private take(): Waiting[] {
    let count = 0;
    for (let increments = 0; count < this.waiting.length && increments < appendIncrementsMax; count++) {
      increments += this.waiting[count]!.request.increments.length;
    }
    return this.waiting.splice(0, count);
  }

  private async append(taken: readonly Waiting[]): Promise<void> {
    const free = taken.filter(({ request, reject }) => {
      const obstacle = this.options.obstacle(request.index);
      if (obstacle !== null) reject(obstacle);
      return obstacle === null;
    });
    if (free.length === 0) return;
    const { batches, requests } = writeBatches(free, this.options.catalogOffset());
    try {
      const { appended, outcomes } = await this.options.log.appendOnce(batches, requests);
      const answer = answerOf(appended);
      let next = 0;
      for (const { request, resolve, reject } of free) {
        const outcome = request.identity === null ? null : outcomes[next++]!;
        if (outcome?.kind === 'conflict') reject(new SheafError('IDEMPOTENCY_KEY_REUSED'));
        else resolve(outcome?.kind === 'repeated' ? outcome.answer : answer);
      }
    } catch (error) {
      for (const { reject } of free) reject(asSheafError(error));
    }
  }
}

/** One batch for each shard, and where in them each request with a key is. */
function writeBatches(taken: readonly Waiting[], catalogOffset: number) {
  const writers = new Map<string, { readonly writer: BatchWriter; readonly index: number }>();
  const requests: KeyedRequest[] = [];
  for (const { request } of taken) {
    const { index, increments, identity } = request;
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
