import type { AggregationPartials } from '../../shared/aggregation/partial.ts';
import type { PartialHit, SearchTask } from '../../shared/protocol/tasks.ts';
import { makeCollectors } from '../aggregate/make-collectors.ts';
import type { CollectorSet } from '../aggregate/collector.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { HitCollector, SearchedSegment } from './hit-collector.ts';
import { readHits } from './read-hits.ts';
import { TopScores } from './top-scores.ts';
import { TopSorted } from './top-sorted.ts';

export type SearchRequest = Pick<SearchTask, 'query' | 'statistics' | 'k' | 'sort' | 'source' | 'aggregations'>;

export interface SearchResult {
  /** Documents that match. */
  readonly total: number;
  /** Live documents of the shards searched. */
  readonly documents: number;
  /** At most `k`, best first. */
  readonly hits: PartialHit[];
  /** Parallel to `hits`; empty when sources were not asked for. Unfiltered ones are views of their segments. */
  readonly sources: Uint8Array[];
  readonly aggregations: AggregationPartials;
}

/** What opening a segment costs, in documents: many small segments are work too. */
const segmentCost = 64;

/**
 * One search of some shards, in steps, so that the caller can look at its clock between them.
 *
 * It holds the snapshots it was given until it is done. A run that threw is of no more use.
 */
export class SearchRun {
  private readonly request: SearchRequest;
  private readonly scoring: ScoringContext | null;
  private readonly segments: readonly SearchedSegment[];
  private readonly documents: number;
  private readonly hits: HitCollector | null;
  private readonly aggregations: CollectorSet;
  private total = 0;
  /** Index of the segment to search next, or that is being searched while `iterator` is there. */
  private segment = 0;
  private iterator: DocumentIterator | null = null;
  /** First docId that was not looked at. */
  private position = 0;

  constructor(request: SearchRequest, shards: readonly { shard: number; snapshot: Snapshot }[]) {
    this.request = request;
    const ascending = shards.toSorted((a, b) => a.shard - b.shard);
    this.segments = ascending.flatMap(({ shard, snapshot }) => snapshot.segments.map((live) => ({ shard, live })));
    this.documents = shards.reduce((sum, { snapshot }) => sum + snapshot.documents, 0);
    this.scoring = makeScoring(request);
    this.hits = makeHitCollector(request);
    this.aggregations = makeCollectors(request.aggregations);
  }

  /**
   * Goes on for about this many documents, matched or looked at, or to the end of a shard: there `result` may be called.
   * Returns whether all is done.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  step(documentsMax: number): boolean {
    let budget = documentsMax;
    const shard = this.nextShard;
    while (budget > 0 && !this.isDone && this.nextShard === shard) {
      if (this.iterator === null) {
        this.enterSegment();
        budget -= segmentCost;
      }
      budget -= this.searchWindow(Math.max(budget, 1));
    }
    return this.isDone;
  }

  private get isDone(): boolean {
    return this.segment === this.segments.length;
  }

  /** Whether every shard is searched as a whole or not at all. */
  get isBetweenShards(): boolean {
    if (this.iterator !== null) return false;
    return this.segment === 0 || this.nextShard !== this.segments[this.segment - 1]!.shard;
  }

  /** The shard that is searched next or being searched; undefined when all is done. Shards are searched ascending. */
  get nextShard(): number | undefined {
    return this.segments[this.segment]?.shard;
  }

  /** The partial answer of the shards searched so far. To be called at the end of a shard only. */
  result(): SearchResult {
    if (!this.isBetweenShards) throw new Error('a shard is half searched');
    const { hits, sources } = readHits(this.hits?.hits() ?? [], this.request.source);
    const aggregations = this.aggregations.partials(0);
    return { total: this.total, documents: this.documents, hits, sources, aggregations };
  }

  private enterSegment(): void {
    const searched = this.segments[this.segment]!;
    this.iterator = evaluate(searched.live, this.request.query, this.scoring);
    this.position = 0;
    this.hits?.enterSegment(searched, this.iterator);
    if (!this.aggregations.isEmpty) this.aggregations.enterSegment(searched.live.segment);
  }

  /** Searches as much of the segment as the iterator's cost says the budget allows. Returns what was spent. */
  private searchWindow(budget: number): number {
    const { documents } = this.segments[this.segment]!.live.segment;
    const iterator = this.iterator!;
    const costPerDocument = iterator.cost / Math.max(documents, 1);
    const end = Math.min(documents, this.position + Math.max(1, Math.ceil(budget / costPerDocument)));
    const before = this.position;
    if (end > before) this.searchRange(iterator, before, end);
    this.position = end;
    if (end === documents) {
      this.iterator = null;
      this.segment++;
    }
    return Math.ceil((end - before) * costPerDocument);
  }

  private searchRange(iterator: DocumentIterator, start: number, end: number): void {
    const { hits } = this;
    const aggregations = this.aggregations.isEmpty ? null : this.aggregations;
    let matches = 0;
    for (let docId = iterator.advance(start, end); docId < end;) {
      matches++;
      if (hits !== null) hits.collect(docId);
      if (aggregations !== null) aggregations.collect(0, docId);
      docId = docId + 1 < end ? iterator.advance(docId + 1, end) : end;
    }
    this.total += matches;
  }
}

/** Scores are computed only where hits are asked for and their order needs them. */
function makeScoring({ k, sort, statistics }: SearchRequest): ScoringContext | null {
  if (k === 0 || !sort.some((key) => key.by === 'score')) return null;
  if (statistics === undefined) throw new Error('a search by score without statistics');
  return { statistics };
}

function makeHitCollector({ k, sort }: SearchRequest): HitCollector | null {
  if (k === 0) return null;
  const [first] = sort;
  const byScore = sort.length === 1 && first?.by === 'score' && first.descending;
  return byScore ? new TopScores(k) : new TopSorted(sort, k);
}
