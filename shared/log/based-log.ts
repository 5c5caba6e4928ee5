/**
 * A log in which the offsets of a partition begin where the partition says: an offset is its base and a position in the log beneath, so
 * that a restored index goes on above all that was ever said of it, in a log that is new. Touches the world through the log beneath,
 * and timers.
 *
 * Below the base there is nothing, as if it had been trimmed: of an empty partition the head is the offset before the base, and whoever
 * subscribes from below is told LOG_TRIMMED. Batches hold no offsets of their own partition, so they pass as they are.
 */
import { baseOfPartition } from '../catalog/index-id.ts';
import { SheafError } from '../errors.ts';
import type { AppendBatch, Appended } from './append-batch.ts';
import type { KeyedRequest, RequestOutcome } from './keyed-requests.ts';
import { entryNotFound, logTrimmed } from './log.ts';
import type { AppendedOnce, Log, LogBatch, SkippedBatch, Subscription } from './log.ts';
import type { HeadsWord } from './wire.ts';

/** Of a partition: where its offsets begin. */
export type BaseOf = (partition: string) => number;

interface Timed {
  readonly timeoutMs?: number;
}

/** So long after the log could not say where a partition begins it is asked again. */
const askAgainMs = 1000;

export class BasedLog implements Log {
  private readonly log: Log;
  private readonly baseOf: BaseOf;
  /** Of subscriptions from below a base. */
  private readonly refusing = new Set<Refusal>();
  private isClosed = false;

  constructor(log: Log, baseOf: BaseOf = baseOfPartition) {
    this.log = log;
    this.baseOf = baseOf;
  }

  async identity(options?: Timed): Promise<string> {
    return await this.log.identity(options);
  }

  async append(batches: readonly AppendBatch[], options?: Timed): Promise<Appended[]> {
    return (await this.log.append(batches, options)).map((appended) => this.raised(appended));
  }

  async appendOnce(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    options?: Timed,
  ): Promise<AppendedOnce> {
    const { appended, outcomes } = await this.log.appendOnce(batches, requests, options);
    return {
      appended: appended.map((each) => this.raised(each)),
      outcomes: outcomes.map((outcome) => this.raisedOutcome(outcome)),
    };
  }

  async heads(partitions: readonly string[], options?: Timed): Promise<number[]> {
    const heads = await this.log.heads(partitions, options);
    return heads.map((head, i) => head + this.baseOf(partitions[i]!));
  }

  async earliest(partitions: readonly string[], options?: Timed): Promise<number[]> {
    const earliest = await this.log.earliest(partitions, options);
    return earliest.map((offset, i) => offset + this.baseOf(partitions[i]!));
  }

  async trim(partition: string, before: number, options?: Timed): Promise<number> {
    const base = this.baseOf(partition);
    const above = Math.max(0, before - base);
    return await asking(base, async () => base + (await this.log.trim(partition, above, options)));
  }

  async skip(partition: string, offset: number, options?: Timed): Promise<SkippedBatch> {
    const base = this.baseOf(partition);
    if (offset < base) throw entryNotFound(partition, offset);
    return await asking(base, async () => {
      const { firstOffset, lastOffset } = await this.log.skip(partition, offset - base, options);
      return { firstOffset: firstOffset + base, lastOffset: lastOffset + base };
    });
  }

  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onRefused: (error: SheafError) => void = () => undefined,
  ): Subscription {
    const base = this.baseOf(partition);
    if (base === 0) return this.log.subscribe(partition, from, onBatch, onRefused);
    if (from < base) return this.refuse(partition, from, onRefused);
    return this.log.subscribe(
      partition,
      from - base,
      (batch) => onBatch({ ...batch, firstOffset: batch.firstOffset + base }),
      (error) => onRefused(raisedError(error, base)),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const refusal of this.refusing) refusal.close();
    await this.log.close();
  }

  private refuse(partition: string, from: number, onRefused: (error: SheafError) => void): Subscription {
    const refusal = new Refusal(partition, {
      earliest: async () => (await this.earliest([partition]))[0]!,
      refuse: (earliest) => onRefused(logTrimmed(partition, from, earliest)),
      onClosed: () => this.refusing.delete(refusal),
    });
    if (this.isClosed) refusal.close();
    else this.refusing.add(refusal);
    return refusal;
  }

  private raised({ partition, firstOffset, lastOffset }: Appended): Appended {
    const base = this.baseOf(partition);
    return { partition, firstOffset: firstOffset + base, lastOffset: lastOffset + base };
  }

  private raisedOutcome(outcome: RequestOutcome): RequestOutcome {
    if (outcome.kind !== 'repeated') return outcome;
    const answer = outcome.answer.map(
      ([partition, lastOffset, count]) => [partition, lastOffset + this.baseOf(partition), count] as const,
    );
    return { kind: 'repeated', answer };
  }
}

async function asking<T>(base: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof SheafError ? raisedError(error, base) : error;
  }
}

/** The heads that a log tells of itself, as `BasedLog` counts them. */
export function raisedHeads({ partitions, heads, rest }: HeadsWord, baseOf: BaseOf = baseOfPartition): HeadsWord {
  return { partitions, heads: heads.map((head, i) => head + baseOf(partitions[i]!)), rest };
}

/** What an error says of offsets is said to who counts from the base. */
function raisedError(error: SheafError, base: number): SheafError {
  if (base === 0) return error;
  const detail = Object.entries(error.detail).map(([name, value]) =>
    offsetNames.has(name) && typeof value === 'number' ? [name, value + base] : [name, value],
  );
  return new SheafError(error.code, { detail: Object.fromEntries(detail), cause: error });
}

/** What details call offsets of their partition. */
const offsetNames: ReadonlySet<string> = new Set(['from', 'earliest', 'read', 'head', 'offset']);

/** A subscription of which all that is still to be said is that it begins too low, and how high it may. */
class Refusal implements Subscription {
  readonly partition: string;
  private readonly world: {
    readonly earliest: () => Promise<number>;
    readonly refuse: (earliest: number) => void;
    readonly onClosed: () => void;
  };
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(partition: string, world: Refusal['world']) {
    this.partition = partition;
    this.world = world;
    void this.ask();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.world.onClosed();
  }

  private async ask(): Promise<void> {
    try {
      const earliest = await this.world.earliest();
      if (this.isClosed) return;
      this.close();
      this.world.refuse(earliest);
    } catch {
      if (!this.isClosed) this.timer = setTimeout(() => void this.ask(), askAgainMs);
    }
  }
}
