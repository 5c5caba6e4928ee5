/** This root's copy of the catalog: folded from the log, or taken from a leaf while the log is down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { applyCatalogBatch } from '../../shared/catalog/apply-batch.ts';
import {
  emptyCatalog,
  findIndex,
  type CatalogChange,
  type CatalogState,
  type IndexDefinition,
} from '../../shared/catalog/catalog.ts';
import { epochOf } from '../../shared/catalog/index-id.ts';
import { SheafError } from '../../shared/errors.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { followPartition } from '../../shared/log/follow.ts';
import { catalogPartition, type Log, type LogBatch, type Subscription } from '../../shared/log/log.ts';
import { stopped } from '../../shared/log/stop.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import { deletedBetween } from './deleted-between.ts';
import { indexUnder } from './index-under.ts';

const readHeadTimeoutMs = 2000;
/** After a fault, the wait before the log's end is read again to know the catalog at all; doubled by each up to the last. */
const againMsMin = 20;
const againMsMax = 500;
/** So long a write waits for an index that is held. */
const heldTimeoutMs = 10_000;
/** An error names so many indexes of an alias. */
const indexesNamedMax = 10;

export class CatalogCopy {
  private readonly log: Log;
  private readonly subscription: Subscription;
  private readonly waiters = new Set<() => void>();
  private current: CatalogState = emptyCatalog;
  private known = false;
  private readonly connection: () => number;
  private readonly onDeleted: (index: IndexDefinition) => void;
  /** The connection to the log over which it was last read up to the log's end. */
  private readOver: number | null = null;
  private closed = false;
  private stop: StopReport | null = null;

  /**
   * @param onStop told once of an entry that cannot be read, and with null when the catalog is read on
   * @param connection a number that the connection to the log has, and none after it
   * @param onDeleted told of each index that is in the catalog no more, those of long ago among them where they were read
   */
  constructor(
    log: Log,
    onStop: (stop: StopReport | null) => void = () => undefined,
    connection: () => number = () => 0,
    onDeleted: (index: IndexDefinition) => void = () => undefined,
  ) {
    this.log = log;
    this.connection = connection;
    this.onDeleted = onDeleted;
    this.subscription = followPartition(log, {
      partition: catalogPartition,
      from: 0,
      onBatch: (batch) => this.apply(batch),
      onStop: (stop) => {
        this.stop = stop;
        // All there is to be known, until the entry is skipped.
        if (stop !== null) this.known = true;
        this.wake();
        onStop(stop);
      },
    });
    void this.becomeKnown();
  }

  get state(): CatalogState {
    return this.current;
  }

  /** Before which entry this copy stands still; null where it reads on. */
  get stopped(): StopReport | null {
    return this.stop;
  }

  /** Whether the copy is more than the empty one it began with. */
  get isKnown(): boolean {
    return this.known;
  }

  /** The index of a name, if this copy has it: then it is what `find` gives, without a promise. */
  findKnown(name: string): IndexDefinition | undefined {
    return findIndex(this.current, name);
  }

  /**
   * The state, for whoever lists what there is: never the empty one that this copy began with.
   * @throws SheafError LOG_UNAVAILABLE, PARTITION_STOPPED
   */
  async knownState(): Promise<CatalogState> {
    if (!this.known) await this.catchUp();
    return this.current;
  }

  /** Takes a leaf's copy, if it is newer. */
  adopt(state: CatalogState): void {
    if (state.offset <= this.current.offset) return;
    this.advance(state);
    this.known = true;
    this.wake();
  }

  /**
   * Reads the log up to its present end, in this time over all.
   * @throws SheafError LOG_UNAVAILABLE, PARTITION_STOPPED
   */
  async catchUp(timeoutMs = readHeadTimeoutMs): Promise<void> {
    const connection = this.connection();
    await inTime(
      timeoutMs,
      () => unread(timeoutMs),
      async (late) => {
        const [head] = await Promise.race([this.log.heads([catalogPartition], { timeoutMs }), late]);
        await this.reach(head!, late);
      },
    );
    this.known = true;
    this.readOver = connection;
  }

  /** As `catchUp`, or up to where this copy stands still. @throws SheafError LOG_UNAVAILABLE */
  private async catchUpToStop(): Promise<void> {
    try {
      await this.catchUp();
    } catch (error) {
      if (!(error instanceof SheafError) || error.code !== 'PARTITION_STOPPED') throw error;
    }
  }

  /**
   * As `findOne`, for who writes: of an index that is held for a moment, the one that takes its place, or itself after all. Never from what
   * the catalog was before this root came, or was cut off, but for what it cannot read: it would refuse all writes until somebody acts.
   * @throws SheafError as `findOne`; INDEX_HELD where that takes too long
   */
  async findWritten(name: string): Promise<IndexDefinition> {
    if (this.readOver !== this.connection()) await this.catchUpToStop();
    const index = await this.findOne(name);
    if (!isHeld(index)) return index;
    const late = (): SheafError => new SheafError('INDEX_HELD', { detail: { index: name } });
    return await inTime(heldTimeoutMs, late, async (isLate) => {
      for (let now = index; ; now = await this.findOne(name)) {
        if (!isHeld(now)) return now;
        await this.reach(this.current.offset + 1, isLate);
      }
    });
  }

  /**
   * The index of a name. Before it is said that there is none, the log's end is read: another root may have created
   * it a moment ago. With the log down nobody can say that.
   * @throws SheafError INDEX_NOT_FOUND; PARTITION_STOPPED, LOG_UNAVAILABLE when the name is not known and the log's end not in time
   */
  async find(name: string, timeoutMs = readHeadTimeoutMs): Promise<IndexDefinition> {
    return await this.look(name, (state) => findIndex(state, name), timeoutMs);
  }

  /**
   * The one index that is read and written by key under a name: the index of the name, or of an alias its write index, or the
   * only one it has.
   * @throws SheafError as `find`; ALIAS_NOT_WRITABLE
   */
  async findOne(name: string, timeoutMs = readHeadTimeoutMs): Promise<IndexDefinition> {
    return await this.look(name, (state) => indexUnder(state, name), timeoutMs);
  }

  /**
   * What is found by a name, in this copy or once it has been read up to the log's end.
   * @throws SheafError as `find`; what `found` throws
   */
  async look<T>(
    name: string,
    found: (state: CatalogState) => T | undefined,
    timeoutMs = readHeadTimeoutMs,
  ): Promise<T> {
    const known = found(this.current);
    if (known !== undefined) return known;
    try {
      await this.catchUp(timeoutMs);
    } catch (error) {
      if (!(error instanceof SheafError) || error.code === 'PARTITION_STOPPED') throw error;
      const reason = 'the index is not known here, and the log was not there to say whether it exists';
      throw new SheafError(error.code, { detail: { ...error.detail, index: name, reason }, cause: error });
    }
    const now = found(this.current);
    if (now === undefined) throw notFound(this.current, name);
    return now;
  }

  /**
   * Appends a change and waits until this copy has read it back; the state then says whether it won.
   * @throws SheafError LOG_UNAVAILABLE, LOG_FULL; PARTITION_STOPPED where nobody would see it
   */
  async append(name: string, change: CatalogChange): Promise<number> {
    if (this.stop !== null) throw stopped(catalogPartition, this.stop);
    const writer = new BatchWriter(-1);
    writer.add('put', name, Buffer.from(JSON.stringify(await this.ofThisLog(change))));
    const batch = { partition: catalogPartition, count: 1, bytes: writer.finish() };
    const [appended] = await this.log.append([batch]);
    const { lastOffset } = appended!;
    await inTime(
      readHeadTimeoutMs,
      () => unread(readHeadTimeoutMs),
      (late) => this.reach(lastOffset, late),
    );
    return lastOffset;
  }

  close(): void {
    this.closed = true;
    this.subscription.close();
  }

  /** What makes an index says in which log. */
  private async ofThisLog(change: CatalogChange): Promise<CatalogChange> {
    if (!('definition' in change)) return change;
    return { ...change, epoch: epochOf(await this.log.identity()) };
  }

  /** An empty catalog is only known to be empty once the log's end was read. */
  private async becomeKnown(): Promise<void> {
    for (let againMs = againMsMin; !this.known && !this.closed; againMs = Math.min(againMsMax, againMs * 2)) {
      try {
        await this.catchUp();
      } catch {
        // A log that is not there says so at once. Nothing waits for this alone, so it keeps no process.
        await sleep(againMs, undefined, { ref: false });
      }
    }
  }

  private apply(batch: LogBatch): void {
    this.advance(applyCatalogBatch(this.current, batch));
    this.wake();
  }

  private advance(state: CatalogState): void {
    const before = this.current;
    this.current = state;
    for (const index of deletedBetween(before, state)) this.onDeleted(index);
  }

  private async reach(offset: number, late: Promise<never>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.current.offset >= offset) resolve();
      else if (this.stop !== null) reject(stopped(catalogPartition, this.stop));
    };
    this.waiters.add(look);
    look();
    try {
      await Promise.race([promise, late]);
    } finally {
      this.waiters.delete(look);
    }
  }

  private wake(): void {
    for (const look of this.waiters) look();
  }
}

function isHeld({ move }: IndexDefinition): boolean {
  return (move?.heldAt ?? null) !== null;
}

function unread(timeoutMs: number): SheafError {
  const reason = `the end of the catalog was not read in ${timeoutMs} ms`;
  return new SheafError('LOG_UNAVAILABLE', { detail: { reason } });
}

/** Runs work that ends when `late` rejects. */
async function inTime<T>(
  timeoutMs: number,
  fault: () => SheafError,
  work: (late: Promise<never>) => Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(fault()), timeoutMs);
  // The work may be past the point where it looks.
  late.catch(() => undefined);
  try {
    return await work(late);
  } finally {
    clearTimeout(timer);
  }
}

/** Of an alias, where one is asked for an index only, what it stands for: to create an index of its name would not work either. */
function notFound({ aliases }: CatalogState, name: string): SheafError {
  const targets = aliases.get(name)?.indexes;
  if (targets === undefined) return new SheafError('INDEX_NOT_FOUND', { detail: { index: name } });
  const indexes = targets.slice(0, indexesNamedMax).map(({ index }) => index);
  const reason = 'it is an alias, and what was asked takes the name of an index: see GET /v1/aliases/{alias}';
  return new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason, indexes } });
}
