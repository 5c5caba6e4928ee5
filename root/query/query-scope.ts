import type { Query } from '../../shared/query/query.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { ClauseBudget } from './clause-budget.ts';
import type { LongLists } from './long-lists.ts';

/** What a clause needs to know besides its own JSON. */
export interface QueryScope {
  readonly schema: IndexSchema;
  /** Shared by all clauses of the query. */
  readonly budget: ClauseBudget;
  /** Clauses around this one. */
  readonly depth: number;
  /** Reads a query inside this clause, one level deeper. */
  readonly readNested: (node: RequestNode) => Query;
  /** The query of a list of so many values; see LongLists. */
  readonly readList: LongLists['add'];
}

/** Reads what stands under a clause's name. @throws SheafError with a pointer to the fault */
export type ReadClause = (node: RequestNode, scope: QueryScope) => Query;
