/** One replica on the answering thread: carries out what its life (life.ts) says. The world comes in as arguments. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log, LogBatch, Subscription } from '../../shared/log/log.ts';
import { askAgainMs } from '../../shared/log/follow.ts';
import { stopAt } from '../../shared/log/stop.ts';
import { sameColumns, type ColumnsReport } from '../../shared/protocol/columns-report.ts';
import type { ReplicaReport, StopReport } from '../../shared/protocol/reports.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { IndexOfReplica, Publication, ReplicaMessage, ToIndexing } from '../indexing/messages.ts';
import { takeBatch } from '../ingest.ts';
import type { LeafKinds } from '../kinds/leaf-kind.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import { answers, born, stepLife, type Life, type LifeEffect, type LifeEvent } from './life.ts';
import type { PlacedShard } from './placement.ts';
import type { PublishedSnapshots } from './published-snapshots.ts';
import { Waiters } from './waiters.ts';
import { warmUp } from './warm-up.ts';

/** What replicas share. */
export interface ReplicaWorld {
  readonly kinds: LeafKinds;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Whether what answers now is another log than that of the replicas. */
  readonly isLogReplaced: () => boolean;
  readonly catalogReached: (offset: number) => Promise<void>;
  readonly indexer: {
    send(message: ToIndexing): void;
    hand(replica: number, batch: LogBatch): Promise<void>;
  };
  /** The leaves that a replica can be copied from, and object storage where there is one, best first. */
  readonly sources: (indexId: string, shard: number) => readonly string[];
  /** Resolves when `sources` can be asked: a root has told who is there, or none did for a while. */
  readonly peersHeard: () => Promise<void>;
  /** Copies the files of a replica from a leaf; resolves to the folder they are in. See copying/. */
  readonly copy: (from: string, place: { indexId: string; shard: number }, signal: AbortSignal) => Promise<string>;
  /** The head of a partition, as the log has it now. */
  readonly headOf: (partition: string) => Promise<number>;
  /** Gives the replica a number never given before, by which messages name it from now on. */
  readonly number: (replica: Replica) => number;
  /** Up to where object storage has a shard; −1 where that is not known, or nothing is kept there. */
  readonly storedOffset: (indexId: string, shard: number) => number;
  /** The replica's state, offset or documents may have changed. */
  readonly onChange: (replica: Replica) => void;
  /** Told once of what it cannot read, and with null when it reads on. */
  readonly onStop: (partition: string, stop: StopReport | null) => void;
}

/** What is called back. */
interface Waiting {
  cancel(): void;
}

const nothingWaits: Waiting = { cancel: () => undefined };

const headPauseMs = 500;
const reopenPauseMs = 1000;
/** Longer than most queries live that were planned before their root heard of the new owners. */
const lingerMs = 2000;

export class Replica {
  readonly indexId: string;
  readonly shard: number;
  snapshot: ReplicaSnapshot;
  private readonly world: ReplicaWorld;
  private readonly index: IndexOfReplica;
  private readonly partition: string;
  private fields: readonly IndexedField[];
  private lived: Life = born.life;
  /** Its number in messages; another one after each opening. */
  private number = 0;
  private published: PublishedSnapshots;
  private subscription: Subscription | null = null;
  private copying: AbortController | null = null;
  private timer: Waiting = nothingWaits;
  private stop: StopReport | null = null;
  /** See Manifest; of what is published. */
  private skipped: readonly number[] = [];
  /** As told of what is published; the same object as long as it says the same. */
  private columns: ColumnsReport | undefined;
  private unrouted: true | undefined;
  private askingAgain: Waiting = nothingWaits;
  private readonly waiters = new Waiters();

  constructor(world: ReplicaWorld, place: PlacedShard) {
    this.world = world;
    this.indexId = place.indexId;
    this.shard = place.shard;
    this.index = place.index;
    this.fields = place.fields;
    this.partition = partitionOf({ id: place.indexId, kind: place.index.kind }, place.shard);
    this.published = this.world.kinds[this.index.kind].publishedSnapshots();
    this.snapshot = this.published.empty;
    this.carryOut(born.effects);
  }

  /** Up to where it has the log that answers; −1 while that is another, whose offsets mean nothing here. */
  get offset(): number {
    return this.world.isLogReplaced() ? -1 : this.snapshot.offset;
  }

  get life(): Life {
    return this.lived;
  }

  /** Before what it stands still; null where it reads on. */
  get stopped(): StopReport | null {
    return this.stop;
  }

  /** Whether it answers: it is ready, and may be about to go. */
  get isReady(): boolean {
    return answers(this.lived);
  }

  /** Its number in messages to the indexing thread, as it was last opened. */
  get openedAs(): number {
    return this.number;
  }

  report(): ReplicaReport {
    const { offset, documents, segments } = this.snapshot;
    const bytes = segments.reduce((sum, { segment }) => sum + segment.sizeBytes, 0);
    const { lived, stop } = this;
    const stored = this.world.storedOffset(this.indexId, this.shard);
    const base = {
      index: this.indexId,
      shard: this.shard,
      offset,
      documents,
      ...(stored === -1 ? {} : { stored }),
      ...(bytes === 0 ? {} : { bytes }),
      ...(this.skipped.length === 0 ? {} : { skipped: this.skipped }),
      ...(stop === null ? {} : { stopped: stop }),
      ...(this.columns === undefined ? {} : { columns: this.columns }),
      ...(this.unrouted === undefined ? {} : { unrouted: this.unrouted }),
    };
    if ('since' in lived) return { ...base, state: 'draining', since: lived.since };
    return { ...base, state: lived.kind === 'ready' ? 'ready' : 'loading' };
  }

  receive(message: ReplicaMessage): void {
    switch (message.kind) {
      case 'opened':
        this.publish(message.publication);
        void this.opened(message.publication.offset, message.complete);
        return;
      case 'published':
        this.publish(message.publication);
        return this.live({ kind: 'published', offset: message.publication.offset });
      case 'stopped':
        this.standStill(message.stop);
        return this.live({ kind: 'stopped' });
      case 'refused':
        this.noteStop({ offset: -1, code: message.code, reason: message.reason });
        return this.live({ kind: 'refused' });
      case 'broke':
        return this.live({ kind: 'broke' });
      case 'committed':
        return;
    }
  }

  /** The fields of the index as they are now: only ever added, so as many are the same. */
  changeFields(fields: readonly IndexedField[]): void {
    if (fields.length === this.fields.length) return;
    this.fields = fields;
    this.world.indexer.send({ kind: 'fields', replica: this.number, fields });
  }

  /**
   * Asks for an early refresh and resolves when everything up to the offset is searchable (true), or when the signal
   * aborts or the replica is closed (false).
   */
  async reach(offset: number, signal: AbortSignal): Promise<boolean> {
    if (this.offset >= offset) return true;
    this.world.indexer.send({ kind: 'want', replica: this.number, offset });
    return await this.waiters.wait(offset, signal);
  }

  /** Something happened to it that it cannot see itself. */
  live(event: LifeEvent): void {
    const before = this.lived;
    const { life, effects } = stepLife(before, event);
    this.lived = life;
    if (before.kind === 'warming' && life.kind === 'ready') {
      this.world.indexer.send({ kind: 'complete', replica: this.number });
    }
    this.carryOut(effects);
    if (life.kind === 'closed') this.end();
    this.world.onChange(this);
  }

  private carryOut(effects: readonly LifeEffect[]): void {
    for (const effect of effects) this.carryOutOne(effect);
  }

  private carryOutOne(effect: LifeEffect): void {
    switch (effect.kind) {
      case 'open':
        return this.open();
      case 'subscribe':
        this.subscribe(effect.from);
        return;
      case 'copy':
        void this.copy(effect.from);
        return;
      case 'unsubscribe':
        this.askingAgain.cancel();
        this.subscription?.close();
        this.subscription = null;
        this.copying?.abort();
        this.copying = null;
        return;
      case 'readHead':
        void this.readHead();
        return;
      case 'readHeadLater':
        this.timer = this.after(headPauseMs, () => void this.readHead());
        return;
      case 'warm':
        void this.warm();
        return;
      case 'reopenLater':
        this.timer = this.after(reopenPauseMs, () => this.live({ kind: 'pauseOver' }));
        return;
      case 'linger':
        this.timer.cancel();
        this.timer = this.after(lingerMs, () => this.live({ kind: 'lingered' }));
        return;
      case 'discard':
        return this.discard();
    }
  }

  private after(delayMs: number, action: () => void): Waiting {
    const { clock, timers } = this.world;
    return timers.at(clock.now() + delayMs, action);
  }

  private open(): void {
    this.published = this.world.kinds[this.index.kind].publishedSnapshots();
    this.snapshot = this.published.empty;
    this.columns = undefined;
    this.unrouted = undefined;
    this.number = this.world.number(this);
    const { number: replica, indexId, shard, index, fields } = this;
    this.world.indexer.send({ kind: 'open', replica, indexId, shard, index, fields });
  }

  /** One without files waits until it is known who has them: it may be open before any root has told. */
  private async opened(offset: number, complete: boolean): Promise<void> {
    const asked = this.number;
    if (offset === -1 && !complete) await this.world.peersHeard();
    if (asked !== this.number) return;
    this.live({ kind: 'opened', offset, complete, sources: this.world.sources(this.indexId, this.shard) });
  }

  private async copy(from: string): Promise<void> {
    const { number: replica, indexId, shard } = this;
    const stop = new AbortController();
    this.copying = stop;
    let folder: string | null = null;
    try {
      folder = await this.world.copy(from, { indexId, shard }, stop.signal);
    } catch {
      // Who copies has told why. Another leaf or the log has the same.
    }
    if (stop.signal.aborted) return;
    if (folder === null) return this.live({ kind: 'copyFailed' });
    this.world.indexer.send({ kind: 'install', replica, indexId, shard, folder });
    this.live({ kind: 'copied' });
  }

  private async warm(): Promise<void> {
    const asked = this.number;
    await warmUp(this.world.kinds, this.indexId, this.shard, this.snapshot);
    if (asked === this.number) this.live({ kind: 'warmed' });
  }

  private end(): void {
    this.timer.cancel();
    this.waiters.end();
  }

  private discard(): void {
    const { number: replica, indexId, shard } = this;
    this.world.indexer.send({ kind: 'discard', replica, indexId, shard });
  }

  private subscribe(from: number): void {
    const replica = this.number;
    const stages = {
      catalogReached: this.world.catalogReached,
      hand: async (batch: LogBatch): Promise<void> => {
        // The replica may have been let go while the batch waited for the catalog.
        if (replica === this.number) await this.world.indexer.hand(replica, batch);
      },
    };
    this.subscription = this.world.log.subscribe(
      this.partition,
      from,
      (batch) => takeBatch(stages, batch).catch((error: unknown) => this.standStillBefore(replica, batch, error)),
      (error) => replica === this.number && this.refused(error),
    );
  }

  private refused({ code }: SheafError): void {
    if (code !== 'LOG_TRIMMED') return this.live({ kind: 'replaced' });
    this.live({ kind: 'trimmed', sources: this.world.sources(this.indexId, this.shard) });
  }

  /** What can be read of a batch says that it cannot be indexed. */
  private standStillBefore(replica: number, { firstOffset }: LogBatch, error: unknown): void {
    if (!(error instanceof SheafError)) throw error;
    if (replica !== this.number) return;
    this.standStill(stopAt(firstOffset, error));
    this.live({ kind: 'stopped' });
  }

  /** Asks for the batch again and again: it may be skipped meanwhile. */
  private standStill(stop: StopReport): void {
    this.noteStop(stop);
    this.subscription?.close();
    this.subscription = null;
    this.askingAgain.cancel();
    this.askingAgain = this.after(askAgainMs, () => {
      this.world.indexer.send({ kind: 'resume', replica: this.number });
      this.subscribe(this.snapshot.offset + 1);
    });
  }

  private noteStop(stop: StopReport | null): void {
    const isNew = stop?.offset !== this.stop?.offset;
    this.stop = stop;
    if (isNew) this.world.onStop(this.partition, stop);
  }

  private async readHead(): Promise<void> {
    const asked = this.number;
    const event = await this.askHead();
    if (asked === this.number) this.live(event);
  }

  private async askHead(): Promise<LifeEvent> {
    try {
      return { kind: 'headRead', head: await this.world.headOf(this.partition) };
    } catch {
      // Whatever the reason: the log cannot tell now.
      return { kind: 'headFailed' };
    }
  }

  private publish(publication: Publication): void {
    this.snapshot = this.published.take(publication);
    this.skipped = publication.skipped ?? [];
    if (!sameColumns(this.columns, publication.columns)) this.columns = publication.columns;
    this.unrouted = publication.unrouted;
    if (this.stop !== null && this.snapshot.offset >= this.stop.offset) this.noteStop(null);
    this.waiters.reached(this.snapshot.offset);
  }
}
