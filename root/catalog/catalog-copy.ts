/** This root's copy of the catalog: folded from the log, or taken from a leaf while the log is down. */
import {
  applyCatalogEntry,
  emptyCatalog,
  findIndex,
  type CatalogChange,
  type CatalogState,
  type IndexDefinition,
} from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { BatchWriter, readEntries } from '../../shared/log/batch.ts';
import { catalogPartition, type Log, type LogBatch, type Subscription } from '../../shared/log/log.ts';

const readHeadTimeoutMs = 2000;

export class CatalogCopy {
  private readonly log: Log;
  private readonly subscription: Subscription;
  private readonly waiters = new Set<() => void>();
  private current: CatalogState = emptyCatalog;
  private known = false;
  private closed = false;

  constructor(log: Log) {
    this.log = log;
    this.subscription = log.subscribe(catalogPartition, 0, (batch) => this.apply(batch));
    void this.becomeKnown();
  }

  get state(): CatalogState {
    return this.current;
  }

  /** Whether the copy is more than the empty one it began with. */
  get isKnown(): boolean {
    return this.known;
  }

  /** Takes a leaf's copy, if it is newer. */
  adopt(state: CatalogState): void {
    if (state.offset <= this.current.offset) return;
    this.current = state;
    this.known = true;
    this.wake();
  }

  /** Reads the log up to its present end. @throws SheafError LOG_UNAVAILABLE */
  async catchUp(timeoutMs = readHeadTimeoutMs): Promise<void> {
    const [head] = await this.log.heads([catalogPartition], { timeoutMs });
    await this.reach(head!, timeoutMs);
    this.known = true;
  }

  /**
   * The index of a name. Before it is said that there is none, the log's end is read: another root may have created
   * it a moment ago. With the log down, what is known decides.
   * @throws SheafError INDEX_NOT_FOUND
   */
  async find(name: string): Promise<IndexDefinition> {
    let found = findIndex(this.current, name);
    if (found === undefined) {
      await this.catchUp().catch((error: unknown) => {
        if (!(error instanceof SheafError && error.code === 'LOG_UNAVAILABLE')) throw error;
        if (!this.known) throw error;
      });
      found = findIndex(this.current, name);
    }
    if (found === undefined) throw new SheafError('INDEX_NOT_FOUND', { detail: { index: name } });
    return found;
  }

  /** Appends a change and waits until this copy has read it back; the state then says whether it won. */
  async append(name: string, change: CatalogChange): Promise<number> {
    const writer = new BatchWriter(-1);
    writer.add('put', name, Buffer.from(JSON.stringify(change)));
    const batch = { partition: catalogPartition, count: 1, bytes: writer.finish() };
    const [appended] = await this.log.append([batch]);
    await this.reach(appended!.lastOffset, readHeadTimeoutMs);
    return appended!.lastOffset;
  }

  close(): void {
    this.closed = true;
    this.subscription.close();
  }

  /** An empty catalog is only known to be empty once the log's end was read. */
  private async becomeKnown(): Promise<void> {
    while (!this.known && !this.closed) await this.catchUp().catch(() => undefined);
  }

  private apply(batch: LogBatch): void {
    let offset = batch.firstOffset;
    for (const entry of readEntries(batch.bytes)) {
      this.current = applyCatalogEntry(this.current, offset++, entry.key, entry.body);
    }
    this.wake();
  }

  private async reach(offset: number, timeoutMs: number): Promise<void> {
    if (this.current.offset >= offset) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.current.offset >= offset) resolve();
    };
    const late = new SheafError('LOG_UNAVAILABLE', { detail: { waitedForCatalogOffset: offset, timeoutMs } });
    const timer = setTimeout(() => reject(late), timeoutMs);
    this.waiters.add(look);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.waiters.delete(look);
    }
  }

  private wake(): void {
    for (const look of this.waiters) look();
  }
}
