/** Whether the query of a task is one: what each kind must and may have. Whether the schema has its fields is not looked at. */
import { integerWithin, numberThat, oneOf, readBoolean, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import { listOf, lookAtNumber, lookAtNumbers, lookAtProperty, lookAtStrings, shaped, type Look } from './shapes.ts';

const field = { field: readString };
const inclusive = { lowInclusive: readBoolean, highInclusive: readBoolean };
const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const readBoost = numberThat('a number from 0', (value) => value >= 0);
const readShare = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

const lookAtSlot: Look = (node) => (Array.isArray(node.value) ? lookAtStrings(node) : readString(node));

/** Kinds that hold no others. */
const leaves = {
  all: shaped({}),
  none: shaped({}),
  term: shaped({ ...field, term: readString }),
  keywords: shaped({ ...field, terms: lookAtStrings }),
  numbers: shaped({ ...field, values: lookAtNumbers }),
  numberRange: shaped({ ...field, ...inclusive }, { low: lookAtNumber, high: lookAtNumber }),
  keywordRange: shaped({ ...field, ...inclusive }, { low: readString, high: readString }),
  prefix: shaped({ ...field, prefix: readString }),
  wildcard: shaped({ ...field, pattern: readString }),
  fuzzy: shaped({ ...field, term: readString, edits: integerWithin(1, 2), prefixLength: fromZero }),
  phrase: shaped({ ...field, terms: listOf(lookAtSlot), slop: fromZero }, { positions: lookAtNumbers }),
  exists: shaped(field),
  ids: shaped({ keys: lookAtStrings }),
} satisfies Partial<Record<Query['kind'], Look>>;

const bool = shaped({}, { minimumShouldMatch: fromZero });
const boosted = shaped({ boost: readBoost });
const constantScore = shaped({ score: lookAtNumber });
const disMax = shaped({ tieBreaker: readShare });

const readKind = oneOf([
  ...(Object.keys(leaves) as (keyof typeof leaves)[]),
  'bool',
  'boosted',
  'constantScore',
  'disMax',
]);

/** Cost: a few small objects for each clause, and a look at each value. */
export const lookAtQuery: Look = (node) => lookAtClause(node, 1);

function lookAtClause(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  const kind = lookAtProperty(node, 'kind', readKind);
  const inner: Look = (child) => lookAtClause(child, depth + 1);
  if (isLeaf(kind)) return leaves[kind](node);
  switch (kind) {
    case 'bool':
      for (const name of ['must', 'should', 'filter', 'mustNot']) lookAtProperty(node, name, listOf(inner));
      return bool(node);
    case 'boosted':
      lookAtProperty(node, 'query', inner);
      return boosted(node);
    case 'constantScore':
      lookAtProperty(node, 'query', inner);
      return constantScore(node);
    case 'disMax':
      lookAtProperty(node, 'queries', listOf(inner));
      return disMax(node);
  }
}

function isLeaf(kind: string): kind is keyof typeof leaves {
  return Object.hasOwn(leaves, kind);
}
