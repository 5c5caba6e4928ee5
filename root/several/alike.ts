/** Whether a search means the same in two indexes, as far as their answers are merged. Pure. */
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { fieldsOfAggregation } from '../../shared/aggregation/fields-of.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { findField } from '../../shared/schema/find-field.ts';

export interface ReadSearch {
  readonly index: IndexDefinition;
  readonly request: SearchRequest;
}

/** @throws SheafError SEARCH_INDEXES_DIFFER, which names the index that differs from the first */
export function requireAlike(first: ReadSearch, other: ReadSearch): void {
  for (const name of fieldsMerged(first.request)) {
    const expected = findField(first.index.schema, name)?.kind;
    const kind = findField(other.index.schema, name)?.kind;
    if (kind !== expected) throw differs(first, other, { field: name, kind, expected });
  }
  if (!isSame(first.request.sort, other.request.sort)) throw differs(first, other, { at: '/sort' });
  if (!isSame(first.request.aggregations, other.request.aggregations)) throw differs(first, other, { at: '/aggs' });
}

/** Of the sort and the aggregations: what is only looked for may be of another kind in each index. */
function fieldsMerged({ sort, aggregations }: SearchRequest): string[] {
  return [...sort.flatMap((key) => (key.by === 'field' ? [key.field] : [])), ...fieldsAggregated(aggregations)];
}

function fieldsAggregated(aggregations: AggregationRequests): string[] {
  return Object.values(aggregations).flatMap((each) => [
    ...fieldsOfAggregation(each),
    ...('aggregations' in each ? fieldsAggregated(each.aggregations) : []),
  ]);
}

function differs(first: ReadSearch, { index }: ReadSearch, how: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('SEARCH_INDEXES_DIFFER', { detail: { index: index.name, from: first.index.name, ...how } });
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
