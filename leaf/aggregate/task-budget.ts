import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Bytes that are held, and characters that are sent, for what a bucket takes. */
const bytesPerBucket = 64;
const charactersPerBucket = 128;

/** Memory in buckets, which is how it is counted. */
export function bucketsOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerBucket);
}

/** What a partial takes of an answer, in buckets: small ones nothing, as any metric of a bucket. */
export function bucketsOfCharacters(characters: number): number {
  return Math.floor(characters / charactersPerBucket);
}

/** What all collectors of one task share: how much they hold, send and have worked. */
export class TaskBudget {
  /** Values looked at so far. */
  work = 0;
  /** What the work may come to before the batch that is looked at is over. */
  private workMax = Infinity;
  private buckets = 0;
  /** What is sent of buckets besides, in buckets. */
  private sets = 0;
  /** What is sent that is not held, in buckets. */
  private unheld = 0;
  private held = 0;
  /** What is held for the sake of an answer only. */
  private heldToSend = 0;
  private sent = 0;
  private tables = 0;

  /** What follows up to `endBatch` is of so many documents, and cannot be interrupted. */
  beginBatch(documents: number): void {
    this.workMax = this.work + documents * limits.documentWorkMax;
  }

  endBatch(): void {
    this.workMax = Infinity;
  }

  /** Counts values that are looked at. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when a document has too many of them */
  spend(count: number): void {
    this.work += count;
    if (this.work > this.workMax) throw tooMuchWork();
  }

  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the task would hold more than `limits.bucketsCollectedMax` */
  hold(count: number): void {
    this.held += count;
    check(this.held, limits.bucketsCollectedMax);
  }

  /** Counts a new bucket. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  holdBucket(): void {
    this.buckets++;
    this.hold(1);
  }

  /** Counts what a set of a bucket has grown by, in buckets. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  holdSet(count: number): void {
    this.sets += count;
    this.hold(count);
  }

  /** Counts what an answer is expected to take that nothing is held for, as documents do. */
  expectToSend(count: number): void {
    this.unheld += count;
  }

  /** Counts what an answer takes besides, as long terms do. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  holdToSend(count: number): void {
    this.heldToSend += count;
    this.hold(count);
  }

  /**
   * Buckets that all aggregations together should send: where all that there are fit into an answer, none is cut for the
   * sake of the others, however unevenly they lie. To be asked once all is collected.
   */
  get share(): number {
    return this.buckets + this.sets + this.unheld <= limits.bucketsMax ? Infinity : limits.bucketsMax;
  }

  /** Room for a new table to begin with, unlike that of others, so that tables filled alike do not all grow at once. */
  firstCapacity(): number {
    return 16 + (this.tables++ % 16);
  }

  /** An answer is made anew; what an earlier one took is not sent. */
  beginSending(): void {
    this.sent = 0;
    this.held -= this.heldToSend;
    this.heldToSend = 0;
  }

  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the task would send more than `limits.bucketsSentMax` */
  send(count: number): void {
    this.sent += count;
    check(this.sent, limits.bucketsSentMax);
  }
}

function tooMuchWork(): SheafError {
  const limit = limits.documentWorkMax;
  const detail = {
    limit,
    actual: `more than ${limit}`,
    of: 'values and buckets of one document, over all aggregations',
  };
  return new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { detail });
}

/** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
export function check(actual: number, limit: number): void {
  if (!(actual <= limit)) throw new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { detail: { limit, actual } });
}
