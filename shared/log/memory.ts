/** The log in memory, for tests: the contract of Log, and gaps wherever the contract allows them. */
import { SheafError } from '../errors.ts';
import { emptyBatch } from './batch.ts';
import { checkBatch } from './check-append.ts';
import { answerOf, decide, outcomesOf, recordedBatches } from './keyed-requests.ts';
import type { KeyedRequest, KnownRequest } from './keyed-requests.ts';
import { entryNotFound, logReplaced } from './log.ts';
import type { AppendedOnce, Log, LogBatch, SkippedBatch, Subscription } from './log.ts';
import type { AppendBatch, Appended } from './append-batch.ts';

/** Offsets left out before a batch, at most. */
const gapMax = 3;

interface Partition {
  readonly batches: LogBatch[];
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
    this.refuseWhenClosed();
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
    return partitions.map((partition) => headOf(this.partition(partition)));
  }

  async skip(partition: string, offset: number): Promise<SkippedBatch> {
    this.refuseWhenClosed();
    await nextTurn();
    const { batches } = this.partition(partition);
    const at = batches.findIndex(({ firstOffset, count }) => firstOffset <= offset && offset < firstOffset + count);
    const found = batches[at];
    if (found === undefined) throw entryNotFound(partition, offset);
    batches[at] = { ...found, bytes: emptyBatch(), skipped: true };
    return { firstOffset: found.firstOffset, lastOffset: found.firstOffset + found.count - 1 };
  }

  /** Records what no log takes, as one that was damaged, or written by a newer version, has it. */
  recordUnchecked(batch: AppendBatch): Appended {
    return this.record(batch);
  }

  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onReplaced?: (error: SheafError) => void,
  ): Subscription {
    const { batches, subscribers } = this.partition(partition);
    const subscription = new MemorySubscription(batches, from, onBatch);
    const head = headOf({ batches });
    if (this.closed) subscription.ended = true;
    else if (head < from - 1) void this.refuse(subscription, logReplaced(partition, from - 1, head), onReplaced);
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
    onReplaced: ((error: SheafError) => void) | undefined,
  ): Promise<void> {
    await nextTurn();
    if (!subscription.ended) onReplaced?.(error);
    subscription.ended = true;
  }

  private record({ partition, count, bytes }: AppendBatch): Appended {
    const { batches, subscribers } = this.partition(partition);
    const firstOffset = headOf({ batches }) + 1 + Math.floor(this.random() * (gapMax + 1));
    batches.push({ partition, firstOffset, count, bytes });
    for (const subscription of subscribers) subscription.wake();
    return { partition, firstOffset, lastOffset: firstOffset + count - 1 };
  }

  private partition(name: string): Partition {
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const made = { batches: [], subscribers: new Set<MemorySubscription>() };
    this.partitions.set(name, made);
    return made;
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new SheafError('LOG_UNAVAILABLE', { detail: { reason: 'the log was closed' } });
  }
}

class MemorySubscription {
  ended = false;
  private readonly batches: readonly LogBatch[];
  private readonly from: number;
  private readonly onBatch: (batch: LogBatch) => void | Promise<void>;
  /** Index of the next batch to deliver. */
  private next = 0;
  private delivering = false;

  constructor(batches: readonly LogBatch[], from: number, onBatch: (batch: LogBatch) => void | Promise<void>) {
    this.batches = batches;
    this.from = from;
    this.onBatch = onBatch;
  }

  wake(): void {
    if (!this.delivering) void this.deliver();
  }

  private async deliver(): Promise<void> {
    this.delivering = true;
    await nextTurn();
    while (!this.ended && this.next < this.batches.length) {
      const batch = this.batches[this.next++]!;
      if (batch.firstOffset + batch.count > this.from) await this.onBatch(batch);
    }
    this.delivering = false;
  }
}

function headOf({ batches }: { readonly batches: readonly LogBatch[] }): number {
  const last = batches.at(-1);
  return last === undefined ? -1 : last.firstOffset + last.count - 1;
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
