import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import { readsScores } from '../../shared/aggregation/reads-scores.ts';
import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import { everyRank, type SearchTask, type TotalRelation } from '../../shared/protocol/tasks/search.ts';
import { makeCollectors } from '../aggregate/make-collectors.ts';
import type { CollectorSet } from '../aggregate/collector-set.ts';
import { batchSizeIn } from '../aggregate/document-work.ts';
import type { Steps } from '../schedule/steps.ts';
import { TaskBudget } from '../aggregate/task-budget.ts';
import { TaskDocuments } from '../aggregate/task-documents.ts';
import { TaskFilters } from '../aggregate/task-filters.ts';
import { readingCostOf, readSource, sourceCost } from '../documents/read-source.ts';
import { sourceAt } from '../documents/stored.ts';
import { EmptyIterator, type DocumentIterator } from '../evaluate/iterator.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import { SegmentClauses } from '../evaluate/segment-clauses.ts';
import { Highlighter } from '../highlight/highlight.ts';
import { makeScoringContext } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { LiveSegment, Snapshot } from '../snapshot/snapshot.ts';
import { explainHits } from './explain-hits.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';
import { readHit } from './read-hit.ts';
import { AggregatingSearch, BestOnly, CountedBest, CountingSearch, PlainSearch, SortedBest } from './segment-search.ts';
import type { Aggregating, SegmentSearch } from './segment-search.ts';
import { TopScores } from './top-scores.ts';
import { TopSorted } from './top-sorted.ts';

export type SearchRequest = Pick<
  SearchTask,
  | 'query'
  | 'statistics'
  | 'similarities'
  | 'k'
  | 'sort'
  | 'after'
  | 'explain'
  | 'highlight'
  | 'source'
  | 'sourcesOf'
  | 'aggregations'
  | 'totalUpTo'
  | 'weight'
> &
  // Only hits in buckets name it.
  Partial<Pick<SearchTask, 'index'>>;

export interface SearchResult {
  /** Documents that match; where `totalRelation` is `gte`, at least so many, and more than `totalUpTo`. */
  readonly total: number;
  readonly totalRelation: TotalRelation;
  /** Live documents of the shards searched. */
  readonly documents: number;
  /** At most `k`, best first. */
  readonly hits: PartialHit[];
  /**
   * Parallel to the hits that are not held back; none when sources were not asked for. Unfiltered ones are views of their
   * segments.
   */
  readonly sources: Uint8Array[];
  readonly aggregations: AggregationPartials;
}

/** What opening a segment costs, in documents: many small segments are work too. */
const segmentCost = 64;
/** Counting is apart from finding the first where it takes at most one of so many parts of going through all matches. */
const countedApart = 2;
/** How many values a collector looks at for what a document costs. */
const workPerDocument = 4;

/**
 * One search of some shards, in steps, so that the caller can look at its clock between them.
 *
 * It holds the snapshots it was given until it is done. A run that threw is of no more use.
 */
export class SearchRun {
  private readonly request: SearchRequest;
  private readonly caches: QueryCaches;
  private readonly scoring: ScoringContext | null;
  private readonly segments: readonly SearchedSegment[];
  private readonly documents: number;
  private readonly hits: HitCollector | null;
  private readonly aggregations: CollectorSet;
  /** Those of them that are given the documents of the segment. */
  private collectors: CollectorSet;
  private readonly budget = new TaskBudget();
  private readonly filters = new TaskFilters();
  private readonly matched: TaskDocuments;
  /** The same where aggregations ask for scores. */
  private readonly scored: TaskDocuments | null;
  /** Whether matches need not be counted any more. */
  private counted: boolean;
  private total = 0;
  private totalRelation: TotalRelation = 'eq';
  /** Index of the segment to search next, or that is being searched while `search` is there. */
  private segment = 0;
  private search: SegmentSearch | null = null;
  /** Whether that is of all documents of the segment, and no more of those that match. */
  private isOfEverything = false;
  /** The query's clauses in that segment, from when they are expanded. */
  private clauses: SegmentClauses | null = null;
  /** What they stand for being found: done before `search` is there. */
  private expanding: Steps<void> | null = null;
  /** First docId that was not looked at. */
  private position = 0;
  /** What aggregations get ready before the first segment. */
  private preparing: Steps<void> | null;
  /** What is left once every segment was searched. */
  private finishing: Steps<SearchResult> | null = null;
  private finished: SearchResult | null = null;

  constructor(request: SearchRequest, shards: readonly { shard: number; snapshot: Snapshot }[], caches: QueryCaches) {
    this.request = request;
    this.caches = caches;
    const ascending = shards.toSorted((a, b) => a.shard - b.shard);
    this.segments = ascending.flatMap(({ shard, snapshot }) => snapshot.segments.map((live) => ({ shard, live })));
    this.documents = shards.reduce((sum, { snapshot }) => sum + snapshot.documents, 0);
    this.scoring = makeScoring(request);
    this.hits = makeHitCollector(request);
    this.matched = new TaskDocuments(request.index ?? '');
    this.scored = readsScores(request.aggregations) ? this.matched : null;
    const shared = { budget: this.budget, filters: this.filters, documents: this.matched };
    this.aggregations = makeCollectors(request.aggregations, shared, request.weight);
    this.collectors = this.aggregations;
    this.counted = request.totalUpTo === 0;
    const segments = this.segments.map(({ live }) => live.segment);
    this.preparing = this.aggregations.isEmpty ? null : this.aggregations.prepare(segments, caches.terms);
  }

  /**
   * Goes on for about as long as this many documents take, matched or looked at, or to the end of a shard, where `result`
   * may be called; once all are searched, makes the answer of what was found. Returns whether all is done.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID
   */
  step(documentsMax: number): boolean {
    let budget = this.prepare(documentsMax);
    const shard = this.nextShard;
    while (budget > 0 && this.nextShard !== undefined && this.nextShard === shard) {
      if (this.search === null) {
        const clauses = (this.clauses ??= new SegmentClauses(this.segments[this.segment]!.live, this.caches));
        budget = this.expand(clauses, budget);
        if (this.expanding !== null) return false;
        this.enterSegment(clauses);
        budget -= segmentCost;
      }
      budget -= this.searchWindow(Math.max(budget, 1));
    }
    return this.nextShard === undefined && budget > 0 && this.finish(budget);
  }

  /** Whether every shard is searched as a whole or not at all, and no answer is half made. */
  get isBetweenShards(): boolean {
    if (this.nextShard === undefined) return this.finished !== null;
    if (this.search !== null || this.expanding !== null) return false;
    return this.segment === 0 || this.nextShard !== this.segments[this.segment - 1]!.shard;
  }

  /** The shard that is searched next or being searched; undefined when all is done. Shards are searched ascending. */
  get nextShard(): number | undefined {
    return this.segments[this.segment]?.shard;
  }

  /** The partial answer of the shards searched so far. To be called at the end of a shard only. */
  result(): SearchResult {
    if (this.finished !== null) return this.finished;
    if (!this.isBetweenShards) throw new Error('a shard is half searched, or the answer half made');
    const steps = this.finishInSteps();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** Returns the budget left, 0 where there is more to get ready. */
  private prepare(budget: number): number {
    if (this.preparing === null) return budget;
    for (let left = budget; left > 0;) {
      const step = this.preparing.next();
      if (step.done === true) {
        this.preparing = null;
        return left;
      }
      left -= step.value;
    }
    return 0;
  }

  /** Finds what the query's clauses stand for in the next segment. Returns the budget left; done when `expanding` is null. */
  private expand(clauses: SegmentClauses, budget: number): number {
    this.expanding ??= this.beginSegment(clauses);
    for (let left = budget; left > 0;) {
      const step = this.expanding.next();
      if (step.done === true) {
        this.expanding = null;
        return left;
      }
      left -= step.value;
    }
    return 0;
  }

  /** What is done before the documents of a segment are looked at one by one. */
  private *beginSegment(clauses: SegmentClauses): Steps<void> {
    yield* clauses.expand(this.request.query, this.scoring !== null);
    yield* this.filters.expand(clauses);
    if (this.hits?.prepare !== undefined) yield* this.hits.prepare(this.segments[this.segment]!);
    this.filters.enterSegment(clauses);
    this.collectors = this.aggregations;
    if (this.aggregations.isEmpty) return;
    this.matched.shard = this.segments[this.segment]!.shard;
    this.aggregations.enterSegment(clauses.segment);
    if (this.matchesAll(clauses.live)) this.collectors = yield* this.aggregations.collectAll(clauses.segment);
  }

  /** Whether all that is asked of a segment is asked of every document in it, and none of them is a hit. */
  private matchesAll({ deleted }: LiveSegment): boolean {
    return this.request.query.kind === 'all' && deleted === null && this.hits === null;
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
    const { request, total, totalRelation, documents } = this;
    const result: SearchResult = { total, totalRelation, documents, hits: [], sources: [], aggregations: {} };
    this.budget.beginSending();
    const collected = this.hits?.hits() ?? [];
    const explains = request.explain === true && this.scoring !== null;
    const explanations = explains ? yield* explainHits(collected, request.query, this.scoring, this.caches) : [];
    const { from, until } = request.sourcesOf ?? everyRank;
    const highlighter = request.highlight === undefined ? null : new Highlighter(request.highlight, request.query);
    for (const [i, hit] of collected.entries()) {
      const { segment } = hit.searched.live;
      const highlight = highlighter && (yield* highlighter.highlight(sourceAt(segment.sources, hit.docId)));
      const told = { explanation: explanations[i], highlight: highlight ?? undefined };
      const isHeldBack = i < from || i >= until;
      result.hits.push(readHit(hit, told, isHeldBack));
      if (request.source !== false && !isHeldBack) {
        result.sources.push(readSource(segment.sources, hit.docId, request.source));
      }
      yield readingCost(hit, request, isHeldBack);
    }
    yield* this.aggregations.complete();
    return { ...result, aggregations: yield* this.aggregations.partialsAtTop(this.budget) };
  }

  private enterSegment(clauses: SegmentClauses): void {
    const searched = this.segments[this.segment]!;
    this.position = 0;
    const best = this.prune(clauses);
    if (best !== null) {
      this.hits?.enterSegment(searched, new EmptyIterator());
      this.search = best;
      return;
    }
    if (this.hits === null && !this.collectors.takesMatches) {
      this.search = new CountingSearch(clauses.counter(this.request.query));
      return;
    }
    const iterator = this.enterMatches(clauses);
    const sorted = this.skip(clauses, iterator);
    if (sorted !== null) this.search = sorted;
    else
      this.search =
        this.hits === null || this.collectors.takesMatches
          ? new AggregatingSearch(iterator, {
              ...this.aggregating(),
              hits: this.hits,
              collectBatch: this.collectMatches,
            })
          : new PlainSearch(iterator, this.hits);
  }

  /** Looks at all documents of the segment, where some aggregations are of them. */
  private enterEverything(clauses: SegmentClauses): void {
    this.position = 0;
    this.isOfEverything = true;
    const iterator = clauses.evaluate({ kind: 'all' }, this.scored && this.scoring);
    const collectBatch = this.collectEverything;
    this.search = new AggregatingSearch(iterator, { ...this.aggregating(), hits: null, collectBatch });
  }

  /**
   * How to look at the best only, where matches need not be counted or can be without looking at each; else null. Counts those that
   * are known.
   * @param matchesMax how many of the segment's matches may be among those not counted yet
   */
  private prune(clauses: SegmentClauses, matchesMax = Infinity): SegmentSearch | null {
    if (this.scoring === null || this.aggregations.takesMatches || !(this.hits instanceof TopScores)) return null;
    const pruned = clauses.prune(this.request.query, this.scoring);
    if (pruned === null) return null;
    const { search, exact, countsApart } = pruned;
    const matchesMin = Math.min(pruned.matchesMin, matchesMax);
    const { totalUpTo = Infinity } = this.request;
    const enough = this.counted || this.total + matchesMin > totalUpTo;
    if (!enough && !exact) {
      return countsApart ? new CountedBest(search, this.hits, clauses.counter(this.request.query)) : null;
    }
    this.total += matchesMin;
    this.counted = enough;
    if (!exact || matchesMax === 0) this.totalRelation = 'gte';
    return new BestOnly(search, this.hits);
  }

  private enterMatches(clauses: SegmentClauses): DocumentIterator {
    const iterator = clauses.evaluate(this.request.query, this.scoring);
    this.hits?.enterSegment(this.segments[this.segment]!, iterator);
    return iterator;
  }

  /** Whether documents of the segment that was entered may be passed over by their first sort key. */
  private get maySkip(): boolean {
    return !this.aggregations.takesMatches && this.hits instanceof TopSorted && this.hits.canSkip;
  }

  /**
   * How to pass over documents by their first sort key, where matches need not be counted or can be with less work; else null.
   * @param iterator of the matches in the segment that was entered
   */
  private skip(clauses: SegmentClauses, iterator: DocumentIterator): SegmentSearch | null {
    const { hits, counted } = this;
    if (!this.maySkip || !(hits instanceof TopSorted)) return null;
    const { query } = this.request;
    const counter = counted ? null : clauses.counter(query);
    if (counter !== null && counter.cost * countedApart > iterator.cost) return null;
    if (counted) this.totalRelation = 'gte';
    const matches = (): DocumentIterator => clauses.evaluate(query, null);
    if (this.position === 0) hits.seed({ cost: iterator.cost, matches });
    return new SortedBest(iterator, hits, counter);
  }

  /** From here on only the best documents matter. */
  private stopCounting(): void {
    this.counted = true;
    const clauses = this.clauses!;
    if (this.position === clauses.segment.documents) return;
    // Scores are read from the iterator that was entered last: another is entered only where it takes the place of this one.
    if (this.maySkip) this.search = this.skip(clauses, this.enterMatches(clauses)) ?? this.search;
    else this.search = this.prune(clauses, 0) ?? this.search;
  }

  /** Searches as much of the segment as the cost says the budget allows. Returns what was spent. */
  private searchWindow(budget: number): number {
    const { documents } = this.segments[this.segment]!.live.segment;
    const search = this.search!;
    const costPerDocument = search.cost / Math.max(documents, 1);
    const end = Math.min(documents, this.position + Math.max(1, Math.ceil(budget / costPerDocument)));
    const before = this.position;
    const workBefore = this.budget.work;
    if (end > before) {
      const matches = search.searchRange(before, end, workBefore + workPerDocument * budget);
      if (!this.isOfEverything) this.total += matches;
      this.position = search.position;
    }
    const spent = this.position - before;
    if (!this.counted && !this.isOfEverything && this.total > (this.request.totalUpTo ?? Infinity)) this.stopCounting();
    if (this.position === documents) this.leaveSearch();
    const worked = (this.budget.work - workBefore) / workPerDocument;
    return Math.ceil(Math.max(spent * costPerDocument, worked));
  }

  private leaveSearch(): void {
    if (this.aggregations.takesEverything && !this.isOfEverything) return this.enterEverything(this.clauses!);
    this.isOfEverything = false;
    this.search = null;
    this.clauses = null;
    this.segment++;
  }

  private aggregating(): Pick<Aggregating, 'budget' | 'scored' | 'batchSizeMax'> {
    const { segment } = this.segments[this.segment]!.live;
    const batchSizeMax = batchSizeIn(segment, this.request.aggregations);
    return { budget: this.budget, scored: this.scored, batchSizeMax };
  }

  private readonly collectMatches = (buckets: Uint32Array, docIds: Uint32Array, count: number): void =>
    this.collectors.collect(buckets, docIds, count);

  private readonly collectEverything = (buckets: Uint32Array, docIds: Uint32Array, count: number): void =>
    this.aggregations.collectEverything(buckets, docIds, count);
}

/** What reading a hit's source costs, in documents. */
function readingCost(
  { searched, docId }: CollectedHit,
  { source, highlight }: SearchRequest,
  isHeldBack: boolean,
): number {
  if ((source === false || isHeldBack) && highlight === undefined) return 1;
  if (source === true && highlight === undefined) return sourceCost;
  return readingCostOf(false, sourceAt(searched.live.segment.sources, docId).length);
}

/** Scores are computed only where hits are asked for and their order needs them, or where aggregations do. */
function makeScoring({ k, sort, aggregations, statistics, similarities }: SearchRequest): ScoringContext | null {
  const areHitsScored = k > 0 && sort.some((key) => key.by === 'score');
  if (!areHitsScored && !readsScores(aggregations)) return null;
  if (statistics === undefined) throw new Error('a search by score without statistics');
  return makeScoringContext(statistics, similarities);
}

/** A page after another is not pruned: bounds know the best, not where the page begins. */
function makeHitCollector({ k, sort, after }: SearchRequest): HitCollector | null {
  if (k === 0) return null;
  const [first] = sort;
  const byScore = sort.length === 1 && first?.by === 'score' && first.descending;
  return byScore && after === undefined ? new TopScores(k) : new TopSorted(sort, k, after ?? null);
}
