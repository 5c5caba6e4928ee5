import type { SheafError } from '../../shared/errors.ts';
import { readObject } from '../../shared/json/read-object.ts';
import { oneOf, readBoolean, readNonEmptyString } from '../../shared/json/readers.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { Query } from '../../shared/query/query.ts';
import { ClauseBudget } from './clause-budget.ts';
import { AggregationReader } from './read-aggregations.ts';
import { readExplain } from './read-explain.ts';
import { readHighlight } from './read-highlight.ts';
import { readQuery } from './read-query.ts';
import { defaultSort, readSort } from './read-sort.ts';
import { readAt } from './read-at.ts';
import { readSearchAfter } from './read-search-after.ts';
import { readSource } from './read-source.ts';
import { readMaxLag, readTimeout } from './read-duration.ts';
import {
  readCoverageMin,
  readPriority,
  readSpread,
  readTrackTotalHits,
  readWindow,
  trackTotalHitsDefault,
} from './search-options.ts';
import type { ReadingDefaults } from './search-options.ts';

/** The properties of a search body. */
export const searchBodyProperties = [
  'query',
  'from',
  'size',
  'sort',
  'search_after',
  'at',
  '_source',
  'track_total_hits',
  'timeout',
  'aggs',
  'aggregations',
  'coverage',
  'priority',
  'spread',
  'highlight',
  'explain',
  'profile',
  'bigInts',
  'token',
] as const;

const asNode: Reader<RequestNode> = (node) => node;

/**
 * The body of a search, in the language of docs/query-language.md. No body (undefined) is an empty one, which matches
 * every document.
 * @throws SheafError for the first fault, with a JSON pointer to it
 */
export function parseSearchBody(body: unknown, schema: IndexSchema, defaults: ReadingDefaults): SearchRequest {
  const root = RequestNode.body(body === undefined ? {} : body);
  const properties = readObject(root, searchBodyProperties);
  const { from, size } = readWindow(
    properties.optional('from', asNode, undefined),
    properties.optional('size', asNode, undefined),
    defaults,
  );
  const bigInts = properties.optional('bigInts', oneOf(['string', 'error']), undefined);
  const sort = properties.optional('sort', (node) => readSort(node, schema), defaultSort());
  const after = properties.optional('search_after', (node) => readSearchAfter(node, sort, schema), undefined);
  if (after !== undefined && from > 0) throw refuseBeside(root, 'search_after', 'from');
  const at = properties.optional('at', readAt, undefined);
  if (typeof at === 'string' && properties.has('token')) throw refuseBeside(root, 'at', 'token');
  const explain = properties.optional('explain', (node) => readExplain(node, { hits: from + size, sort }), false);
  const highlight = properties.optional(
    'highlight',
    (node) => readHighlight(node, { hits: from + size, schema }),
    undefined,
  );
  const priority = properties.optional('priority', readPriority, undefined);
  const spread = properties.optional('spread', readSpread, undefined);
  const budget = new ClauseBudget();
  const readClauses = (node: RequestNode): Query =>
    readQuery(node, schema, { longLists: defaults.longLists, budget, now: defaults.now });
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(spread === undefined ? {} : { spread }),
    ...(bigInts === undefined ? {} : { bigInts }),
    ...(properties.optional('profile', readBoolean, false) ? { profile: true } : {}),
    query: properties.optional('query', readClauses, { kind: 'all' }),
    from,
    size,
    sort,
    ...(after === undefined ? {} : { after }),
    ...(at === undefined ? {} : { at }),
    ...(explain ? { explain } : {}),
    ...(highlight === undefined ? {} : { highlight }),
    source: properties.optional('_source', readSource, true),
    trackTotalHits: properties.optional('track_total_hits', readTrackTotalHits, trackTotalHitsDefault),
    ...new AggregationReader({ schema, now: defaults.now, readFilter: readClauses }).read(root, properties),
    timeoutMs: properties.optional('timeout', (node) => readTimeout(node, defaults.timeoutMsMax), undefined),
    ...properties.optional('coverage', readCoverage, { coverageMin: undefined, coverageStrict: false }),
    token: properties.optional('token', readNonEmptyString, undefined),
  };
}

/** One of two properties says all that the other could. */
function refuseBeside(root: RequestNode, name: string, other: string): SheafError {
  return root.child(other, undefined).fault('REQUEST_VALUE_INVALID', { expected: `no ${other} beside ${name}` });
}

/** `{"min"?: 0 to 1, "strict"?: boolean, "maxLag"?: duration}`. */
function readCoverage(node: RequestNode): Pick<SearchRequest, 'coverageMin' | 'coverageStrict' | 'maxLagMs'> {
  const properties = readObject(node, ['min', 'strict', 'maxLag']);
  const maxLagMs = properties.optional('maxLag', readMaxLag, undefined);
  return {
    ...(maxLagMs === undefined ? {} : { maxLagMs }),
    coverageMin: properties.optional('min', readCoverageMin, undefined),
    coverageStrict: properties.optional('strict', readBoolean, false),
  };
}
