import { SheafError, type ErrorCode } from '../errors.ts';
import { limits } from '../limits.ts';

/** What a bucket takes in JSON, about, besides its key and what is in it. */
const bucketBytes = 32;
/** What a list of buckets takes without any. */
export const listBytes = 16;
/** What is said of a number where shards are missing: its bounds and its estimate. */
export const saidBytes = 96;

/** What an answer may take in bytes, and what is told where that is not enough. */
export interface AnswerLimit {
  readonly code: ErrorCode;
  readonly bytesMax: number;
}

const ofSearch: AnswerLimit = { code: 'AGGREGATION_TOO_LARGE', bytesMax: limits.answerBytesMax };

/**
 * Counts what the aggregations of one answer take: buckets, and bytes of their JSON. Bytes are counted by kind before results are made, about
 * as many as there will be, and to the byte where JSON is written.
 */
export class AnswerBudget {
  /** Pointer to the aggregation that is being finished; undefined before the first. */
  at: string | undefined = undefined;
  private readonly limit: AnswerLimit;
  private buckets = 0;
  private bytes = 0;

  constructor(limit = ofSearch) {
    this.limit = limit;
  }

  /**
   * Counts buckets, before they are made.
   * @param bytesInEach of what is in each besides buckets
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the answer would have more than `limits.bucketsMax` in all; the code of the limit
   */
  take(count: number, bytesInEach = 0): void {
    this.foresee(count, bytesInEach);
    this.buckets += count;
    this.bytes += count * (bucketBytes + bytesInEach);
  }

  /** Throws what `take` would, and counts nothing. */
  foresee(count: number, bytesInEach: number): void {
    const buckets = this.buckets + count;
    // So written that a count that is no number is refused too.
    if (!(buckets <= limits.bucketsMax)) {
      const detail = { limit: limits.bucketsMax, actual: buckets };
      throw new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { ...this.place, detail });
    }
    this.check(this.bytes + count * (bucketBytes + bytesInEach));
  }

  /** Counted so far. */
  get bytesTaken(): number {
    return this.bytes;
  }

  /** Counts bytes of JSON. @throws SheafError the code of the limit */
  takeBytes(count: number): void {
    this.bytes += count;
    this.check(this.bytes);
  }

  private check(actual: number): void {
    const { code, bytesMax: limit } = this.limit;
    if (actual <= limit) return;
    throw new SheafError(code, { ...this.place, detail: { limit, actual, of: 'bytes of the answer' } });
  }

  private get place(): { readonly at?: string } {
    return this.at === undefined ? {} : { at: this.at };
  }
}

/** What a key takes in JSON, about, in whatever form it is shown: a text, a number, values of several sources by name or in a list. */
export function bytesOfKey(shown: unknown): number {
  if (typeof shown === 'string') return shown.length + 2;
  if (typeof shown !== 'object' || shown === null) return 8;
  let bytes = 2;
  for (const [name, value] of Object.entries(shown)) bytes += name.length + 4 + bytesOfKey(value);
  return bytes;
}
