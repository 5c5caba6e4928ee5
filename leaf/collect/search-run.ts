import type { AggregationPartials } from '../../shared/aggregation/partial.ts';
import { limits } from '../../shared/limits.ts';
import type { PartialHit, SearchTask } from '../../shared/protocol/tasks.ts';
import type { SourceFilter } from '../../shared/query/request.ts';
import { makeCollectors } from '../aggregate/make-collectors.ts';
import type { CollectorSet, Steps } from '../aggregate/collector.ts';
import { TaskBudget } from '../aggregate/task-budget.ts';
import { sourceAt } from '../documents/stored.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';
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
/** How many values a collector looks at for what a document costs. */
const workPerDocument = 4;
/** Bytes of a source that are filtered for what a document costs. */
const bytesFilteredPerDocument = 32;

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
  private readonly budget = new TaskBudget();
  private total = 0;
  /** Index of the segment to search next, or that is being searched while `iterator` is there. */
  private segment = 0;
  private iterator: DocumentIterator | null = null;
  /** First docId that was not looked at. */
  private position = 0;
  /** What is left once every segment was searched. */
  private finishing: Steps<SearchResult> | null = null;
  private finished: SearchResult | null = null;

  constructor(request: SearchRequest, shards: readonly { shard: number; snapshot: Snapshot }[]) {
    this.request = request;
    const ascending = shards.toSorted((a, b) => a.shard - b.shard);
    this.segments = ascending.flatMap(({ shard, snapshot }) => snapshot.segments.map((live) => ({ shard, live })));
    this.documents = shards.reduce((sum, { snapshot }) => sum + snapshot.documents, 0);
    this.scoring = makeScoring(request);
    this.hits = makeHitCollector(request);
    this.aggregations = makeCollectors(request.aggregations, this.budget);
  }

  /**
   * Goes on for about as long as this many documents take, matched or looked at: searches, then makes the answer of
   * what was found. Returns whether all is done.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID
   */
  step(documentsMax: number): boolean {
    let budget = documentsMax;
    while (budget > 0 && this.segment < this.segments.length) {
      if (this.iterator === null) {
        this.enterSegment();
        budget -= segmentCost;
      }
      budget -= this.searchWindow(Math.max(budget, 1));
    }
    return budget > 0 && this.finish(budget);
  }

  /** The partial answer. To be called once `step` has returned true. */
  result(): SearchResult {
    if (this.finished === null) throw new Error('the search is not done');
    return this.finished;
  }

  private finish(budget: number): boolean {
    this.finishing ??= this.finishInSteps();
    for (let left = budget; left > 0;) {
      const step = this.finishing.next();
      if (step.done === true) {
        this.finished = step.value;
        return true;
      }
      left -= step.value;
    }
    return false;
  }

  private *finishInSteps(): Steps<SearchResult> {
    const { request, total, documents } = this;
    const result: SearchResult = { total, documents, hits: [], sources: [], aggregations: {} };
    const collected = this.hits?.hits() ?? [];
    for (const hit of collected) {
      const { hits, sources } = readHits([hit], request.source);
      result.hits.push(...hits);
      result.sources.push(...sources);
      yield readingCost(hit, request.source);
    }
    return { ...result, aggregations: yield* this.aggregations.partials(0, limits.bucketsMax) };
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
    const workBefore = this.budget.work;
    if (end > before) this.position = this.searchRange(iterator, before, end, workBefore + workPerDocument * budget);
    if (this.position === documents) {
      this.iterator = null;
      this.segment++;
    }
    const worked = (this.budget.work - workBefore) / workPerDocument;
    return Math.ceil(Math.max((this.position - before) * costPerDocument, worked));
  }

  /** Ends early where the aggregations have worked enough. Returns the first docId that was not looked at. */
  private searchRange(iterator: DocumentIterator, start: number, end: number, workMax: number): number {
    const { hits, budget } = this;
    const aggregations = this.aggregations.isEmpty ? null : this.aggregations;
    let matches = 0;
    let stop = end;
    for (let docId = iterator.advance(start, stop); docId < stop;) {
      matches++;
      if (hits !== null) hits.collect(docId);
      if (aggregations !== null) aggregations.collect(0, docId);
      if (budget.work >= workMax) stop = docId + 1;
      docId = docId + 1 < stop ? iterator.advance(docId + 1, stop) : stop;
    }
    this.total += matches;
    return stop;
  }
}

/** What reading a hit's source costs, in documents. */
function readingCost({ searched, docId }: CollectedHit, filter: SourceFilter): number {
  if (typeof filter === 'boolean') return 1;
  return 1 + sourceAt(searched.live.segment.sources, docId).length / bytesFilteredPerDocument;
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
