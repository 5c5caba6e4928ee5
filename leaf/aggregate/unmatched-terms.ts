import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { Query } from '../../shared/query/query.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { Steps } from '../schedule/steps.ts';
import { BucketTable } from './bucket-table.ts';
import type { CollectingTask } from './collecting-task.ts';
import { batchMax, topBuckets } from './document-batch.ts';
import type { TaskFilters } from './task-filters.ts';

const keysPerStep = 256;

/** The terms of all documents that there are to the caller, which have a bucket at the top though none of their documents matches. */
export class UnmatchedTerms {
  /** Those of the batch that there are, from the front. */
  readonly docIds = new Uint32Array(batchMax);
  private readonly filters: TaskFilters;
  private readonly query: Query;
  /** Whether those without documents are the last in the list, and how many are sent. */
  private readonly areLast: boolean;
  private readonly shardSize: number;
  private readonly keys: BucketTable;
  private readonly found = new Uint32Array(batchMax);
  /** Null where there are all. */
  private iterator: DocumentIterator | null = null;

  /** @param query that documents match which there are */
  constructor(query: Query, { order, shardSize }: Pick<TermsRequest, 'order' | 'shardSize'>, task: CollectingTask) {
    this.query = query;
    this.filters = task.filters;
    this.keys = new BucketTable(task.budget);
    this.areLast = order[0]!.by === 'count' && order[0]!.descending;
    this.shardSize = shardSize;
    if (query.kind !== 'all') task.filters.add(query);
  }

  enterSegment(): void {
    this.iterator = this.query.kind === 'all' ? null : this.filters.iterate(this.query);
  }

  /** Leaves those documents in `docIds` that there are. They ascend from batch to batch. Returns how many. */
  keep(docIds: Uint32Array, count: number): number {
    const { iterator } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      if (iterator === null || iterator.advance(docId, docId + 1) === docId) this.docIds[kept++] = docId;
    }
    return kept;
  }

  /** Notes keys of their terms. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  add(keys: Float64Array | Uint32Array, count: number): void {
    this.keys.bucketsOf(topBuckets, keys, count, this.found);
  }

  /** Makes a bucket of each key that has none, where it may be sent. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  *addTo(table: BucketTable): Steps<void> {
    if (this.areLast && table.sizeOf(0) >= this.shardSize) return;
    for (let key = 0; key < this.keys.size; key++) {
      table.bucketOf(0, this.keys.keyOf(key));
      if ((key + 1) % keysPerStep === 0) yield keysPerStep;
    }
  }
}

/** Those of a request that asks for them. */
export function unmatchedOf(request: TermsRequest, task: CollectingTask): UnmatchedTerms | null {
  return request.others === undefined ? null : new UnmatchedTerms(request.others, request, task);
}
