/**
 * The topics of indexes, as the catalog says. Their names are the ids of indexes, which are offsets of the catalog's entries, so a topic is made after the
 * entry, by whoever comes first of those that read it. Touches the world through the log.
 */
import { applyCatalogBatch } from '../../catalog/apply-batch.ts';
import { readCatalogChange } from '../../catalog/catalog-change.ts';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../catalog/catalog.ts';
import { SheafError } from '../../errors.ts';
import { partitionNumber } from '../../index-kinds/partitions.ts';
import type { AppendBatch } from '../append-batch.ts';
import { readEntries } from '../batch.ts';
import { catalogPartition, type Log, type Subscription } from '../log.ts';
import { unavailable } from './brokers.ts';
import type { MetaFollower } from './meta-follower.ts';
import { indexOfTopic, indexTopic } from './names.ts';
import type { WriterSettings } from './open.ts';
import type { Topics } from './topics.ts';

export interface IndexTopicsOptions {
  readonly log: Pick<Log, 'subscribe' | 'heads'>;
  readonly topics: Topics;
  readonly meta: MetaFollower;
  /** Of the log. */
  readonly name: string;
  readonly settings: WriterSettings;
}

/** A topic stays for so long after its index: appends that are on their way to it end meanwhile. */
const removeAfterMs = 30_000;
/** How long an append waits for the entry that created its index. */
const knownWithinMs = 2000;

export class IndexTopics {
  private readonly options: IndexTopicsOptions;
  private readonly subscription: Subscription;
  private closed = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly waiters = new Set<() => void>();
  /** Topics that are about to be removed. */
  private readonly leaving = new Set<string>();
  private catalog: CatalogState = emptyCatalog;
  private byId = new Map<string, IndexDefinition>();
  /** The end of the catalog when this began: what is created and deleted before it needs no topic. */
  private end: number | null = null;

  constructor(options: IndexTopicsOptions) {
    this.options = options;
    this.subscription = options.log.subscribe(catalogPartition, 0, (batch) => {
      this.catalog = applyCatalogBatch(this.catalog, batch);
      this.follow();
    });
    void this.begin();
  }

  /**
   * Makes the topic of an index that is in the catalog.
   * @throws SheafError LOG_UNAVAILABLE where it is not known within a while
   */
  async make(indexId: string): Promise<void> {
    const index = this.byId.get(indexId) ?? (await this.wait(indexId));
    if (index === undefined) throw unavailable(`index ${indexId} is not known to the log yet`);
    const name = indexTopic(this.options.name, indexId);
    await this.options.topics.make([{ name, partitions: partitionNumber(index, index.shards - 1) + 1 }]);
  }

  /** @throws SheafError TOPICS_TOO_MANY where an append would create an index beyond the limit */
  check(batches: readonly AppendBatch[]): void {
    const limit = this.options.settings.indexTopicsMax;
    const actual = this.byId.size;
    if (actual < limit) return;
    for (const { partition, bytes } of batches) {
      if (partition !== catalogPartition) continue;
      for (const { kind, key, body } of readEntries(bytes)) {
        if ('definition' in readCatalogChange(kind, key, body)) {
          throw new SheafError('TOPICS_TOO_MANY', { detail: { index: key, limit, actual } });
        }
      }
    }
  }

  close(): void {
    this.closed = true;
    this.subscription.close();
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** An index that was created a moment ago: its entry is on its way. */
  private async wait(indexId: string): Promise<IndexDefinition | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.byId.has(indexId)) resolve();
    };
    this.waiters.add(look);
    this.after(knownWithinMs, resolve);
    await promise;
    this.waiters.delete(look);
    return this.byId.get(indexId);
  }

  private async begin(): Promise<void> {
    try {
      const [head] = await this.options.log.heads([catalogPartition]);
      this.end = head!;
      this.follow();
    } catch {
      this.after(1000, () => void this.begin());
    }
  }

  private follow(): void {
    const before = this.byId;
    this.byId = new Map(Array.from(this.catalog.indexes.values(), (index) => [index.id, index]));
    for (const look of this.waiters) look();
    if (this.end === null || this.catalog.offset < this.end) return;
    for (const id of this.byId.keys()) if (!before.has(id) || this.isMissing(id)) this.makeSoon(id);
    for (const topic of this.options.meta.table.all().keys()) {
      const id = indexOfTopic(this.options.name, topic);
      if (id !== undefined && !this.byId.has(id)) this.removeLater(topic);
    }
  }

  private isMissing(id: string): boolean {
    return this.options.meta.table.madeOf(indexTopic(this.options.name, id)) === undefined;
  }

  private makeSoon(id: string): void {
    if (!this.isMissing(id)) return;
    this.make(id).catch(() => {
      this.after(1000, () => {
        if (this.byId.has(id)) this.makeSoon(id);
      });
    });
  }

  /** An id is of one index only, and never comes back. */
  private removeLater(topic: string): void {
    if (this.leaving.has(topic)) return;
    this.leaving.add(topic);
    this.after(removeAfterMs, () => {
      this.options.topics.remove(topic).catch(() => {
        this.leaving.delete(topic);
        this.removeLater(topic);
      });
    });
  }

  private after(ms: number, action: () => void): void {
    if (this.closed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, ms);
    this.timers.add(timer.unref());
  }
}
