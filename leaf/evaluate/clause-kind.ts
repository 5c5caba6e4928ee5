/** What a kind of query is on a leaf: how its documents are found in a segment, and what more it can. */
import type { Query } from '../../shared/query/query.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Steps } from '../schedule/steps.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import type { BoundedTerm } from './bounded-term.ts';
import type { Expansion } from './expansion.ts';
import type { DocumentIterator } from './iterator.ts';
import type { Prunable } from './pruned-search.ts';
import type { QueryCaches } from './query-caches.ts';

/** Explains a document of one segment, null where it does not match. To be asked of ascending documents. */
export type Explainer = (docId: number) => Explanation | null;

/** The clauses of one query in one segment, as a clause sees them that is made of others. */
export interface ClauseScope {
  readonly live: LiveSegment;
  readonly segment: Segment;
  readonly caches: QueryCaches;
  /** The documents of a clause, deleted ones included. @param scoring null where it only has to match */
  iterate(query: Query, scoring: ScoringContext | null): DocumentIterator;
  explain(query: Query, scoring: ScoringContext): Explainer;
  /** See ClauseKind. */
  boundedTerm(query: Query, scoring: ScoringContext): BoundedTerm | 'none' | null;
  /** See ClauseKind. */
  prune(query: Query, scoring: ScoringContext): Prunable | null;
  /** Whether it scores by the weights of its terms and nothing else besides the document. */
  isWeighed(query: Query): boolean;
  /** What a clause was expanded to: null where that is no document, undefined where it was not. */
  expansionOf(query: Query): Expansion | null | undefined;
}

/** Whatever is left out it cannot, or need not. */
export interface ClauseKind<Q extends Query> {
  /** Its documents, deleted ones included. @param scoring null where scores are not needed: `score()` then means nothing */
  iterate(scope: ClauseScope, query: Q, scoring: ScoringContext | null): DocumentIterator;
  /**
   * Finds in steps, before the segment is entered, what would take `iterate` long: the documents of many terms or keys.
   * Null where there are none, undefined where it would not take long. What its children need they find themselves.
   *
   * @param isScored whether scores are needed
   */
  expand?(scope: ClauseScope, query: Q, isScored: boolean): Steps<Expansion | null | undefined>;
  /** Left out where every match scores the same. */
  explain?(scope: ClauseScope, query: Q, scoring: ScoringContext): Explainer;
  /**
   * How to find its best documents by bounds, null where only the plain way leads there. Need not be there where every match scores
   * the same.
   */
  prune?(scope: ClauseScope, query: Q, scoring: ScoringContext): Prunable | null;
  /** The clause as a term of a text with bounds, where it is one; `none` where nothing matches, null where it is not one. */
  boundedTerm?(scope: ClauseScope, query: Q, scoring: ScoringContext): BoundedTerm | 'none' | null;
  /**
   * Whether the segment may have documents that match, by what is known of its columns and dictionaries; false only where it has
   * none. Cost: a look-up a term, no document. @param inner the same of a query that the clause holds
   */
  mayMatch?(segment: Segment, query: Q, inner: (query: Query) => boolean): boolean;
  /** Whether it scores by the weights of its terms and nothing else besides the document, so that these can be boosted. */
  readonly isWeighed?: true;
  /** False where a filter is found again as soon as remembered: see filter-cache.ts. */
  readonly isCacheable?: false;
}
