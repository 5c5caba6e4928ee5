/**
 * Reads a task at the door. Roots write tasks and any client may send one over HTTP: what is checked here is what the
 * leaf does itself with a task. Queries, sorts and aggregations are the root's work; one that does not fit the
 * schema fails when it is evaluated.
 */
import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
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

const readKind = oneOf(['statistics', 'search', 'fetch', 'document', 'refresh', 'sets', 'sources', 'rows']);
const readShard = integerWithin(0, limits.shardsMax - 1);
const readOffset = integerWithin(-1, Number.MAX_SAFE_INTEGER);

const readObjectValue: Reader<unknown> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object');
  return node.value;
};

const readArrayValue: Reader<unknown> = (node) => {
  if (!Array.isArray(node.value)) throw node.wrongType('an array');
  return node.value;
};

const readTotalUpTo = integerWithin(0, Number.MAX_SAFE_INTEGER);

const readHits: Reader<unknown> = (node) => {
  readObjectValue(node);
  let asked = 0;
  for (const [shard, offsets] of Object.entries(node.value as object)) {
    const child = node.child(shard, offsets);
    for (const [i, offset] of (readArrayValue(child) as unknown[]).entries()) readOffset(child.child(i, offset));
    asked += (offsets as unknown[]).length;
  }
  if (asked > limits.resultWindowMax)
    throw node.invalid({ expected: 'no more hits than a search gives', limit: limits.resultWindowMax, actual: asked });
  return node.value;
};

const readRank = integerWithin(0, limits.resultWindowMax);

const readRankWindow: Reader<unknown> = (node) => {
  readObjectValue(node);
  for (const name of ['from', 'until']) property(node, name, readRank);
  return node.value;
};

/** What each kind must have besides what all have. */
const required: Readonly<Record<Task['kind'], Readonly<Record<string, Reader<unknown>>>>> = {
  statistics: { terms: readObjectValue },
  search: {
    query: readObjectValue,
    k: integerWithin(0, limits.resultWindowMax),
    sort: readArrayValue,
    aggregations: readObjectValue,
  },
  fetch: { hits: readHits },
  document: { key: readString },
  sets: {
    terms: readArrayValue,
    expression: readObjectValue,
    apart: readArrayValue,
    frequencies: readArrayValue,
    scoring: readObjectValue,
  },
  sources: { ordinals: readArrayValue },
  refresh: {},
  rows: {},
};

const readAt: Reader<unknown> = (node) => {
  readObjectValue(node);
  for (const [shard, offset] of Object.entries(node.value as object)) readOffset(node.child(shard, offset));
  return node.value;
};

const readStatistics: Reader<unknown> = (node) => {
  readObjectValue(node);
  for (const name of ['fields', 'frequencies']) property(node, name, readObjectValue);
  return node.value;
};

const readAfter: Reader<unknown> = (node) => {
  readObjectValue(node);
  const { values } = node.value as { values?: unknown };
  return readArrayValue(node.child('values', values));
};

/** What any kind may have. */
const optional: Readonly<Record<string, Reader<unknown>>> = {
  cut: readOffset,
  at: readAt,
  exact: readAt,
  countedAt: readAt,
  pin: readBoolean,
  after: readAfter,
  explain: readBoolean,
  highlight: readObjectValue,
  priority: oneOf(['interactive', 'batch']),
  profile: readBoolean,
  sourcesOf: readRankWindow,
  trace: readString,
  totalUpTo: readTotalUpTo,
  statistics: readStatistics,
  weight: readString,
};

/** @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID */
export function readTask(value: unknown): Task {
  const node = RequestNode.body(value);
  const kind = property(node, 'kind', readKind);
  property(node, 'index', readNonEmptyString);
  const shards = property(node, 'shards', readShards);
  property(node, 'remainingMs', readRemaining);
  for (const [name, reader] of Object.entries(optional)) {
    if (Object.hasOwn(value as object, name)) property(node, name, reader);
  }
  for (const [name, reader] of Object.entries(required[kind])) property(node, name, reader);
  if (kind === 'search') requireStatistics(node, value as SearchTask);
  if ((kind === 'document' || kind === 'rows') && shards.length !== 1) {
    throw new SheafError('REQUEST_VALUE_INVALID', { at: '/shards', detail: { expected: 'exactly one shard' } });
  }
  return value as Task;
}

/** Scores are the same everywhere because the counts they are computed from come with the task. */
function requireStatistics(node: RequestNode, { k, sort, statistics }: SearchTask): void {
  sort.forEach((key: unknown, i) => {
    if (!isObject(key)) throw node.child('sort', sort).child(i, key).wrongType('an object');
  });
  const isScored = k > 0 && sort.some(({ by }) => by === 'score');
  if (isScored && statistics === undefined) throw node.fault('REQUEST_FIELD_MISSING', { field: 'statistics' });
}

const readShards: Reader<number[]> = (node) => {
  readArrayValue(node);
  const shards = (node.value as unknown[]).map((item, i) => readShard(node.child(i, item)));
  const expected = 'at least one shard, each once';
  if (shards.length === 0 || new Set(shards).size < shards.length) throw node.invalid({ expected });
  return shards;
};

const readRemaining: Reader<number> = (node) => {
  const { value } = node;
  if (typeof value !== 'number') throw node.wrongType('a number of milliseconds');
  return value;
};

function property<T>(node: RequestNode, name: string, reader: Reader<T>): T {
  const { value } = node;
  if (!isObject(value)) throw node.wrongType('an object');
  if (!Object.hasOwn(value, name)) throw node.fault('REQUEST_FIELD_MISSING', { field: name });
  return reader(node.child(name, value[name]));
}
