/** The engine of a leaf, in process: one shard, in the segments that its writer would leave. */
import type { Statistics } from '../../shared/ranking/statistics.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { SearchRun, type SearchResult } from '../../leaf/collect/search-run.ts';
import { shardPendingBytesMax } from '../../leaf/indexing/choose-work.ts';
import { mergeSegments } from '../../leaf/merge/merge.ts';
import { chooseMerge, chooseSettlingMerge } from '../../leaf/merge/policy.ts';
import { countStatistics } from '../../leaf/score/statistics.ts';
import { buildSegment } from '../../leaf/segment/build.ts';
import type { SegmentDocument } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { emptySnapshot, liveSegment, makeSnapshot, withDeleted } from '../../leaf/snapshot/snapshot.ts';
import type { LiveSegment, Snapshot } from '../../leaf/snapshot/snapshot.ts';
import type { Contestant, RankedHit } from './contestant.ts';
import type { ClauseQuery, EngineQuery } from './queries.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

const field = 'body';
const fields: readonly IndexedField[] = [{ name: field, path: field, kind: 'text' }];
const encoder = new TextEncoder();

export class SheafEngine implements Contestant {
  readonly name = 'Sheaf';
  private snapshot = emptySnapshot;
  private readonly caches = new QueryCaches();
  private diminished: Snapshot | null = null;
  private segments: LiveSegment[] = [];
  private statistics: ReadonlyMap<ClauseQuery, Statistics> = new Map();

  get segmentCount(): number {
    return this.segments.length;
  }

  build(texts: readonly string[]): void {
    let batch: SegmentDocument[] = [];
    let batchBytes = 0;
    for (const [at, text] of texts.entries()) {
      const source = encoder.encode(JSON.stringify({ [field]: text }));
      batch.push({ key: String(at), offset: at, source });
      batchBytes += source.length;
      if (batchBytes < shardPendingBytesMax && at + 1 < texts.length) continue;
      this.segments.push(liveSegment(openSegment(buildSegment(fields, batch))));
      batch = [];
      batchBytes = 0;
      this.merge();
    }
    this.merge(chooseSettlingMerge);
    this.snapshot = makeSnapshot(this.segments, texts.length - 1);
  }

  private merge(choose = chooseMerge): void {
    for (;;) {
      const chosen = choose(
        this.segments.map(({ segment, liveCount }) => {
          return { documents: segment.documents, sizeBytes: segment.sizeBytes, live: liveCount };
        }),
      );
      if (chosen === null) return;
      const inputs = chosen.map((at) => this.segments[at]!);
      const merged = liveSegment(openSegment(mergeSegments(fields, inputs).buffer));
      this.segments.splice(chosen[0]!, chosen.length, merged);
    }
  }

  /** Document frequencies come with a task: the root has them before a leaf is asked. */
  prepare(queries: readonly ClauseQuery[]): void {
    this.statistics = new Map(
      queries.map((query) => {
        const asked = toQuery(query);
        return [query, countStatistics(this.snapshot, scoringTerms(asked))];
      }),
    );
  }

  /** No rival counts what matches. */
  search(query: EngineQuery, k: number): RankedHit[] {
    return this.find(query, { k, isCounted: false, isDiminished: false }).hits;
  }

  /** How many documents match. @param k so many hits are found beside that @param isDiminished where every twentieth is deleted */
  count(query: EngineQuery, k: number, isDiminished: boolean): number {
    return this.find(query, { k, isCounted: true, isDiminished }).total;
  }

  find(query: ClauseQuery, { k, isCounted, isDiminished }: Asked): { hits: RankedHit[]; total: number } {
    const snapshot = isDiminished ? (this.diminished ??= diminish(this.snapshot)) : this.snapshot;
    const { hits, total } = this.run(query, { k, totalUpTo: isCounted ? Infinity : 0, snapshot });
    return { hits: hits.map(({ offset, score }) => ({ document: offset, score: score! })), total };
  }

  private run(query: ClauseQuery, { k, totalUpTo, snapshot }: Limits): SearchResult {
    const run = new SearchRun(
      {
        query: toQuery(query),
        statistics: this.statistics.get(query)!,
        k,
        sort: [{ by: 'score', descending: true }],
        source: false,
        aggregations: {},
        totalUpTo,
      },
      [{ shard: 0, snapshot }],
      this.caches,
    );
    while (!run.step(documentsOfStep));
    return run.result();
  }

  indexBytes(): number {
    return this.segments.reduce((sum, { segment }) => sum + segment.sizeBytes, 0);
  }
}

export interface Asked {
  readonly k: number;
  /** Whether all matches are counted. */
  readonly isCounted: boolean;
  /** Whether every twentieth document is deleted. */
  readonly isDiminished: boolean;
}

interface Limits {
  readonly k: number;
  readonly totalUpTo: number;
  readonly snapshot: Snapshot;
}

/** Of so many documents the first is deleted. */
export const deletedOneOf = 20;

/** Without every twentieth document of the corpus. */
function diminish({ segments, offset }: Snapshot): Snapshot {
  const less = segments.map((live) => {
    const deleted = [...live.segment.offsets.keys()].filter(
      (docId) => live.segment.offsets[docId]! % deletedOneOf === 0,
    );
    return withDeleted(live, deleted);
  });
  return makeSnapshot(less, offset);
}

/** Documents between two looks at the clock, as a leaf's task takes them. */
const documentsOfStep = 16_384;

function toQuery({ kind, terms }: ClauseQuery): Query {
  const queries = terms.map((term): Query => ({ kind: 'term', field, term }));
  switch (kind) {
    case 'term':
      return queries[0]!;
    case 'and':
      return { kind: 'bool', must: queries, should: [], filter: [], mustNot: [] };
    case 'must, should':
      return { kind: 'bool', must: queries.slice(0, 1), should: queries.slice(1), filter: [], mustNot: [] };
    case 'negation':
      return { kind: 'bool', must: queries.slice(0, 1), should: [], filter: [], mustNot: queries.slice(1) };
    case 'or':
      return { kind: 'bool', must: [], should: queries, filter: [], mustNot: [] };
    case 'phrase':
      return { kind: 'phrase', field, terms, slop: 0 };
  }
}
