import type { FetchedDocuments } from '../../shared/protocol/fetched-documents.ts';
import type { FetchPartial, FetchTask } from '../../shared/protocol/tasks/fetch.ts';
import { readSource, readingCostOf } from '../documents/read-source.ts';
import { locateOffset, type Snapshot } from '../snapshot/snapshot.ts';

/** What looking for an offset costs, in documents. */
const lookCost = 1;
const noSource = new Uint8Array(0);

/**
 * Keys and sources of hits that a search found before, by shard and log offset, in steps. Documents that were replaced or
 * deleted since are found as long as they are in a segment; what is not is left out. Cost: decompressing a block for each,
 * unless it was read lately.
 */
export class FetchRun {
  private readonly task: Pick<FetchTask, 'hits' | 'source'>;
  private readonly shards: readonly { readonly shard: number; readonly snapshot: Snapshot }[];
  private readonly found: Record<keyof FetchedDocuments, number[]> = {
    shards: [],
    offsets: [],
    keyBytes: [],
    sourceBytes: [],
  };
  private readonly body: Uint8Array[] = [];
  /** Index of the shard to go on with, and of the first of its hits that was not looked for. */
  private at = 0;
  private next = 0;

  /** @param shards ascending */
  constructor(
    task: Pick<FetchTask, 'hits' | 'source'>,
    shards: readonly { readonly shard: number; readonly snapshot: Snapshot }[],
  ) {
    this.task = task;
    this.shards = shards;
  }

  /** Goes on for about as long as this many documents take. Returns whether all is done. */
  step(documentsMax: number): boolean {
    for (let left = documentsMax; left > 0 && this.at < this.shards.length;) left -= this.readNext();
    return this.at >= this.shards.length;
  }

  /** See TaskRun. */
  wholeBelow(): number | undefined {
    if (this.next > 0) return undefined;
    return this.shards[this.at]?.shard ?? Infinity;
  }

  /** What was found of the shards done so far. */
  result(): { readonly own: Pick<FetchPartial, 'kind' | 'found'>; readonly body: readonly Uint8Array[] } {
    const { shards, offsets, keyBytes, sourceBytes } = this.found;
    // Copies: the run may go on.
    const found = {
      shards: [...shards],
      offsets: [...offsets],
      keyBytes: [...keyBytes],
      sourceBytes: [...sourceBytes],
    };
    return { own: { kind: 'fetch', found }, body: [...this.body] };
  }

  /** Returns what it cost, in documents. */
  private readNext(): number {
    const { shard, snapshot } = this.shards[this.at]!;
    const asked = this.task.hits[String(shard)] ?? [];
    const offset = asked[this.next++];
    if (this.next >= asked.length) {
      this.at++;
      this.next = 0;
    }
    const place = offset === undefined ? null : locateOffset(snapshot, offset);
    if (place === null) return lookCost;
    const { segment, docId } = place;
    const { source: filter } = this.task;
    const key = Buffer.from(segment.keys.keyAt(docId));
    const source = filter === false ? noSource : readSource(segment.sources, docId, filter);
    this.found.shards.push(shard);
    this.found.offsets.push(offset!);
    this.found.keyBytes.push(key.length);
    this.found.sourceBytes.push(source.length);
    this.body.push(key, source);
    return filter === false ? lookCost : readingCostOf(filter, source.length);
  }
}
