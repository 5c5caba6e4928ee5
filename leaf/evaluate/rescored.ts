/** The documents of an iterator with other scores. */
import type { DocumentIterator } from './iterator.ts';

export abstract class Rescored implements DocumentIterator {
  readonly cost: number;
  protected readonly inner: DocumentIterator;

  constructor(inner: DocumentIterator) {
    this.inner = inner;
    this.cost = inner.cost;
  }

  get docId(): number {
    return this.inner.docId;
  }

  advance(target: number, end: number): number {
    return this.inner.advance(target, end);
  }

  abstract score(): number;
}

export class Boosted extends Rescored {
  private readonly boost: number;

  constructor(inner: DocumentIterator, boost: number) {
    super(inner);
    this.boost = boost;
  }

  override score(): number {
    return this.inner.score() * this.boost;
  }
}

export class ConstantScore extends Rescored {
  private readonly constant: number;

  constructor(inner: DocumentIterator, constant: number) {
    super(inner);
    this.constant = constant;
  }

  override score(): number {
    return this.constant;
  }
}

/** Scores of documents that another iterator has, too, are multiplied. */
export class Demoted extends Rescored {
  private readonly demoting: DocumentIterator;
  private readonly boost: number;

  constructor(inner: DocumentIterator, demoting: DocumentIterator, boost: number) {
    super(inner);
    this.demoting = demoting;
    this.boost = boost;
  }

  override score(): number {
    const { docId } = this.inner;
    const score = this.inner.score();
    return this.demoting.advance(docId, docId + 1) === docId ? score * this.boost : score;
  }
}
