import { fieldsOf, type Query } from '../../shared/query/query.ts';
import type { Steps } from '../schedule/steps.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import type { BoundedTerm } from './bounded-term.ts';
import type { ClauseScope, Explainer } from './clause-kind.ts';
import { kindOf } from './clauses.ts';
import { LiveOnly } from './combine.ts';
import { iterateSet } from './document-set.ts';
import { expandFilter, expandQuery } from './expand-clauses.ts';
import { isSet, type Expansion } from './expansion.ts';
import { EmptyIterator, type DocumentIterator } from './iterator.ts';
import { MatchCounter } from './match-counter.ts';
import { pruneConstant } from './pruned-constant.ts';
import type { Prunable } from './pruned-search.ts';
import type { QueryCaches } from './query-caches.ts';

/**
 * The clauses of one query in one segment: first expanded in steps, then evaluated, pruned or explained. What was not
 * expanded is made at once, however long that takes. A field that the segment does not have has no values.
 *
 * Cost: a look-up a term, and what the clauses were not expanded to; the rest is paid as iterators move.
 */
export class SegmentClauses implements ClauseScope {
  readonly live: LiveSegment;
  readonly segment: Segment;
  readonly caches: QueryCaches;
  /** Most queries need none. */
  private expansions: Map<Query, Expansion | null> | null = null;

  constructor(live: LiveSegment, caches: QueryCaches) {
    this.live = live;
    this.segment = live.segment;
    this.caches = caches;
  }

  /** Finds in steps what evaluating the query would take long with at once. @param isScored whether scores are needed */
  expand(query: Query, isScored: boolean): Steps<void> {
    return expandQuery(this, query, isScored);
  }

  /** The same of a clause that only has to match, and may be remembered. */
  expandFilter(filter: Query): Steps<void> {
    return expandFilter(this, filter);
  }

  /** The live documents that match. @param scoring null where scores are not needed: `score()` then means nothing */
  evaluate(query: Query, scoring: ScoringContext | null): DocumentIterator {
    const iterator = this.iterate(query, scoring);
    return this.live.deleted === null ? iterator : new LiveOnly(iterator, this.live.deleted);
  }

  /** Counts the live documents that match. */
  counter(query: Query): MatchCounter {
    return new MatchCounter(this.iterate(query, null), this.live.deleted);
  }

  /** How to find the best documents of a query by bounds, or null where only the plain way leads there. */
  prune(query: Query, scoring: ScoringContext): Prunable | null {
    const kind = kindOf(query);
    if (kind.prune !== undefined) return kind.prune(this, query, scoring);
    // What need not be explained scores the same wherever it matches.
    return kind.explain === undefined ? pruneConstant(this, query, scoring) : null;
  }

  iterate(query: Query, scoring: ScoringContext | null): DocumentIterator {
    const expansion = this.expansionOf(query);
    if (expansion === null) return new EmptyIterator();
    // What only has to match may be remembered as a set, whatever its kind.
    if (scoring === null && expansion !== undefined && isSet(expansion)) {
      return iterateSet(expansion, this.segment.documents, 1);
    }
    return kindOf(query).iterate(this, query, scoring);
  }

  /**
   * Why a document scores what it scores: the slow twin of the scores, which names every number that goes into them. The
   * sums and products are those of the iterators, in their order, so the value is the score to the last bit.
   *
   * Cost: that of `iterate`, once; then an advance of every clause for each document.
   */
  explain(query: Query, scoring: ScoringContext): Explainer {
    return kindOf(query).explain?.(this, query, scoring) ?? this.explainConstant(query, scoring);
  }

  boundedTerm(query: Query, scoring: ScoringContext): BoundedTerm | 'none' | null {
    return kindOf(query).boundedTerm?.(this, query, scoring) ?? null;
  }

  isWeighed(query: Query): boolean {
    return kindOf(query).isWeighed === true;
  }

  expansionOf(query: Query): Expansion | null | undefined {
    return this.expansions?.get(query);
  }

  keepExpansion(query: Query, expansion: Expansion | null): void {
    (this.expansions ??= new Map()).set(query, expansion);
  }

  private explainConstant(query: Query, scoring: ScoringContext): Explainer {
    const iterator = this.iterate(query, scoring);
    const description = `${[query.kind, ...fieldsOf(query)].join(' ')}: a constant score`;
    return (docId) => (iterator.advance(docId, docId + 1) === docId ? { value: iterator.score(), description } : null);
  }
}
