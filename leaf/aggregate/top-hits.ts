import { keptOf, type TopHit, type TopHitsPartial, type TopHitsRequest } from '../../shared/aggregation/top-hits.ts';
import { compareHits, type HitPosition, type SortKey, type SortValue } from '../../shared/ranking/order.ts';
import { readingCostOf, readSource } from '../documents/read-source.ts';
import { sourceAt } from '../documents/stored.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { ValueReader } from '../sorting/sort-layouts.ts';
import { makeReader } from '../sorting/sort-values.ts';
import { SteppedSets, type SizedSet } from './bucket-sets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { bucketsOfSent } from './task-budget.ts';

export const makeTopHits: MakeCollector<'top_hits'> = (request, task) => new TopHitsCollector(request, task);

/** Bytes of a hit and of a value of it, and characters of both as JSON, about. */
const hitBytes = 160;
const valueBytes = 16;
const charactersPerHit = 64;
const charactersPerValue = 12;
/** What a document takes to be compared by one sort key, in values that are added up. */
const workPerKey = 2;
/** Hits that are passed over in the work of a value. */
const movesPerWork = 4;
/** What telling a hit without its source costs, in documents that are looked at. */
const tellingCost = 1;

/** A hit of one bucket, by where it is. */
interface Kept extends HitPosition {
  values: SortValue[];
  shard: number;
  offset: number;
  segment: Segment;
  docId: number;
}

/** The first documents of one bucket, best first, and how many there are. */
class Kepts implements SizedSet {
  count = 0;
  readonly hits: Kept[] = [];
  private readonly request: TopHitsRequest;
  private textLength = 0;
  private sourceLength = 0;

  constructor(request: TopHitsRequest) {
    this.request = request;
  }

  get sizeBytes(): number {
    return hitBytes + this.hits.length * (hitBytes + valueBytes * this.request.sort.length) + 2 * this.textLength;
  }

  get partialLength(): number {
    const ofHit = charactersPerHit + charactersPerValue * this.request.sort.length;
    return this.hits.length * ofHit + this.textLength + this.sourceLength;
  }

  /** Whether there is no room for a hit that comes after all that are kept. */
  isAfter(hit: Kept): boolean {
    if (this.hits.length < keptOf(this.request)) return false;
    return compareHits(this.request.sort, this.hits.at(-1)!, hit) < 0;
  }

  /**
   * Takes a hit where it belongs.
   * @param sourceLength of its source, about
   * @returns the one that has to go for it, null where there was room
   */
  take(hit: Kept, sourceLength: number): Kept | null {
    const { hits } = this;
    let low = 0;
    for (let high = hits.length; low < high;) {
      const middle = (low + high) >> 1;
      if (compareHits(this.request.sort, hits[middle]!, hit) < 0) low = middle + 1;
      else high = middle;
    }
    hits.splice(low, 0, hit);
    this.textLength += textOf(hit);
    if (hits.length <= keptOf(this.request)) {
      this.sourceLength += sourceLength;
      return null;
    }
    const gone = hits.pop()!;
    this.textLength -= textOf(gone);
    return gone;
  }
}

function textOf({ values }: Kept): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

/** The first documents of each bucket by the sort keys of a search. Their sources are read when they are sent. */
class TopHitsCollector extends SteppedSets<TopHitsPartial, Kepts> {
  private readonly request: TopHitsRequest;
  private readonly documents: CollectingTask['documents'];
  private readonly sort: readonly SortKey[];
  private readers: readonly ValueReader[] = [];
  private segment: Segment | null = null;
  /** Characters of a source in the segment, about. */
  private sourceLength = 0;
  /** The document that is looked at; made anew only when the last one was kept. */
  private current: Kept | null = null;

  constructor(request: TopHitsRequest, { budget, documents }: CollectingTask) {
    super(budget);
    this.request = request;
    this.documents = documents;
    this.sort = request.sort;
  }

  enterSegment(segment: Segment): void {
    this.segment = segment;
    this.sourceLength = this.request.source === false || segment.documents === 0 ? 0 : segment.sources.meanBytes;
    this.readers = this.sort.map((key) => makeReader(key, segment, this.documents.scoreOf));
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    this.budget.spend(workPerKey * this.sort.length * count);
    const keptMax = keptOf(this.request);
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      const kepts = this.setOf(bucket);
      kepts.count++;
      // Documents need not be scored for none.
      if (keptMax === 0) continue;
      const hit = this.read(docIds[i]!);
      if (kepts.isAfter(hit)) continue;
      this.budget.spend(kepts.hits.length / movesPerWork);
      this.current = kepts.take(hit, this.sourceLength);
      if (this.current === null) this.budget.expectToSend(bucketsOfSent(this.sourceLength));
      this.hold(bucket, kepts);
    }
  }

  protected make(): Kepts {
    return new Kepts(this.request);
  }

  protected emptyPartial(): TopHitsPartial {
    return { kind: 'top_hits', count: 0, hits: [] };
  }

  /** What is sent is counted as it is read: how long sources are is not known before. */
  protected *partialOf(kepts: Kepts): Steps<TopHitsPartial> {
    const hits: TopHit[] = [];
    for (const kept of kepts.hits) {
      const hit = this.tell(kept);
      hits.push(hit);
      const length = charactersPerHit + charactersPerValue * kept.values.length + hit.key.length + textOf(kept);
      this.budget.send(length + (hit.source?.length ?? 0));
      yield this.costOf(kept);
    }
    return { kind: 'top_hits', count: kepts.count, hits };
  }

  private tell({ segment, docId, shard, offset, values }: Kept): TopHit {
    const { source: filter } = this.request;
    const { index } = this.documents;
    const hit = { index, shard, offset, key: segment.keys.keyAt(docId), values };
    if (filter === false) return hit;
    const source = readSource(segment.sources, docId, filter);
    return { ...hit, source: Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString() };
  }

  private costOf({ segment, docId }: Kept): number {
    const { source: filter } = this.request;
    if (filter === false) return tellingCost;
    // The block was read a moment ago.
    return readingCostOf(filter, filter === true ? 0 : sourceAt(segment.sources, docId).length);
  }

  private read(docId: number): Kept {
    const segment = this.segment!;
    const { shard } = this.documents;
    const offset = segment.offsets[docId]!;
    const hit = (this.current ??= { values: [], shard, offset, segment, docId });
    hit.shard = shard;
    hit.offset = offset;
    hit.segment = segment;
    hit.docId = docId;
    for (let i = 0; i < this.readers.length; i++) hit.values[i] = this.readers[i]!(docId);
    return hit;
  }
}
