/** The log in memory, for tests: the contract of Log, and gaps wherever the contract allows them. */
import { SheafError } from '../errors.ts';
import { emptyBatch } from './batch.ts';
import { checkBatch } from './check-append.ts';
import { answerOf, decide, outcomesOf, recordedBatches } from './keyed-requests.ts';
import type { KeyedRequest, KnownRequest } from './keyed-requests.ts';
import { entryNotFound, logReplaced, logTrimmed } from './log.ts';
import type { AppendedOnce, Log, LogBatch, SkippedBatch, Subscription } from './log.ts';
import type { AppendBatch, Appended } from './append-batch.ts';

/** Offsets left out before a batch, at most. */
const gapMax = 3;

interface Partition {
  /** Those that were not trimmed. */
  readonly batches: LogBatch[];
  /** Of the last batch appended, trimmed or not. */
  head: number;
  /** See Log.earliest. */
  earliest: number;
  readonly subscribers: Set<MemorySubscription>;
}

export class MemoryLog implements Log {
  private readonly random: () => number;
  private readonly partitions = new Map<string, Partition>();
  /** Never forgotten: tests end. */
  private readonly requests = new Map<string, KnownRequest>();
  private readonly name: string;
  private closed = false;

  /**
   * @param random uniform in [0, 1): decides the gaps, so that nothing comes to rely on dense offsets
   * @param name its identity
   */
  constructor(random: () => number, name = 'memory') {
    this.random = random;
    this.name = name;
  }

  async identity(): Promise<string> {
    await nextTurn();
    return this.name;
  }

  async append(batches: readonly AppendBatch[]): Promise<Appended[]> {
    this.refuseWhenClosed();
    for (const batch of batches) checkBatch(batch);
    // Recorded in the order of the calls; answered later, as over a socket.
    const appended = batches.map((batch) => this.record(batch));
    await nextTurn();
    return appended;
  }

  async appendOnce(batches: readonly AppendBatch[], requests: readonly KeyedRequest[]): Promise<AppendedOnce> {
    this.refuseWhenClosed();
    const decisions = decide(requests, (key) => this.requests.get(key));
    const recorded = recordedBatches(batches, requests, decisions);
    for (const batch of recorded) checkBatch(batch);
    const appended = recorded.map((batch) => this.record(batch));
    const answer = answerOf(appended);
    requests.forEach(({ key, digest }, i) => {
      if (decisions[i]!.kind === 'record') this.requests.set(key, { digest, answer });
    });
    await nextTurn();
    return { appended, outcomes: outcomesOf(decisions, answer) };
  }

  async heads(partitions: readonly string[]): Promise<number[]> {
    this.refuseWhenClosed();
    await nextTurn();
    return partitions.map((partition) => this.partition(partition).head);
  }

  async earliest(partitions: readonly string[]): Promise<number[]> {
    this.refuseWhenClosed();
    await nextTurn();
    return partitions.map((partition) => this.partition(partition).earliest);
  }

  async trim(name: string, before: number): Promise<number> {
    this.refuseWhenClosed();
    await nextTurn();
    const partition = this.partition(name);
    const { batches, head } = partition;
    if (before > head + 1) throw logReplaced(name, before - 1, head);
    for (let first = batches[0]; first !== undefined && endOf(first) <= before; first = batches[0]) {
      partition.earliest = endOf(first);
      batches.shift();
    }
    return partition.earliest;
  }

  async skip(partition: string, offset: number): Promise<SkippedBatch> {
    this.refuseWhenClosed();
    await nextTurn();
    const { batches } = this.partition(partition);
    const at = batches.findIndex((batch) => batch.firstOffset <= offset && offset < endOf(batch));
    const found = batches[at];
    if (found === undefined) throw entryNotFound(partition, offset);
    batches[at] = { ...found, bytes: emptyBatch(), skipped: true };
    return { firstOffset: found.firstOffset, lastOffset: endOf(found) - 1 };
  }

  /** Records what no log takes, as one that was damaged, or written by a newer version, has it. */
  recordUnchecked(batch: AppendBatch): Appended {
    return this.record(batch);
  }

  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onRefused: (error: SheafError) => void = () => undefined,
  ): Subscription {
    const read = this.partition(partition);
    const { head, subscribers } = read;
    const subscription = new MemorySubscription(read, from, {
      onBatch,
      onTrimmed: () => {
        subscribers.delete(subscription);
        onRefused(logTrimmed(partition, subscription.position, read.earliest));
      },
    });
    if (this.closed) subscription.ended = true;
    else if (head < from - 1) void this.refuse(subscription, logReplaced(partition, from - 1, head), onRefused);
    else subscribers.add(subscription);
    subscription.wake();
    const close = (): void => {
      subscription.ended = true;
      subscribers.delete(subscription);
    };
    return { partition, close };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { subscribers } of this.partitions.values()) {
      for (const subscription of subscribers) subscription.ended = true;
      subscribers.clear();
    }
  }

  private async refuse(
    subscription: MemorySubscription,
    error: SheafError,
    onRefused: (error: SheafError) => void,
  ): Promise<void> {
    await nextTurn();
    if (!subscription.ended) onRefused(error);
    subscription.ended = true;
  }

  private record({ partition: name, count, bytes }: AppendBatch): Appended {
    const partition = this.partition(name);
    const firstOffset = partition.head + 1 + Math.floor(this.random() * (gapMax + 1));
    const lastOffset = firstOffset + count - 1;
    partition.batches.push({ partition: name, firstOffset, count, bytes });
    partition.head = lastOffset;
    for (const subscription of partition.subscribers) subscription.wake();
    return { partition: name, firstOffset, lastOffset };
  }

  private partition(name: string): Partition {
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const made = { batches: [], head: -1, earliest: 0, subscribers: new Set<MemorySubscription>() };
    this.partitions.set(name, made);
    return made;
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new SheafError('LOG_UNAVAILABLE', { detail: { reason: 'the log was closed' } });
  }
}

class MemorySubscription {
  ended = false;
  /** The next offset to deliver. */
  position: number;
  private readonly read: Pick<Partition, 'batches' | 'earliest'>;
  private readonly onBatch: (batch: LogBatch) => void | Promise<void>;
  private readonly onTrimmed: () => void;
  private delivering = false;

  constructor(
    read: Pick<Partition, 'batches' | 'earliest'>,
    from: number,
    {
      onBatch,
      onTrimmed,
    }: {
      readonly onBatch: (batch: LogBatch) => void | Promise<void>;
      /** What comes next was trimmed: this is not to be woken any more. */
      readonly onTrimmed: () => void;
    },
  ) {
    this.read = read;
    this.position = from;
    this.onBatch = onBatch;
    this.onTrimmed = onTrimmed;
  }

  wake(): void {
    if (!this.delivering) void this.deliver();
  }

  private async deliver(): Promise<void> {
    this.delivering = true;
    await nextTurn();
    while (!this.ended && this.position >= this.read.earliest) {
      const batch = this.next();
      if (batch === undefined) break;
      this.position = endOf(batch);
      await this.onBatch(batch);
    }
    this.delivering = false;
    if (!this.ended && this.position < this.read.earliest) this.onTrimmed();
  }

  /** By bisection: the first batch with an offset at the position or after it. */
  private next(): LogBatch | undefined {
    const { batches } = this.read;
    let low = 0;
    for (let high = batches.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (endOf(batches[middle]!) > this.position) high = middle;
      else low = middle + 1;
    }
    return batches[low];
  }
}

/** The offset after the last of a batch. */
function endOf({ firstOffset, count }: LogBatch): number {
  return firstOffset + count;
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
