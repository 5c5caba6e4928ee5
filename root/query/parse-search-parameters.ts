/** The parameters of GET /v1/indexes/{index}/search. */
import { SheafError } from '../../shared/errors.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import { readBoolean, readNonEmptyString, readString } from '../../shared/json/readers.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { ClauseBudget } from './clause-budget.ts';
import { readRoutings } from './read-routing.ts';
import { defaultSort, readSort } from './read-sort.ts';
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
import { queryFromString } from './string/query-from-string.ts';

/** What a body would hold for the text of a parameter; text that means nothing stays text and is refused by its reader. */
const jsonOf = {
  q: (text: string): unknown => text,
  from: numberFrom,
  size: numberFrom,
  sort: sortFrom,
  _source: (text: string): unknown => booleanFrom(text) ?? text.split(','),
  track_total_hits: (text: string): unknown => booleanFrom(text) ?? numberFrom(text),
  timeout: numberFrom,
  'coverage.min': numberFrom,
  'coverage.strict': (text: string): unknown => booleanFrom(text) ?? text,
  'coverage.maxLag': numberFrom,
  priority: (text: string): unknown => text,
  spread: (text: string): unknown => text,
  profile: (text: string): unknown => booleanFrom(text) ?? text,
  token: (text: string): unknown => text,
  routing: (text: string): unknown => text,
};

type ParameterName = keyof typeof jsonOf;

/** The parameters of a search, in the order they are documented. */
export const searchParameters = Object.keys(jsonOf) as readonly ParameterName[];

/** Parameters as a URL or an HTTP server gives them: text, or several texts where a name was repeated. */
export type RawParameters = URLSearchParams | Readonly<Record<string, unknown>>;

/**
 * A search given as parameters of a URL. Without `q` every document matches.
 * @throws SheafError PARAMETER_UNKNOWN, PARAMETER_INVALID, or as the body's readers do, at the parameter's name
 */
export function parseSearchParameters(
  raw: RawParameters,
  schema: IndexSchema,
  defaults: ReadingDefaults,
): SearchRequest {
  const nodes = readParameters(raw);
  const optional = <T, F>(name: ParameterName, reader: Reader<T>, fallback: F): T | F => {
    const node = nodes.get(name);
    return node === undefined ? fallback : reader(node);
  };
  const scope = { schema, budget: new ClauseBudget(), now: defaults.now, depth: 0 };
  const priority = optional('priority', readPriority, undefined);
  const spread = optional('spread', readSpread, undefined);
  const maxLagMs = optional('coverage.maxLag', readMaxLag, undefined);
  const routing = optional('routing', (node) => readRoutings(readString(node)), undefined);
  return {
    ...(routing === undefined ? {} : { routing }),
    ...(priority === undefined ? {} : { priority }),
    ...(spread === undefined ? {} : { spread }),
    ...(optional('profile', readBoolean, false) ? { profile: true } : {}),
    ...readWindow(nodes.get('from'), nodes.get('size'), defaults),
    query: optional('q', (node) => queryFromString(node, scope), { kind: 'all' }),
    sort: optional('sort', (node) => readSort(node, schema), defaultSort()),
    source: optional('_source', readSource, true),
    trackTotalHits: optional('track_total_hits', readTrackTotalHits, trackTotalHitsDefault),
    aggregations: {},
    timeoutMs: optional('timeout', (node) => readTimeout(node, defaults.timeoutMsMax), undefined),
    coverageMin: optional('coverage.min', readCoverageMin, undefined),
    coverageStrict: optional('coverage.strict', readBoolean, false),
    ...(maxLagMs === undefined ? {} : { maxLagMs }),
    token: optional('token', readNonEmptyString, undefined),
  };
}

function readParameters(raw: RawParameters): Map<ParameterName, RequestNode> {
  const nodes = new Map<ParameterName, RequestNode>();
  const entries = raw instanceof URLSearchParams ? [...raw] : Object.entries(raw);
  for (const [written, value] of entries) {
    const name = searchParameters.find((known) => known === written);
    if (name === undefined) {
      const detail = { parameter: shorten(written), allowed: searchParameters };
      throw new SheafError('PARAMETER_UNKNOWN', { at: shorten(written), detail });
    }
    if (typeof value !== 'string' || nodes.has(name)) {
      throw RequestNode.parameter(name, value).invalid({ expected: 'a parameter given once', actual: 'several' });
    }
    nodes.set(name, RequestNode.parameter(name, jsonOf[name](value), value));
  }
  return nodes;
}

function booleanFrom(text: string): boolean | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function numberFrom(text: string): unknown {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/** `year:desc,_score`: names with an optional direction. No field name has a colon. */
function sortFrom(text: string): unknown {
  return text.split(',').map((key) => {
    const colon = key.lastIndexOf(':');
    return colon < 0 ? key : Object.fromEntries([[key.slice(0, colon), key.slice(colon + 1)]]);
  });
}
