/** What a term index cannot answer, said before anything is asked of it. Pure. */
import { SheafError } from '../../shared/errors.ts';
import { definitionOf, fieldsOf, type Query } from '../../shared/query/query.ts';
import type { SearchRequest } from '../../shared/query/request.ts';

const kind = 'term';

/** Properties of a request, as callers call them, that need what only documents as a whole have. */
const unservedOptions: ReadonlyMap<string, string> = new Map([
  ['after', 'search_after'],
  ['highlight', 'highlight'],
  ['explain', 'explain'],
  ['at', 'at'],
]);

/** @throws SheafError INDEX_KIND_WRONG where the request asks for more than documents by score or in the order of the log */
export function refuseUnserved(request: SearchRequest): void {
  if (Object.keys(request.aggregations).length > 0) throw unfit('/aggs', { asked: 'aggregations' });
  for (const [name, value] of Object.entries(request)) {
    const asked = unservedOptions.get(name);
    if (asked !== undefined && value !== undefined && value !== false) throw unfit(`/${asked}`, { asked });
  }
  const key = request.sort.find(({ by }) => by === 'field');
  if (key?.by === 'field') throw unfit('/sort', { asked: 'sorting by a field', field: key.field });
}

export function refuseClause(query: Query): SheafError {
  const { calledAs = query.kind } = definitionOf(query.kind);
  const [field] = fieldsOf(query);
  return unfit('/query', { asked: calledAs, ...(field === undefined ? {} : { field }) });
}

function unfit(at: string, detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('INDEX_KIND_WRONG', { at, detail: { kind, ...detail } });
}
