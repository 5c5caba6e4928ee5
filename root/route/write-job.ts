/**
 * One write request on its way through the parse worker into the log.
 *
 * Memory is bounded: the body is read on only while few chunks wait in the worker and few appends for the log.
 */
import { asSheafError, SheafError, type ErrorBody, type ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { batchHeaderBytes } from '../../shared/log/batch.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Appended } from '../../shared/log/append-batch.ts';
import { indexIdOf } from '../../shared/index-kinds/partitions.ts';
import type { RequestAnswer } from '../../shared/log/keyed-requests.ts';
import type { Fields } from '../../shared/schema/collisions.ts';
import type { Recorded } from '../catalog/took-place.ts';
import type { IndexNow, Rejection, Resumption } from './bulk-router.ts';
import type { RequestIdentity } from './increment-lane.ts';
import type { FromWorker } from './route-messages.ts';

/** A line of the body whose entry is judged, where it stands in the log. */
export interface JudgedEntry {
  /** See DocumentPiece. */
  readonly line: number;
  readonly key: string;
  /** May be one of another index, that was written to under the name before. */
  readonly partition: string;
  /** Null where the entry was recorded before in another index, among others. */
  readonly offset: number | null;
}

export interface WriteResult {
  /** Puts and deletes that are durable. */
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedByCode: ReadonlyMap<ErrorCode, number>;
  /** The first `limits.rejectedListedMax` of those rejected. */
  readonly rejections: readonly Rejection[];
  readonly appended: readonly Appended[];
  /** What became of these, replicas say. */
  readonly judged: readonly JudgedEntry[];
  /** Puts and deletes that were sent to the log without an answer: each may or may not be durable. */
  readonly uncertain: number;
  /** Why the request ended before its body did; what was accepted until then stays. */
  readonly fault: SheafError | null;
}

/** What a request writes to. */
export interface WriteTarget {
  readonly log: Log;
  /** Adds fields to the schema of the index, or none where others had changed it, and says what it is then. */
  readonly addFields: (fields: Fields) => Promise<IndexNow & { readonly isGrown: boolean }>;
  /** Asked before each append to these partitions: why nothing more may be written, or null. */
  readonly obstacle: (partitions: () => readonly string[]) => SheafError | null;
  /** Appends batches, in the place of the log's own append: whoever has more to say in the same append, of what was rejected too. */
  readonly append?: (batches: FromWorker['batches'], rejections: readonly Rejection[]) => Promise<Appended[]>;
  /** Told of each line that is rejected, before the append that has the others. */
  readonly onRejected?: (rejection: Rejection) => void;
  /** Of a request that is recorded once. */
  readonly once?: RecordedOnce;
}

export interface RecordedOnce {
  /** Asked when its one append is made. */
  readonly identity: () => RequestIdentity;
  /** Of one that was recorded before, there. @throws SheafError where nobody can say whether it counts */
  readonly whatBecameOf: (answer: RequestAnswer) => Recorded;
}

const chunksWaitingMax = 8;
const appendsWaitingMax = 4;
/** So often in a row others may change the schema first: then what it lacks is left out. */
const overtakenMax = 20;

/** Faults of an append that say that nothing of it was recorded; any other leaves that open. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'LOG_FULL',
  'BODY_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'BATCH_INVALID',
  'BATCH_VERSION_UNKNOWN',
  'LOG_CORRUPT',
]);

export class WriteJob {
  private readonly target: WriteTarget;
  private readonly resume: (now: Resumption) => void;
  private readonly rejections: Rejection[] = [];
  private readonly appended: Appended[] = [];
  private readonly judged: JudgedEntry[] = [];
  private readonly appends = new Set<Promise<void>>();
  private readonly rejectedByCode = new Map<ErrorCode, number>();
  private readonly over = Promise.withResolvers<void>();
  private accepted = 0;
  private rejected = 0;
  private uncertain = 0;
  private chunksWaiting = 0;
  /** How often in a row others were faster to change the schema. */
  private overtaken = 0;
  private fault: SheafError | null = null;
  private wake: (() => void) | null = null;

  /** @param resume has the worker go on, after it said what is missing */
  constructor(target: WriteTarget, resume: (now: Resumption) => void) {
    this.target = target;
    this.resume = resume;
  }

  get hasFault(): boolean {
    return this.fault !== null;
  }

  noteChunkSent(): void {
    this.chunksWaiting++;
  }

  /** The first fault of a request is the one that is told. */
  noteFault(fault: SheafError): void {
    this.fault ??= fault;
    this.over.resolve();
    this.wakeUp();
  }

  receive(message: FromWorker): void {
    this.chunksWaiting -= message.chunks;
    for (const rejection of message.rejections) this.noteRejection(rejection);
    if (message.batches.length > 0 && this.fault === null) this.startAppend(message.batches);
    if (message.missing !== null) void this.addFields(message.missing);
    if (message.over !== null) {
      if (message.over.fault !== null) this.noteFault(asError(message.over.fault));
      this.over.resolve();
    }
    this.wakeUp();
  }

  /** Resolves when more of the body may be sent to the worker. */
  async room(): Promise<void> {
    while (this.fault === null && (this.chunksWaiting >= chunksWaitingMax || this.appends.size >= appendsWaitingMax)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Resolves when the worker is done with the job or a fault ended it, and every append has ended. */
  async finish(): Promise<WriteResult> {
    await this.over.promise;
    await Promise.all(this.appends);
    const { accepted, rejected, rejectedByCode, rejections, appended, judged, uncertain, fault } = this;
    return { accepted, rejected, rejectedByCode, rejections, appended, judged, uncertain, fault };
  }

  private async addFields(fields: Fields): Promise<void> {
    try {
      const { isGrown, ...now } = await this.target.addFields(fields);
      this.overtaken = isGrown ? 0 : this.overtaken + 1;
      this.resume({ ...now, isLast: isGrown || this.overtaken === overtakenMax });
    } catch (error) {
      this.noteFault(asSheafError(error));
    }
  }

  private noteRejection(rejection: Rejection): void {
    this.rejected++;
    this.target.onRejected?.(rejection);
    this.rejectedByCode.set(rejection.code, (this.rejectedByCode.get(rejection.code) ?? 0) + 1);
    if (this.rejections.length < limits.rejectedListedMax) this.rejections.push(rejection);
  }

  private startAppend(batches: FromWorker['batches']): void {
    const append = this.append(batches).finally(() => {
      this.appends.delete(append);
      this.wakeUp();
    });
    this.appends.add(append);
  }

  private async append(batches: FromWorker['batches']): Promise<void> {
    const obstacle = this.target.obstacle(() => batches.map(({ partition }) => partition));
    if (obstacle !== null) return this.noteFault(obstacle);
    const entries = batches.reduce((sum, { count }) => sum + count, 0);
    try {
      const appended = await this.record(batches);
      this.appended.push(...appended);
      this.accepted += entries;
      this.noteJudged(batches, appended);
    } catch (raw) {
      const error = asSheafError(raw);
      if (!refusals.has(error.code)) this.uncertain += entries;
      this.noteFault(error);
    }
  }

  /** @param appended in the order of the batches, one for each, but for those in another index */
  private noteJudged(batches: FromWorker['batches'], appended: readonly Appended[]): void {
    for (const [i, { judged, partition, count }] of batches.entries()) {
      const found = appended[i];
      // In another index documents may be in other shards: of a single one it is known in which.
      const isSingle =
        batches.length === 1 && appended.length === 1 && count === 1 && found!.firstOffset === found!.lastOffset;
      for (const { line, key, entry } of judged) {
        if (found !== undefined && (isSingle || found.partition === partition)) {
          this.judged.push({ line, key, partition: found.partition, offset: found.firstOffset + entry });
        } else {
          this.judged.push({ line, key, partition, offset: null });
        }
      }
    }
  }

  private async record(batches: FromWorker['batches']): Promise<Appended[]> {
    const { log, once, append = (all) => log.append(all) } = this.target;
    if (once === undefined) return await append(batches, this.rejections);
    const ranges = batches.map(({ count, bytes }, batch) => {
      return { batch, count, start: batchHeaderBytes, end: bytes.length };
    });
    const { key, digest } = once.identity();
    for (let known = key; ;) {
      const { appended, outcomes } = await log.appendOnce(batches, [{ key: known, digest, ranges }]);
      const [outcome] = outcomes;
      if (outcome?.kind === 'conflict') throw new SheafError('IDEMPOTENCY_KEY_REUSED');
      if (outcome?.kind !== 'repeated') return appended;
      const became = once.whatBecameOf(outcome.answer);
      if (became.kind === 'counts') return placesOf(batches, outcome.answer);
      // Whoever sends it again comes to the same key, by the same way.
      known = `>${became.id}/${known}`;
    }
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = null;
  }
}

/**
 * Where the entries of a repeated request are: also in another index, that an alias was written to before.
 * @throws SheafError REPEAT_DIFFERS where others were recorded: a line that the schema of then refused is taken now, or the
 *   other way round
 */
function placesOf(batches: FromWorker['batches'], answer: RequestAnswer): Appended[] {
  const indexes = new Set(batches.map(({ partition }) => indexIdOf(partition)));
  if (answer.length > 0 && answer.every(([partition]) => !indexes.has(indexIdOf(partition)))) {
    return answer.map(([partition, lastOffset, count]) => ({
      partition,
      firstOffset: lastOffset - count + 1,
      lastOffset,
    }));
  }
  const recorded = new Map(answer.map(([partition, ...place]) => [partition, place]));
  return batches.map(({ partition, count }) => {
    const [lastOffset, actual] = recorded.get(partition) ?? [-1, 0];
    if (actual !== count || recorded.size !== batches.length) {
      throw new SheafError('REPEAT_DIFFERS', { detail: { partition, recorded: actual, repeated: count } });
    }
    return { partition, firstOffset: lastOffset - count + 1, lastOffset };
  });
}

function asError(body: ErrorBody): SheafError {
  return new SheafError(body.code, body.detail === undefined ? {} : { detail: body.detail });
}
