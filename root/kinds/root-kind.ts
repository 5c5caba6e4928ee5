/** What a kind of index is to a root. The stages are handed the table of kinds; none of them knows which kinds there are. */
import type { AggregationPartials, FinishOptions } from '../../shared/aggregation/definition.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { SearchRun } from '../plan/search-run.ts';
import type { BodyEntries } from '../route/body-entries.ts';

/** What a caller can ask of an index besides a search. */
export type IndexOperation =
  | 'getDocument'
  | 'putDocument'
  /** Laying a part over what is there. */
  | 'changeDocument'
  | 'deleteDocument'
  /** Writing documents under keys that the caller says, many at once. */
  | 'putKeyed'
  /** Saying what came of each write. */
  | 'tellOutcomes'
  /** A routing in place of the key. */
  | 'route'
  | 'count'
  | 'readRows';

export interface RootKind {
  /** Whether one search may be of several indexes of the kind. */
  readonly joins: boolean;
  /** Whether leaves can tell in which of its shards nothing matches; see several/skip-shards.ts. */
  readonly skips: boolean;
  /** Hits of a search that does not say how many; null where that is as for most. */
  readonly sizeDefault: number | null;
  /**
   * The search that leaves are asked for what the caller asked, before anything else is done about it.
   * @throws SheafError INDEX_KIND_WRONG
   */
  readonly prepare: (index: IndexDefinition, request: SearchRequest) => SearchRequest;
  /**
   * All stages of a search.
   * @throws SheafError COVERAGE_TOO_LOW, INDEX_KIND_WRONG, or the request's own error; `signal.reason` when the caller left
   */
  readonly search: (run: SearchRun) => Promise<SearchAnswer>;
  /**
   * What the caller sees of the aggregations, some buckets a step.
   * @param request as the caller wrote it
   * @param found what leaves answered to what `prepare` made of it
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID, SUM_TOO_LARGE
   */
  readonly finish: (
    index: IndexDefinition,
    request: SearchRequest,
    found: FoundAggregations,
  ) => Steps<Readonly<Record<string, unknown>>>;
  readonly entriesOf: (index: IndexDefinition) => BodyEntries;
  /** Why an operation is refused; null where it is not. */
  readonly refusals: { readonly [O in IndexOperation]: Refusal | null };
}

export interface FoundAggregations extends Pick<
  FinishOptions,
  'isComplete' | 'missing' | 'rounds' | 'budget' | 'parts'
> {
  /** Merged. */
  readonly partials: AggregationPartials;
  /** All that were searched, where they are several. */
  readonly indexes?: readonly IndexDefinition[];
}

export type Refusal = (index: IndexDefinition) => SheafError;

export type RootKinds = { readonly [K in IndexKind]: RootKind };

/** @throws SheafError INDEX_KIND_WRONG, INDEX_APPEND_ONLY */
export function requireOperation(kinds: RootKinds, index: IndexDefinition, operation: IndexOperation): void {
  const refusal = kinds[index.kind].refusals[operation];
  if (refusal !== null) throw refusal(index);
}
