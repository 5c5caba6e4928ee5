/**
 * Reads a task at the door. Roots write tasks and any client may send one over HTTP, so all that a leaf works with is
 * validated. Names are not: what the schema does not have has no values.
 */
import { SheafError } from '../errors.ts';
import { integerWithin, oneOf, readBoolean, readNonEmptyString, readString, type Reader } from '../json/readers.ts';
import { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { SearchTask, Task } from './tasks.ts';
import { validateAggregations } from './validate-aggregations.ts';
import {
  validateAfter,
  validateHighlight,
  validateSimilarities,
  validateSort,
  validateSourceFilter,
  validateStatistics,
} from './validate-hits.ts';
import { validateQuery } from './validate-query.ts';
import { validateExpression, validatePlacedTerms } from './validate-sets.ts';
import {
  validateArray,
  validateFieldTerms,
  validateProperty,
  validateWholeNumbers,
  recordOf,
  shaped,
  type Validator,
} from '../json/validators.ts';

const readKind = oneOf(['statistics', 'search', 'fetch', 'document', 'refresh', 'sets', 'sources', 'rows']);
const readShard = integerWithin(0, limits.shardsMax - 1);
const readOffset = integerWithin(-1, Number.MAX_SAFE_INTEGER);

const readTraceparent: Reader<string> = (node) => {
  const text = readString(node);
  const limit = limits.traceparentLengthMax;
  if (text.length > limit) throw node.invalid({ expected: `at most ${limit} characters`, limit, actual: text.length });
  return text;
};

const readTotalUpTo = integerWithin(0, Number.MAX_SAFE_INTEGER);

const validateOffsets = recordOf(validateWholeNumbers);

/** Log offsets by shard, no more than a search gives hits. */
const validateHits: Validator = (node) => {
  const hits = validateOffsets(node) as Readonly<Record<string, readonly number[]>>;
  const limit = limits.resultWindowMax;
  const actual = Object.values(hits).reduce((sum, offsets) => sum + offsets.length, 0);
  if (actual > limit) throw node.invalid({ expected: 'no more hits than a search gives', limit, actual });
  return hits;
};

const readRank = integerWithin(0, limits.resultWindowMax);

/** What each kind must have besides what all have. */
const required: Readonly<Record<Task['kind'], Validator>> = {
  statistics: shaped({ terms: validateFieldTerms }),
  search: shaped({
    query: validateQuery,
    k: integerWithin(0, limits.resultWindowMax),
    sort: validateSort,
    source: validateSourceFilter,
    aggregations: validateAggregations,
  }),
  fetch: shaped({ hits: validateHits, source: validateSourceFilter }),
  document: shaped({ key: readString }),
  sets: shaped({
    terms: validatePlacedTerms,
    expression: validateExpression,
    apart: validateWholeNumbers,
    frequencies: validateWholeNumbers,
    scoring: validateFieldTerms,
  }),
  sources: shaped({ ordinals: validateWholeNumbers, source: validateSourceFilter }),
  refresh: shaped({}),
  rows: shaped({}),
};

const readAt = recordOf(readOffset);

/** What any kind may have. */
const validateOptional = shaped(
  {},
  {
    cut: readOffset,
    at: readAt,
    exact: readAt,
    countedAt: readAt,
    pin: readBoolean,
    after: validateAfter,
    explain: readBoolean,
    highlight: validateHighlight,
    priority: oneOf(['interactive', 'batch']),
    profile: readBoolean,
    sourcesOf: shaped({ from: readRank, until: readRank }),
    trace: readTraceparent,
    totalUpTo: readTotalUpTo,
    statistics: validateStatistics,
    similarities: validateSimilarities,
    weight: readString,
  },
);

/** @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID */
export function readTask(value: unknown): Task {
  const node = RequestNode.body(value);
  const kind = validateProperty(node, 'kind', readKind);
  validateProperty(node, 'index', readNonEmptyString);
  const shards = validateProperty(node, 'shards', readShards);
  validateProperty(node, 'remainingMs', readRemaining);
  validateOptional(node);
  required[kind](node);
  if (kind === 'search') {
    requireStatistics(node, value as SearchTask);
    requireValueOfEachKey(node, value as SearchTask);
  }
  if ((kind === 'document' || kind === 'rows') && shards.length !== 1) {
    throw new SheafError('REQUEST_VALUE_INVALID', { at: '/shards', detail: { expected: 'exactly one shard' } });
  }
  return value as Task;
}

/** Scores are the same everywhere because the counts they are computed from come with the task. */
function requireStatistics(node: RequestNode, { k, sort, statistics }: SearchTask): void {
  const isScored = k > 0 && sort.some(({ by }) => by === 'score');
  if (isScored && statistics === undefined) throw node.fault('REQUEST_FIELD_MISSING', { field: 'statistics' });
}

function requireValueOfEachKey(node: RequestNode, { sort, after }: SearchTask): void {
  if (after === undefined || after.values.length === sort.length) return;
  const values = node.child('after', after).child('values', after.values);
  throw values.invalid({ expected: 'one value per sort key', limit: sort.length, actual: after.values.length });
}

const readShards: Reader<number[]> = (node) => {
  const shards = validateArray(node).map((item, i) => readShard(node.child(i, item)));
  const expected = 'at least one shard, each once';
  if (shards.length === 0 || new Set(shards).size < shards.length) throw node.invalid({ expected });
  return shards;
};

const readRemaining: Reader<number> = (node) => {
  const { value } = node;
  if (typeof value !== 'number') throw node.wrongType('a number of milliseconds');
  return value;
};
