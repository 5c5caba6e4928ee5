/**
 * A search from the caller's words to what the caller sees, by whatever way it came: the index is looked up, the words are
 * read and prepared, the search is let in, runs, is traced and counted. What is left to whoever calls is to carry the
 * answer. One that names several indexes goes its own way: see several/.
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import { SheafError } from '../shared/errors.ts';
import type { SearchRequest } from '../shared/query/request.ts';
import { shareWritten } from '../shared/transport/frame.ts';
import { findIndexes, type NamedIndex } from './catalog/indexes-under.ts';
import { finishAnswer } from './gather/finish-answer.ts';
import { requireOperation } from './kinds/root-kind.ts';
import { runAdmitted } from './plan/admitted.ts';
import { isDeep, pageOf, usualHolding } from './plan/hold-sources.ts';
import { inTime, runInSlices } from './plan/run-in-slices.ts';
import { lateLists, LongLists } from './query/long-lists.ts';
import { tokenHeader } from './route/token.ts';
import { search } from './search.ts';
import {
  beginTrace,
  endAnswered,
  endFailed,
  type FoundSearch,
  type SearchAsk,
  type SearchServices,
} from './search-ask.ts';
import { nothingFound } from './several/nothing-found.ts';
import { runSeveral } from './several/run-several.ts';
import { tokenOfIndex } from './several/split-token.ts';
import { withFilters } from './several/with-filters.ts';

/**
 * Only a search that could be read is counted and traced.
 * @throws SheafError INDEX_NOT_FOUND, LOG_UNAVAILABLE, what `read` and the kind of the index throw, OVERLOADED,
 *   COVERAGE_TOO_LOW, TOKEN_INVALID, PIN_INVALID, SEARCH_INDEXES_…; the reason of the signal after it was aborted
 */
export async function runSearch(root: SearchServices, ask: SearchAsk): Promise<FoundSearch> {
  const index = root.catalog.findKnown(ask.index);
  if (index !== undefined) return await runOne(root, ask, index);
  for (;;) {
    const named = await findIndexes(root.catalog, ask.index, ask.findMs);
    try {
      return await runNamed(root, ask, named);
    } catch (error) {
      // What is deleted meanwhile is no longer named: the others are searched in what is left of the time.
      const isCut = error instanceof SheafError && error.code === 'COVERAGE_TOO_LOW';
      const { state } = root.catalog;
      if (!isCut || named.every(({ index: each }) => state.indexes.get(each.name)?.id === each.id)) throw error;
    }
  }
}

async function runNamed(root: SearchServices, ask: SearchAsk, named: readonly NamedIndex[]): Promise<FoundSearch> {
  if (named.length > 1) return await runSeveral(root, ask, named);
  return named[0] === undefined
    ? nothingFound(root, ask)
    : await runOne(root, throughAlias(ask, named[0]), named[0].index);
}

/** What was read through an alias or a pattern may have been of other indexes, too. */
function throughAlias(ask: SearchAsk, { index, filters }: NamedIndex): SearchAsk {
  if (index.name === ask.index) return ask;
  const { token } = ask;
  return {
    ...ask,
    token: token === undefined ? undefined : tokenOfIndex(token, index),
    read: (schema, defaults) => withFilters(ask.read(schema, defaults), filters, { schema, now: ask.now }),
  };
}

async function runOne(root: SearchServices, ask: SearchAsk, index: IndexDefinition): Promise<FoundSearch> {
  const { config } = root;
  const { arrivedAt, signal } = ask;
  const { sizeDefault, prepare } = root.kinds[index.kind];
  const longLists = new LongLists();
  const read = ask.read(index.schema, { timeoutMsMax: config.timeoutMsMax, sizeDefault, longLists });
  const request = withToken(read, ask.token);
  if (request.routing !== undefined) requireOperation(root.kinds, index, 'route');
  const { priority = 'interactive', timeoutMs = config.timeoutMs } = request;
  if (!longLists.isEmpty) {
    await runInSlices(root, longLists.read(), { ...inTime({ arrivedAt, timeoutMs }, lateLists), signal });
    shareWritten(request.query);
  }
  const prepared = prepare(index, request);
  const trace = beginTrace(root, ask);
  try {
    await root.newShards.wait(root, { index, hasToken: request.token !== undefined, arrivedAt, timeoutMs, signal });
    const isDeepPage = isDeep(pageOf(request), usualHolding);
    const answer = await runAdmitted(root, { indexes: [index], priority, timeoutMs, isDeep: isDeepPage }, () =>
      search(root, config, index, prepared, { arrivedAt, signal, trace }),
    );
    const finished = await finishAnswer(
      root,
      { index, request, aggregations: prepared.aggregations, answer },
      { arrivedAt, timeoutMs, signal, trace },
    );
    endAnswered(root, finished.answer, trace);
    return { index, isOfSeveral: false, request, ...finished };
  } catch (error) {
    endFailed(root, error, signal, trace);
    throw error;
  }
}

/** The request with what its caller has read before, beside the write that it names. */
function withToken(request: SearchRequest, header: string | undefined): SearchRequest {
  if (header === undefined) return request;
  if (typeof request.at === 'string') {
    const detail = { expected: 'none beside at, whose state is what it is' };
    throw new SheafError('REQUEST_VALUE_INVALID', { at: tokenHeader, detail });
  }
  return { ...request, readToken: header };
}
