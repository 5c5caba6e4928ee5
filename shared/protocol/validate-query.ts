/** Whether the query of a task is one: what each kind must and may have. Whether the schema has its fields is not validated. */
import { integerWithin, numberThat, oneOf, readBoolean, readString } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { Query } from '../query/query.ts';
import {
  listOf,
  validateNumber,
  validateNumbers,
  validateProperty,
  validateStrings,
  shaped,
  type Validator,
} from '../json/validators.ts';

const field = { field: readString };
const inclusive = { lowInclusive: readBoolean, highInclusive: readBoolean };
const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const readBoost = numberThat('a number from 0', (value) => value >= 0);
const readShare = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

const validateSlot: Validator = (node) => (Array.isArray(node.value) ? validateStrings(node) : readString(node));

/** Kinds that hold no others. */
const leaves = {
  all: shaped({}),
  none: shaped({}),
  term: shaped({ ...field, term: readString }),
  keywords: shaped({ ...field, terms: validateStrings }),
  numbers: shaped({ ...field, values: validateNumbers }),
  numberRange: shaped({ ...field, ...inclusive }, { low: validateNumber, high: validateNumber }),
  keywordRange: shaped({ ...field, ...inclusive }, { low: readString, high: readString }),
  prefix: shaped({ ...field, prefix: readString }),
  wildcard: shaped({ ...field, pattern: readString }),
  fuzzy: shaped({ ...field, term: readString, edits: integerWithin(1, 2), prefixLength: fromZero }),
  phrase: shaped({ ...field, terms: listOf(validateSlot), slop: fromZero }, { positions: validateNumbers }),
  exists: shaped(field),
  ids: shaped({ keys: validateStrings }),
} satisfies Partial<Record<Query['kind'], Validator>>;

const bool = shaped({}, { minimumShouldMatch: fromZero });
const boosted = shaped({ boost: readBoost });
const constantScore = shaped({ score: validateNumber });
const disMax = shaped({ tieBreaker: readShare });

const readKind = oneOf([
  ...(Object.keys(leaves) as (keyof typeof leaves)[]),
  'bool',
  'boosted',
  'constantScore',
  'disMax',
]);

/** Cost: a few small objects for each clause, and a check of each value. */
export const validateQuery: Validator = (node) => validateClause(node, 1);

function validateClause(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  const kind = validateProperty(node, 'kind', readKind);
  const inner: Validator = (child) => validateClause(child, depth + 1);
  if (isLeaf(kind)) return leaves[kind](node);
  switch (kind) {
    case 'bool':
      for (const name of ['must', 'should', 'filter', 'mustNot']) validateProperty(node, name, listOf(inner));
      return bool(node);
    case 'boosted':
      validateProperty(node, 'query', inner);
      return boosted(node);
    case 'constantScore':
      validateProperty(node, 'query', inner);
      return constantScore(node);
    case 'disMax':
      validateProperty(node, 'queries', listOf(inner));
      return disMax(node);
  }
}

function isLeaf(kind: string): kind is keyof typeof leaves {
  return Object.hasOwn(leaves, kind);
}
