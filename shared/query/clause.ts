/** What a kind of query says of itself, to everybody: leaves say besides how it is evaluated (leaf/evaluate/clause-kind.ts). */
import type { RequestNode } from '../json/request-node.ts';
import type { ColumnBounds } from '../protocol/columns-report.ts';
import type { Validator } from '../json/validators.ts';

/** What all queries have. */
export interface Clause {
  readonly kind: string;
}

/** How a clause takes part in the one that holds it: it scores, only has to match, or must not match. */
export type Role = 'scored' | 'filter' | 'excluded';

export interface Child<Inner> {
  readonly query: Inner;
  readonly role: Role;
}

/** Terms that stand one after the other. */
export interface SoughtPhrase {
  /** By slot: the terms that may stand there. */
  readonly slots: readonly ReadonlySet<string>[];
  /** By slot: its place in the phrase. */
  readonly places: readonly number[];
  readonly slop: number;
}

export type TermTest = (term: string) => boolean;

/** Is told what a clause looks for in fields, as Lucene's QueryVisitor is. */
export interface QueryVisitor {
  term(field: string, term: string): void;
  /** Terms that pass a test. @param makeTest called at most once, and only where the field matters */
  pattern(field: string, makeTest: () => TermTest): void;
  phrase(field: string, phrase: SoughtPhrase): void;
}

/** What is known of the values of a field of numbers. */
export type BoundsOf = (field: string) => ColumnBounds;

export type AddTerm = (field: string, term: string) => void;

/**
 * What a kind is. Whatever is left out it has not: no children, no terms that score, nothing to look for, no field.
 *
 * @typeParam Inner the queries it holds
 */
export interface ClauseDefinition<C extends Clause, Inner extends Clause = Clause> {
  /** Validates a clause of a task, whose kind is known. @param inner validates a query in it, one level deeper */
  validate(node: RequestNode, inner: Validator): unknown;
  /** The queries it holds, in the order in which their scores add. */
  children?(clause: C): readonly Child<Inner>[];
  /** Adds the terms whose document frequencies its score needs, its children's aside. */
  addScoringTerms?(clause: C, add: AddTerm): void;
  /** Tells what it looks for, its children aside. */
  visit?(clause: C, visitor: QueryVisitor): void;
  /** The fields that it names, its children aside. */
  fields?(clause: C): readonly string[];
  /**
   * Whether leaves may tell of a shard that nothing in it matches before they look at documents (leaf/evaluate/clause-kind.ts:
   * `mayMatch`). @param inner the same of a query that the clause holds
   */
  mayExclude?(clause: C, inner: (query: Inner) => boolean): boolean;
  /**
   * Whether documents may match whose values are within bounds; false only where none can. Left out where bounds tell nothing.
   * @param inner the same of a query that the clause holds
   */
  mayMatchWithin?(clause: C, boundsOf: BoundsOf, inner: (query: Inner) => boolean): boolean;
  /** What callers call it, where that is not its kind. */
  readonly calledAs?: string;
}

/** The field of a clause on one. */
export function ownField(clause: { readonly field: string }): readonly string[] {
  return [clause.field];
}
