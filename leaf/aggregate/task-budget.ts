import { SheafError } from '../../shared/errors.ts';
import { escapeToken } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';

/** Bytes that are held, and bytes that are sent, for what a bucket takes; its key and what is in it are sent besides. */
const bytesPerBucket = 64;
const bytesSentPerBucket = 128;

/** Memory in buckets, which is how it is counted. */
export function bucketsOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerBucket);
}

/** What a partial takes of an answer, in buckets: small ones nothing, as any metric of a bucket. */
export function bucketsOfSent(bytes: number): number {
  return Math.floor(bytes / bytesSentPerBucket);
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
  /** In bytes. */
  private sent = 0;
  /** Pointer to the aggregation that is sent; undefined before the first. */
  private sending: string | undefined = undefined;
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
    this.sending = undefined;
    this.held -= this.heldToSend;
    this.heldToSend = 0;
  }

  /** Notes which aggregation at the top is sent, for what may be thrown of it. @param name the caller's */
  beginAggregation(name: string): void {
    this.sending = `/aggs/${escapeToken(name)}`;
  }

  /** Counts buckets that are sent, but for their keys and what is in them. @throws SheafError as `send` */
  sendBuckets(count: number): void {
    this.send(count * bytesSentPerBucket);
  }

  /**
   * Counts bytes that are sent.
   * @throws SheafError AGGREGATION_TOO_LARGE when the task would send more than `limits.partialBytesMax`
   */
  send(bytes: number): void {
    this.sent += bytes;
    const limit = limits.partialBytesMax;
    // So written that what is no number is refused too.
    if (this.sent <= limit) return;
    const detail = { limit, actual: this.sent, of: 'bytes of what one leaf sends' };
    throw new SheafError('AGGREGATION_TOO_LARGE', {
      ...(this.sending === undefined ? {} : { at: this.sending }),
      detail,
    });
  }

  /** Buckets of which each takes so many bytes besides that there still is room for, if keys take no more than a quarter of it. */
  roomFor(bytesInEach: number): number {
    return Math.floor((0.75 * (limits.partialBytesMax - this.sent)) / (bytesSentPerBucket + bytesInEach));
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
