import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import type { MatchOptions } from '../clauses/match-text.ts';
import type { QueryScope } from '../query-scope.ts';

export interface BoostedField {
  readonly field: IndexedField;
  readonly boost: number;
}

export interface MultiMatchText {
  readonly textNode: RequestNode;
  /** The clause. */
  readonly node: RequestNode;
  readonly scope: QueryScope;
  readonly options: MatchOptions;
  readonly slop: number;
  /** The share that counts of all scores but the best. */
  readonly tieBreaker: number;
}
