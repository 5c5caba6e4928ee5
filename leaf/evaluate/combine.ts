/** Iterators made of iterators. */
import { hasBit } from '../columns/bitset.ts';
import {
  fillWith,
  markWith,
  noMoreDocuments,
  ResumingIterator,
  retainWith,
  type MarkedRange,
  type Wanted,
} from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';

/** Documents that any clause matches. Scores add in the order written. At least one clause. */
export class Union extends ResumingIterator {
  override readonly cost: number;
  private readonly clauses: readonly DocumentIterator[];

  constructor(clauses: readonly DocumentIterator[]) {
    super();
    this.clauses = clauses;
    this.cost = clauses.reduce((sum, clause) => sum + clause.cost, 0);
  }

  protected override find(target: number, end: number): number {
    const { clauses } = this;
    let least = noMoreDocuments;
    for (let i = 0; i < clauses.length; i++) {
      const docId = clauses[i]!.advance(target, end);
      if (docId < least) least = docId;
    }
    return least;
  }

  mark(into: Uint32Array, range: MarkedRange): void {
    const { clauses } = this;
    for (let i = 0; i < clauses.length; i++) markWith(clauses[i]!, into, range);
  }

  override score(): number {
    const { clauses, docId } = this;
    let sum = 0;
    for (let i = 0; i < clauses.length; i++) if (clauses[i]!.docId === docId) sum += clauses[i]!.score();
    return sum;
  }
}

/**
 * Documents that every clause matches. The cheapest clause leads, the others are asked of its documents only. At
 * least one clause. Scores nothing: see Scored.
 */
export class Intersection extends ResumingIterator {
  override readonly cost: number;
  private readonly lead: DocumentIterator;
  private readonly others: readonly DocumentIterator[];

  constructor(clauses: readonly DocumentIterator[]) {
    super();
    const [lead, ...others] = clauses.toSorted((a, b) => a.cost - b.cost);
    this.lead = lead!;
    this.others = others;
    this.cost = lead!.cost;
  }

  protected override find(target: number, end: number): number {
    const { lead } = this;
    let docId = lead.advance(target, end);
    while (docId < end) {
      const next = this.nextCandidate(docId);
      if (next === docId) break;
      if (next >= end) {
        docId = next;
        break;
      }
      docId = lead.advance(next, end);
    }
    return docId;
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const { lead, others } = this;
    for (let next = Math.max(target, this.docId); next < end;) {
      let kept = fillWith(lead, into, { target: next, end, countMax });
      if (kept === 0) return 0;
      next = into[kept - 1]! + 1;
      for (let i = 0; i < others.length && kept > 0; i++) kept = retainWith(others[i]!, into, kept);
      this.goOn(next);
      if (kept > 0) return kept;
    }
    return 0;
  }

  /** The document itself if all others match it, else a later one before which none can match. */
  private nextCandidate(docId: number): number {
    const { others } = this;
    for (let i = 0; i < others.length; i++) {
      const found = others[i]!.advance(docId, docId + 1);
      if (found !== docId) return found;
    }
    return docId;
  }

  override score(): number {
    return 0;
  }
}

/** Documents of one iterator that another does not match. */
export class Exclusion extends ResumingIterator {
  override readonly cost: number;
  private readonly included: DocumentIterator;
  private readonly excluded: DocumentIterator;

  constructor(included: DocumentIterator, excluded: DocumentIterator) {
    super();
    this.included = included;
    this.excluded = excluded;
    this.cost = included.cost;
  }

  protected override find(target: number, end: number): number {
    let docId = this.included.advance(target, end);
    while (docId < end && this.excluded.advance(docId, docId + 1) === docId) {
      // Past the end there is nothing to ask: `docId + 1` is a bound as good as any.
      docId = docId + 1 < end ? this.included.advance(docId + 1, end) : docId + 1;
    }
    return docId;
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const { included, excluded } = this;
    for (let next = Math.max(target, this.docId); next < end;) {
      const found = fillWith(included, into, { target: next, end, countMax });
      if (found === 0) return 0;
      next = into[found - 1]! + 1;
      let kept = 0;
      for (let i = 0; i < found; i++) {
        const docId = into[i]!;
        if (excluded.advance(docId, docId + 1) !== docId) into[kept++] = docId;
      }
      this.goOn(next);
      if (kept > 0) return kept;
    }
    return 0;
  }

  override score(): number {
    return this.included.score();
  }
}

/**
 * Documents of one iterator, with the scores of clauses that may or may not match them. Scores add in the order
 * written. Clauses that `matching` moves as well may be among them: asked again they say the same.
 */
export class Scored implements DocumentIterator {
  readonly cost: number;
  private readonly matching: DocumentIterator;
  private readonly clauses: readonly DocumentIterator[];

  constructor(matching: DocumentIterator, clauses: readonly DocumentIterator[]) {
    this.matching = matching;
    this.clauses = clauses;
    this.cost = matching.cost;
  }

  get docId(): number {
    return this.matching.docId;
  }

  advance(target: number, end: number): number {
    return this.matching.advance(target, end);
  }

  score(): number {
    const { clauses } = this;
    const docId = this.matching.docId;
    let sum = 0;
    for (let i = 0; i < clauses.length; i++) {
      const clause = clauses[i]!;
      if (clause.advance(docId, docId + 1) === docId) sum += clause.score();
    }
    return sum;
  }
}

/** Documents of an iterator that are not deleted. */
export class LiveOnly extends ResumingIterator {
  override readonly cost: number;
  private readonly inner: DocumentIterator;
  private readonly deleted: Uint32Array;

  constructor(inner: DocumentIterator, deleted: Uint32Array) {
    super();
    this.inner = inner;
    this.deleted = deleted;
    this.cost = inner.cost;
  }

  protected override find(target: number, end: number): number {
    let docId = this.inner.advance(target, end);
    while (docId < end && hasBit(this.deleted, docId)) {
      docId = docId + 1 < end ? this.inner.advance(docId + 1, end) : docId + 1;
    }
    return docId;
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const { inner, deleted } = this;
    for (let next = target; next < end;) {
      const found = fillWith(inner, into, { target: next, end, countMax });
      if (found === 0) return 0;
      next = into[found - 1]! + 1;
      let live = 0;
      for (let i = 0; i < found; i++) if (!hasBit(deleted, into[i]!)) into[live++] = into[i]!;
      if (live > 0) return live;
    }
    return 0;
  }

  override score(): number {
    return this.inner.score();
  }
}
