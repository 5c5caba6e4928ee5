/** The caller's words, read by the schema of each index that a search names. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { NamedIndex } from '../catalog/indexes-under.ts';
import { requireOperation, type RootKinds } from '../kinds/root-kind.ts';
import type { SearchAsk } from '../search-ask.ts';
import { requireAlike, type ReadSearch } from './alike.ts';
import { partsOfReads, partsOfWrites } from './split-token.ts';
import { withFilters } from './with-filters.ts';

/** Schemas do not change: another one is another object. */
const written = new WeakMap<IndexSchema, string>();

/**
 * A request for each index, which mean the same in all. Cost: one reading for each of the schemas and filters that differ.
 * @param read the caller's words
 * @throws SheafError what reading throws, with the index in its detail; SEARCH_INDEXES_DIFFER, SEARCH_INDEXES_REFUSED,
 *   SEARCH_INDEXES_TOO_MANY, TOKEN_INVALID, INDEX_RESTORED
 */
export function readEach(
  kinds: RootKinds,
  { token, now }: Pick<SearchAsk, 'token' | 'now'>,
  named: readonly NamedIndex[],
  read: (index: IndexDefinition) => SearchRequest,
): ReadSearch[] {
  const asRead = makeOnce<SearchRequest>();
  const searches = named.map(({ index }): ReadSearch => {
    if (!kinds[index.kind].joins) throw refused(`an index of kind ${index.kind}, such as ${index.name}`);
    const request = asRead([index.kind, writtenOf(index.schema)], () => ofIndex(index, () => read(index)));
    if (request.routing !== undefined) requireOperation(kinds, index, 'route');
    return { index, request };
  });
  const first = searches[0]!;
  requireJoinable(first.request, searches.length);
  for (const other of searches) requireAlike(first, other);
  // Only then: what filters let through may differ from index to index, and is part of what is asked of it.
  const filtered = makeOnce<SearchRequest>();
  const each = searches.map(({ index, request }, i): ReadSearch => {
    const { filters } = named[i]!;
    const words = [index.kind, writtenOf(index.schema), JSON.stringify(filters)];
    const make = (): SearchRequest =>
      ofIndex(index, () => withFilters(request, filters, { schema: index.schema, now }));
    return { index, request: filtered(words, make) };
  });
  return withTokens(each, token);
}

/** Makes what is named but once. */
function makeOnce<T>(): (names: readonly string[], make: () => T) => T {
  const made = new Map<string, T>();
  return (names, make) => {
    const name = JSON.stringify(names);
    let known = made.get(name);
    if (known === undefined) made.set(name, (known = make()));
    return known;
  };
}

function writtenOf(schema: IndexSchema): string {
  let text = written.get(schema);
  if (text === undefined) written.set(schema, (text = JSON.stringify(schema)));
  return text;
}

/** An error says of which index it is: of the others the words may be right. */
function ofIndex<T>({ name }: IndexDefinition, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SheafError)) throw error;
    const at = error.at === undefined ? {} : { at: error.at };
    throw new SheafError(error.code, { ...at, detail: { ...error.detail, index: name }, cause: error });
  }
}

/** Places and states are of one index. */
function requireJoinable({ at, after, sort, from, size }: SearchRequest, count: number): void {
  if (at !== undefined) throw refused('at: a state is that of one index');
  if (after !== undefined && (after.place !== undefined || sort.some(({ by }) => by === 'position'))) {
    throw refused('search_after with the place of a hit: a place is in one index');
  }
  const hits = (from + size) * count;
  if (hits <= limits.searchIndexesHitsMax) return;
  const reason = 'from + size, times the indexes';
  throw new SheafError('SEARCH_INDEXES_TOO_MANY', {
    detail: { reason, limit: limits.searchIndexesHitsMax, actual: hits, indexes: count },
  });
}

function refused(what: string): SheafError {
  return new SheafError('SEARCH_INDEXES_REFUSED', { detail: { what } });
}

/** To each index what the tokens say of it. What was read of an index that is not searched now is of no matter. */
function withTokens(searches: readonly ReadSearch[], header: string | undefined): ReadSearch[] {
  const { token } = searches[0]!.request;
  if (token === undefined && header === undefined) return [...searches];
  const indexes = searches.map(({ index }) => index);
  const writes = token === undefined ? null : partsOfWrites(token, indexes);
  const reads = header === undefined ? null : partsOfReads(header, indexes);
  return searches.map(({ index, request }) => {
    const readToken = reads?.get(index.id);
    const own = { ...request, token: writes?.get(index.id) };
    return { index, request: readToken === undefined ? own : { ...own, readToken } };
  });
}
