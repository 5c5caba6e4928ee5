import { readObject } from '../../shared/json/read-object.ts';
import { oneOf, readBoolean, readNonEmptyString } from '../../shared/json/readers.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { AggregationReader } from './read-aggregations.ts';
import { readQuery } from './read-query.ts';
import { defaultSort, readSort } from './read-sort.ts';
import { readSource } from './read-source.ts';
import { readTimeout } from './read-timeout.ts';
import {
  readCoverageMin,
  readPriority,
  readTrackTotalHits,
  readWindow,
  trackTotalHitsDefault,
} from './search-options.ts';
import type { SearchDefaults } from './search-options.ts';

/** The properties of a search body. */
export const searchBodyProperties = [
  'query',
  'from',
  'size',
  'sort',
  '_source',
  'track_total_hits',
  'timeout',
  'aggs',
  'aggregations',
  'coverage',
  'priority',
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
export function parseSearchBody(body: unknown, schema: IndexSchema, defaults: SearchDefaults): SearchRequest {
  const root = RequestNode.body(body === undefined ? {} : body);
  const properties = readObject(root, searchBodyProperties);
  const { from, size } = readWindow(
    properties.optional('from', asNode, undefined),
    properties.optional('size', asNode, undefined),
  );
  const bigInts = properties.optional('bigInts', oneOf(['string', 'error']), undefined);
  const priority = properties.optional('priority', readPriority, undefined);
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(bigInts === undefined ? {} : { bigInts }),
    ...(properties.optional('profile', readBoolean, false) ? { profile: true } : {}),
    query: properties.optional('query', (node) => readQuery(node, schema), { kind: 'all' }),
    from,
    size,
    sort: properties.optional('sort', (node) => readSort(node, schema), defaultSort()),
    source: properties.optional('_source', readSource, true),
    trackTotalHits: properties.optional('track_total_hits', readTrackTotalHits, trackTotalHitsDefault),
    aggregations: new AggregationReader(schema).readNested(root, properties, 0),
    timeoutMs: properties.optional('timeout', (node) => readTimeout(node, defaults.timeoutMsMax), undefined),
    ...properties.optional('coverage', readCoverage, { coverageMin: undefined, coverageStrict: false }),
    token: properties.optional('token', readNonEmptyString, undefined),
  };
}

/** `{"min"?: 0 to 1, "strict"?: boolean}`. */
function readCoverage(node: RequestNode): Pick<SearchRequest, 'coverageMin' | 'coverageStrict'> {
  const properties = readObject(node, ['min', 'strict']);
  return {
    coverageMin: properties.optional('min', readCoverageMin, undefined),
    coverageStrict: properties.optional('strict', readBoolean, false),
  };
}
