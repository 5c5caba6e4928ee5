/** Appends, heads and subscriptions over a storage, for any number of clients. Knows no sockets. */
import { SheafError } from '../../errors.ts';
import type { ReadBatch, ReadRequest } from '../sqlite/read.ts';
import type { AppendOutcome, AppendRecord } from '../sqlite/store.ts';
import type { SkipOutcome } from '../sqlite/skips.ts';
import type { TrimOutcome } from '../sqlite/trims.ts';
import type { Storage } from '../sqlite/threads.ts';
import type { LogFacts } from '../sqlite/log-facts.ts';
import { UntoldHeads } from './untold-heads.ts';
import { step, subscriptionAt, type SubscriptionEvent, type SubscriptionState } from './subscription.ts';

export interface Subscriber {
  readonly onBatch: (batch: ReadBatch) => void;
  /** The stored data cannot be read, or was trimmed; nothing more is delivered. */
  readonly onFailure: (error: SheafError) => void;
}

export interface Delivery {
  /** Gives leave to deliver so many more batches. */
  credit(batches: number): void;
  cancel(): void;
}

/** Read from the store in one go for one subscriber. */
const readBytesMax = 1024 * 1024;

export class LogService {
  /** See Log.identity. */
  readonly identity: string;
  private readonly storage: Storage;
  private readonly headByPartition: Map<string, number>;
  private readonly earliestByPartition: Map<string, number>;
  private readonly live = new Map<string, Set<LiveSubscription>>();
  private readonly followers = new Set<UntoldHeads>();

  constructor(storage: Storage, { identity, heads, earliest }: LogFacts) {
    this.storage = storage;
    this.identity = identity;
    this.headByPartition = new Map(heads);
    this.earliestByPartition = new Map(earliest);
  }

  get subscriptionCount(): number {
    let count = 0;
    for (const live of this.live.values()) count += live.size;
    return count;
  }

  get partitionCount(): number {
    return this.headByPartition.size;
  }

  /** Highest offset that is durable and was told to subscribers, −1 when none. */
  head(partition: string): number {
    return this.headByPartition.get(partition) ?? -1;
  }

  /** See Log.earliest. */
  earliest(partition: string): number {
    return this.earliestByPartition.get(partition) ?? 0;
  }

  /** Records; subscribers at the head get the batches from memory, then `onOutcome` is called. */
  append(record: AppendRecord, onOutcome: (outcome: AppendOutcome) => void): void {
    this.storage.append(record, (outcome) => {
      if (outcome.ok && !outcome.repeated) this.publish(record, outcome);
      onOutcome(outcome);
    });
  }

  /** Delivers from the offset `from` on, as far as there is credit. */
  subscribe(partition: string, from: number, subscriber: Subscriber): Delivery {
    const subscription = new LiveSubscription(this.storage, partition, from, this.head(partition), subscriber);
    const others = this.live.get(partition);
    if (others === undefined) this.live.set(partition, new Set([subscription]));
    else others.add(subscription);
    return {
      credit: (batches) => subscription.handle({ kind: 'credit', batches }),
      cancel: () => this.cancel(partition, subscription),
    };
  }

  /** What there is to tell of the heads from now on, to begin with all of them; to be ended by `unfollow`. */
  follow(): UntoldHeads {
    const untold = new UntoldHeads(this.headByPartition);
    this.followers.add(untold);
    return untold;
  }

  unfollow(untold: UntoldHeads): void {
    this.followers.delete(untold);
  }

  /** See Log.skip. Who has been sent the batch already asks for it again. */
  skip(partition: string, offset: number, onOutcome: (outcome: SkipOutcome) => void): void {
    this.storage.skip(partition, offset, onOutcome);
  }

  /** See Log.trim. Who has yet to read what was trimmed is told when it asks for more. */
  trim(partition: string, before: number, onOutcome: (outcome: TrimOutcome) => void): void {
    this.storage.trim(partition, before, (outcome) => {
      if (outcome.ok) this.earliestByPartition.set(partition, outcome.earliest);
      onOutcome(outcome);
    });
  }

  private cancel(partition: string, subscription: LiveSubscription): void {
    subscription.ended = true;
    const live = this.live.get(partition);
    live?.delete(subscription);
    if (live?.size === 0) this.live.delete(partition);
  }

  private publish(record: AppendRecord, { appended, cut }: Extract<AppendOutcome, { ok: true }>): void {
    const { batches, body } = cut ?? record;
    let at = 0;
    for (const [index, { partition, firstOffset, lastOffset }] of appended.entries()) {
      const end = at + batches[index]!.bytes;
      this.headByPartition.set(partition, lastOffset);
      for (const untold of this.followers) untold.changed(partition);
      const batch = { firstOffset, lastOffset, bytes: body.subarray(at, end) };
      for (const subscription of this.live.get(partition) ?? []) subscription.handle({ kind: 'committed', batch });
      at = end;
    }
  }
}

/** Drives the state machine of one subscription. */
class LiveSubscription {
  ended = false;
  private readonly storage: Storage;
  private readonly partition: string;
  private readonly subscriber: Subscriber;
  private state: SubscriptionState;

  constructor(storage: Storage, partition: string, from: number, head: number, subscriber: Subscriber) {
    this.storage = storage;
    this.partition = partition;
    this.subscriber = subscriber;
    this.state = subscriptionAt(from, head);
  }

  handle(event: SubscriptionEvent<ReadBatch>): void {
    if (this.ended) return;
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'send') this.subscriber.onBatch(effect.batch);
      else this.read({ ...effect, partition: this.partition, bytesMax: readBytesMax });
    }
  }

  private read(request: ReadRequest): void {
    this.storage.read(request, (outcome) => {
      if (this.ended) return;
      if (!outcome.ok) return this.fail(outcome.error);
      // There is a head at or after `from`, so there is a batch: one that was trimmed is an error of the read.
      if (outcome.batches.length === 0) return this.fail(missing(request));
      this.handle({ kind: 'read', batches: outcome.batches });
    });
  }

  private fail(error: SheafError): void {
    this.ended = true;
    this.subscriber.onFailure(error);
  }
}

function missing({ partition, from }: ReadRequest): SheafError {
  return new SheafError('LOG_CORRUPT', { detail: { partition, from, reason: 'entries are missing' } });
}
