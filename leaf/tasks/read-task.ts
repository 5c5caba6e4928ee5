/**
 * Reads a task at the door. Roots write tasks and any client may send one over HTTP, so all that a leaf works with is looked
 * at. Names are not: what the schema does not have has no values.
 */
import { SheafError } from '../../shared/errors.ts';
import {
  integerWithin,
  oneOf,
  readBoolean,
  readNonEmptyString,
  readString,
  type Reader,
} from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SearchTask, Task } from '../../shared/protocol/tasks.ts';
import { lookAtAggregations } from './look-at-aggregations.ts';
import {
  lookAtAfter,
  lookAtHighlight,
  lookAtSimilarities,
  lookAtSort,
  lookAtSourceFilter,
  lookAtStatistics,
} from './look-at-hits.ts';
import { lookAtQuery } from './look-at-query.ts';
import { lookAtExpression, lookAtPlacedTerms } from './look-at-sets.ts';
import {
  lookAtArray,
  lookAtFieldTerms,
  lookAtProperty,
  lookAtWholeNumbers,
  recordOf,
  shaped,
  type Look,
} from './shapes.ts';

const readKind = oneOf(['statistics', 'search', 'document', 'refresh', 'sets', 'sources', 'rows']);
const readShard = integerWithin(0, limits.shardsMax - 1);
const readOffset = integerWithin(-1, Number.MAX_SAFE_INTEGER);

const readTraceparent: Reader<string> = (node) => {
  const text = readString(node);
  const limit = limits.traceparentLengthMax;
  if (text.length > limit) throw node.invalid({ expected: `at most ${limit} characters`, limit, actual: text.length });
  return text;
};

const readTotalUpTo = integerWithin(0, Number.MAX_SAFE_INTEGER);

/** What each kind must have besides what all have. */
const required: Readonly<Record<Task['kind'], Look>> = {
  statistics: shaped({ terms: lookAtFieldTerms }),
  search: shaped({
    query: lookAtQuery,
    k: integerWithin(0, limits.resultWindowMax),
    sort: lookAtSort,
    source: lookAtSourceFilter,
    aggregations: lookAtAggregations,
  }),
  document: shaped({ key: readString }),
  sets: shaped({
    terms: lookAtPlacedTerms,
    expression: lookAtExpression,
    apart: lookAtWholeNumbers,
    frequencies: lookAtWholeNumbers,
    scoring: lookAtFieldTerms,
  }),
  sources: shaped({ ordinals: lookAtWholeNumbers, source: lookAtSourceFilter }),
  refresh: shaped({}),
  rows: shaped({}),
};

const readAt = recordOf(readOffset);

/** What any kind may have. */
const lookAtOptional = shaped(
  {},
  {
    cut: readOffset,
    at: readAt,
    exact: readAt,
    countedAt: readAt,
    pin: readBoolean,
    after: lookAtAfter,
    explain: readBoolean,
    highlight: lookAtHighlight,
    priority: oneOf(['interactive', 'batch']),
    profile: readBoolean,
    trace: readTraceparent,
    totalUpTo: readTotalUpTo,
    statistics: lookAtStatistics,
    similarities: lookAtSimilarities,
    weight: readString,
  },
);

/** @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID */
export function readTask(value: unknown): Task {
  const node = RequestNode.body(value);
  const kind = lookAtProperty(node, 'kind', readKind);
  lookAtProperty(node, 'index', readNonEmptyString);
  const shards = lookAtProperty(node, 'shards', readShards);
  lookAtProperty(node, 'remainingMs', readRemaining);
  lookAtOptional(node);
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
  const shards = lookAtArray(node).map((item, i) => readShard(node.child(i, item)));
  const expected = 'at least one shard, each once';
  if (shards.length === 0 || new Set(shards).size < shards.length) throw node.invalid({ expected });
  return shards;
};

const readRemaining: Reader<number> = (node) => {
  const { value } = node;
  if (typeof value !== 'number') throw node.wrongType('a number of milliseconds');
  return value;
};
