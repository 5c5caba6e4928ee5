import type { SearchRequest } from '../../shared/query/request.ts';
import { defaultSort } from '../query/read-sort.ts';
import { trackTotalHitsDefault } from '../query/search-options.ts';
import { beginTrace, endAnswered, type FoundSearch, type SearchAsk, type SearchServices } from '../search-ask.ts';
import { joinCoverages } from './merge-answers.ts';

/** There is no schema by which the caller's words could be read. */
const unread: SearchRequest = {
  query: { kind: 'none' },
  from: 0,
  size: 0,
  sort: defaultSort(),
  source: false,
  trackTotalHits: trackTotalHitsDefault,
  aggregations: {},
  timeoutMs: undefined,
  coverageMin: undefined,
  coverageStrict: false,
  token: undefined,
};

/** The answer of no index at all: complete, and empty. */
export function nothingFound(root: SearchServices, ask: SearchAsk): FoundSearch {
  const answer = {
    total: 0,
    totalRelation: 'eq',
    hits: [],
    bestScore: null,
    parts: [],
    coverage: joinCoverages([]),
    missing: null,
    uncounted: 0,
    token: null,
    mergedMs: 0,
    mergeWork: null,
    tookMs: root.clock.now() - ask.arrivedAt,
  } as const;
  endAnswered(root, answer, beginTrace(root, ask));
  const index = { name: ask.index, schema: { dynamic: 'strict', fields: {} } } as const;
  return { index, isOfSeveral: true, request: unread, answer, results: {} };
}
