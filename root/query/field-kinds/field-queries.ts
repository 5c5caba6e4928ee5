import type { Query } from '../../../shared/query/query.ts';
import type { Reading } from '../long-lists.ts';
import type { Bounds, Operand } from '../operand.ts';

/**
 * The queries that look values of one kind of field up. What is asked is written as JSON, never coerced. Each throws the
 * fault of the first operand that its kind does not take.
 */
export interface FieldQueries {
  /** Documents with exactly this value, or with one of those it stands for. */
  exact(this: void, field: string, operand: Operand): Query;
  /** Queries that together match the documents with any of these values, each with the score 1; none where nothing can match. In steps: there may be many. */
  anyOf(this: void, field: string, operands: Iterable<Operand>): Reading<Query[]>;
  /** Documents with a value between bounds. Asked only of kinds whose values are ordered. */
  range(this: void, field: string, bounds: Bounds): Query;
}
