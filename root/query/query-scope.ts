import type { Query } from '../../shared/query/query.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { ClauseBudget } from './clause-budget.ts';
import type { LongLists } from './long-lists.ts';

/** For a query that is only validated now and read anew whenever it is asked: what it says of `now` is of then. */
export const anyTime = 0;

/** What a clause needs to know besides its own JSON. */
export interface QueryScope {
  readonly schema: IndexSchema;
  /** Shared by all clauses of the query. */
  readonly budget: ClauseBudget;
  /** What `now` stands for in dates, in milliseconds since 1970 UTC; undefined: nothing may say it. */
  readonly now: number | undefined;
  /** Clauses around this one. */
  readonly depth: number;
  /** Reads a query inside this clause, one level deeper. */
  readonly readNested: (node: RequestNode) => Query;
  /** The query of a list of so many values; see LongLists. */
  readonly readList: LongLists['add'];
}

/** Reads what stands under a clause's name. @throws SheafError with a pointer to the fault */
export type ReadClause = (node: RequestNode, scope: QueryScope) => Query;
